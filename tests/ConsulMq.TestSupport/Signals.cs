using System.Globalization;
using System.Runtime.InteropServices;

namespace ConsulMq.TestSupport;

/// <summary>Signals to one process, such as the one that a terminal sends at Ctrl-C. Not on Windows.</summary>
public static class Signals
{
    private const int Interrupt = 2;
    private const int NoSuchProcess = 3;
    private const int Terminate = 15;
    private const nint Default = 0, Ignore = 1;

    private static readonly int StopSignal = OperatingSystem.IsMacOS() ? 17 : 19;
    private static readonly int ContinueSignal = OperatingSystem.IsMacOS() ? 19 : 18;

    /// <summary>Sends it, unless the process has ended.</summary>
    public static void SendInterrupt(int process) => Send(process, Interrupt);

    /// <summary>Asks a process to end, as a service manager does.</summary>
    public static void SendTerminate(int process) => Send(process, Terminate);

    /// <summary>Halts a process where it stands, without its notice: its connections stay open, and nobody answers.</summary>
    public static void SendStop(int process) => Send(process, StopSignal);

    /// <summary>Lets a halted process go on.</summary>
    public static void SendContinue(int process) => Send(process, ContinueSignal);

    private static void Send(int process, int signal)
    {
        if (Kill(process, signal) != 0 && Marshal.GetLastPInvokeError() != NoSuchProcess)
            throw new InvalidOperationException($"Process {process} could not be sent signal {signal}: error {Marshal.GetLastPInvokeError()}.");
    }

    /// <summary>
    /// Starts a process that Ctrl-C reaches. Where a script runs tests in the background, its shell has Ctrl-C ignored, and that is inherited: by this
    /// process, and by those that it starts.
    /// </summary>
    public static T Interruptible<T>(Func<T> start)
    {
        if (!IsIgnored())
            return start();
        _ = Signal(Interrupt, Default);
        try
        {
            return start();
        }
        finally
        {
            _ = Signal(Interrupt, Ignore);
        }
    }

    private static bool IsIgnored()
    {
        const string status = "/proc/self/status", field = "SigIgn:";
        return File.Exists(status)
            && File.ReadLines(status).FirstOrDefault(static line => line.StartsWith(field, StringComparison.Ordinal)) is { } line
            && (ulong.Parse(line[field.Length..].Trim(), NumberStyles.HexNumber) & (1UL << (Interrupt - 1))) != 0;
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    [DllImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Signal(int signal, nint handler);
}
