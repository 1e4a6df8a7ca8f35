#if NET
using System.Runtime.InteropServices;
#endif

namespace ConsulMq.Nodes;

/// <summary>
/// Calls somebody when the process ends of itself or is asked to by SIGTERM or SIGHUP, as services and closed terminals are. From .NET 10 on the runtime lets these
/// signals end the process at once, without <see cref="AppDomain.ProcessExit"/>.
/// </summary>
internal sealed class ProcessEnd : IDisposable
{
    private readonly Action _called;
#if NET
    private readonly PosixSignalRegistration[] _signals;
#endif

    public ProcessEnd(Action called)
    {
        _called = called;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
#if NET
        // The signal then does what it would have done.
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => _called()), PosixSignalRegistration.Create(PosixSignal.SIGHUP, _ => _called())];
#endif
    }

    /// <summary>Calls nobody any more.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
#if NET
        foreach (var signal in _signals)
            signal.Dispose();
#endif
    }

    private void OnProcessExit(object? sender, EventArgs e) => _called();
}
