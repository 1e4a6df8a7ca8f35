namespace ConsulMq.Tests.Simulation;

/// <summary>Virtual time: it stands still until the scheduler moves it to the next timer.</summary>
internal sealed class Timeline
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<Timer> _timers = [];
    private long _last;

    public TimeSpan Elapsed { get; private set; }

    public DateTimeOffset UtcNow => Start + Elapsed;

    /// <summary>When the next timer is due; null: there is none.</summary>
    public TimeSpan? Next => _timers.Count == 0 ? null : _timers.Min(static t => t.At);

    /// <summary>Whether something is still to be done on time; blocked queries at the server are not of that kind.</summary>
    public bool HasWork => _timers.Exists(static t => !t.IsServers && t.Owner?.IsDead != true);

    /// <summary>Whether something is still on its way.</summary>
    public bool HasLate => _timers.Exists(static t => t is { IsServers: false, Owner: null });

    /// <summary>Does something at its time.</summary>
    public void At(TimeSpan delay, Action run) => _timers.Add(new Timer(Elapsed + delay, ++_last, null, false, run));

    /// <summary>A delay of a client, which dies with it, or of the server.</summary>
    public Task Delay(Client? owner, TimeSpan delay, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return Task.FromCanceled(cancellation);
        if (delay <= TimeSpan.Zero)
            return Task.CompletedTask;
        var signal = new TaskCompletionSource();
        var timer = new Timer(Elapsed + delay, ++_last, owner, owner is null, () => signal.TrySetResult());
        _timers.Add(timer);
        if (cancellation.CanBeCanceled)
        {
            cancellation.Register(() =>
            {
                _timers.Remove(timer);
                signal.TrySetCanceled(cancellation);
            });
        }

        return signal.Task;
    }

    /// <summary>Moves to the next timer and fires it. False: there is none.</summary>
    public bool TryAdvance()
    {
        if (_timers.Count == 0)
            return false;
        var next = _timers.MinBy(static t => (t.At, t.Number))!;
        _timers.Remove(next);
        if (next.Owner?.IsDead == true)
            return true;
        Elapsed = next.At;
        next.Fire();
        return true;
    }

    private sealed record Timer(TimeSpan At, long Number, Client? Owner, bool IsServers, Action Fire);
}

/// <summary>The clock of the server: the true time.</summary>
internal sealed class ServerClock(Timeline timeline) : Clock
{
    public override DateTimeOffset UtcNow => timeline.UtcNow;

    public override TimeSpan Elapsed => timeline.Elapsed;

    public override Task Delay(TimeSpan delay, CancellationToken cancellation) => timeline.Delay(null, delay, cancellation);
}
