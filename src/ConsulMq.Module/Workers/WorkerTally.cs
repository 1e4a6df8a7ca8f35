using System.Diagnostics;

namespace ConsulMq.Workers;

/// <summary>What a worker has done, what it has in hand, and what it expects back. All members may be used by many threads at once.</summary>
internal sealed class WorkerTally
{
    /// <summary>How much later than it was due a message may show up.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    private readonly object _gate = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TaskCompletionSource<bool> _changed = NewChange();
    private TimeSpan _lastReturn;

    /// <summary>How many messages were completed.</summary>
    public int Done { get; private set; }

    /// <summary>How many times a message failed.</summary>
    public int Failed { get; private set; }

    /// <summary>How many messages it was given.</summary>
    public int Taken { get; private set; }

    /// <summary>How many of them are not settled yet.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
                return Taken - Done - Failed;
        }
    }

    /// <summary>How long until the last of those that failed has come back, if nobody else takes it; zero: none is away.</summary>
    public TimeSpan UntilLastReturn
    {
        get
        {
            lock (_gate)
                return _lastReturn > _clock.Elapsed ? _lastReturn - _clock.Elapsed : TimeSpan.Zero;
        }
    }

    /// <summary>Completes when any of this has changed. To be taken before looking.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
                return _changed.Task;
        }
    }

    /// <summary>Messages were taken.</summary>
    public void Add(int count) => Change(() => Taken += count);

    /// <summary>A message was completed.</summary>
    public void Completed() => Change(() => Done++);

    /// <summary>A message failed, and comes back after that time; null: it does not.</summary>
    public void Returned(TimeSpan? after) => Change(() =>
    {
        Failed++;
        if (after is { } delay && _clock.Elapsed + delay + Margin > _lastReturn)
            _lastReturn = _clock.Elapsed + delay + Margin;
    });

    private static TaskCompletionSource<bool> NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Change(Action change)
    {
        TaskCompletionSource<bool> changed;
        lock (_gate)
        {
            change();
            (changed, _changed) = (_changed, NewChange());
        }

        changed.SetResult(true);
    }
}
