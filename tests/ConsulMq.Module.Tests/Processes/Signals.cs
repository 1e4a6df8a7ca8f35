using System.Globalization;
using System.Runtime.InteropServices;

namespace ConsulMq.Module.Tests.Processes;

/// <summary>Ctrl-C for one process, as the signal that a terminal sends.</summary>
internal static class Signals
{
    private const int Interrupt = 2;
    private const int NoSuchProcess = 3;
    private const int Terminate = 15;
    private const nint Default = 0, Ignore = 1;

    /// <summary>Sends it, unless the process has ended.</summary>
    public static void SendInterrupt(int process) => Send(process, Interrupt);

    /// <summary>Asks a process to end, as a service manager does.</summary>
    public static void SendTerminate(int process) => Send(process, Terminate);

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
