using System.Collections.Concurrent;

namespace ConsulMq.Consul.Http;

/// <summary>The token of one request: ends with the caller's own, or when its time is up.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly ConcurrentQueue<Deadline> _home;
    private CancellationTokenRegistration _caller;

    private Deadline(ConcurrentQueue<Deadline> home) => _home = home;

    /// <summary>Cancelled by the caller, or by the time.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc />
    public void Dispose()
    {
        // Waits for a callback that runs just now, so it cannot hit the next user.
        _caller.Dispose();
#if NET
        if (_source.TryReset())
        {
            _home.Enqueue(this);
            return;
        }
#endif
        _source.Dispose();
    }

    /// <summary>Keeps sources that never fired for the next request: a timer and a source less for each. Windows PowerShell's cannot be used again.</summary>
    public sealed class Pool
    {
        private readonly ConcurrentQueue<Deadline> _spare = new();

        /// <summary>A token that ends with <paramref name="caller"/> or after <paramref name="time"/>.</summary>
        public Deadline Start(TimeSpan time, CancellationToken caller)
        {
            if (!_spare.TryDequeue(out var deadline))
                deadline = new Deadline(_spare);
            deadline._source.CancelAfter(time);
#if NET
            deadline._caller = caller.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), deadline._source);
#else
            deadline._caller = caller.Register(static state => ((CancellationTokenSource)state!).Cancel(), deadline._source, false);
#endif
            return deadline;
        }
    }
}
