namespace ConsulMq.Tests.InMemory;

/// <summary>A clock that stands still until it is moved. What was delayed until then goes on within <see cref="Advance"/>, in order.</summary>
internal sealed class ManualClock : Clock
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<Alarm> _alarms = [];
    private TimeSpan _elapsed;

    public override DateTimeOffset UtcNow => Start + _elapsed;

    public override TimeSpan Elapsed => _elapsed;

    public int Sleepers => _alarms.Count;

    public override Task Delay(TimeSpan delay, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return Task.FromCanceled(cancellation);
        if (delay <= TimeSpan.Zero)
            return Task.CompletedTask;
        var alarm = new Alarm(_elapsed + delay, new TaskCompletionSource());
        _alarms.Add(alarm);
        cancellation.Register(() =>
        {
            _alarms.Remove(alarm);
            alarm.Signal.TrySetCanceled(cancellation);
        });
        return alarm.Signal.Task;
    }

    public void Advance(TimeSpan time)
    {
        var until = _elapsed + time;
        WithoutContext(() =>
        {
            while (_alarms.MinBy(alarm => alarm.At) is { } next && next.At <= until)
            {
                _elapsed = next.At;
                _alarms.Remove(next);
                next.Signal.TrySetResult();
            }
        });
        _elapsed = until;
    }

    /// <summary>The test framework's context would send everything that goes on to another thread.</summary>
    public static void WithoutContext(Action action)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            action();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private sealed record Alarm(TimeSpan At, TaskCompletionSource Signal);
}
