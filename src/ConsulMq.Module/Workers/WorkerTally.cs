using System.Diagnostics;

namespace ConsulMq.Workers;

/// <summary>What a worker has done, what it has in hand, and what it expects back. All members may be used by many threads at once.</summary>
internal sealed class WorkerTally
{
    /// <summary>How much later than it was due a message may show up.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    private readonly object _gate = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Dictionary<Guid, TimeSpan> _away = [];
    private TaskCompletionSource<bool> _changed = NewChange();

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

    /// <summary>How many of them were worked on and still wait for their output to go down the pipeline.</summary>
    public int Finishing { get; private set; }

    /// <summary>How long until the last of those that failed has come back, if nobody else takes it; zero: none is away.</summary>
    public TimeSpan UntilLastReturn
    {
        get
        {
            lock (_gate)
            {
                var last = _away.Count == 0 ? TimeSpan.Zero : _away.Values.Max();
                return last > _clock.Elapsed ? last - _clock.Elapsed : TimeSpan.Zero;
            }
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
    public void Add(IReadOnlyList<QueueObject> items) => Change(() =>
    {
        Taken += items.Count;
        foreach (var item in items)
            _away.Remove(item.Id);
    });

    /// <summary>A message was worked on.</summary>
    public void Finished() => Change(() => Finishing++);

    /// <summary>A message that was worked on is being settled.</summary>
    public void Settling() => Change(() => Finishing--);

    /// <summary>A message was completed.</summary>
    public void Completed() => Change(() => Done++);

    /// <summary>A message failed, and comes back after that time; null: it does not.</summary>
    public void Returned(Guid id, TimeSpan? after) => Change(() =>
    {
        Failed++;
        if (after is { } delay)
            _away[id] = _clock.Elapsed + delay + Margin;
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
