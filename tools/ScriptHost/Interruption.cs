using System.Management.Automation;
using System.Runtime.InteropServices;

namespace ConsulMq.ScriptHost;

/// <summary>Ctrl-C and SIGTERM stop the pipeline; the second one ends the process.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly PowerShell _shell;
    private readonly PosixSignalRegistration[] _registrations;
    private volatile int _exitCode;

    public Interruption(PowerShell shell)
    {
        _shell = shell;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, 130)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, 143)),
        ];
    }

    /// <summary>The exit code that the signal asks for; null when there was none.</summary>
    public int? ExitCode => _exitCode == 0 ? null : _exitCode;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
    }

    private void Stop(PosixSignalContext context, int exitCode)
    {
        if (Interlocked.Exchange(ref _exitCode, exitCode) != 0)
            return; // not cancelled: the default action ends the process

        context.Cancel = true;
        // Not waited for here: a pipeline may take its time, and the next signal must still be heard.
        _shell.BeginStop(_shell.EndStop, null);
    }
}
