namespace ConsulMq.InMemory;

/// <summary>
/// The blocked queries. Waking has two steps, since what waits may go on within the call that wakes it: under the lock they are marked by what
/// changed, and outside of it <see cref="TakeWoken"/>'s signals are set.
/// </summary>
internal sealed class Waiters(bool runContinuationsAsynchronously)
{
    private readonly List<Waiter> _waiting = [];
    private List<Waiter>? _woken;
    private long _last;

    public Waiter Add(Watch watch)
    {
        var waiter = new Waiter(watch, ++_last, runContinuationsAsynchronously);
        _waiting.Add(waiter);
        return waiter;
    }

    public void Remove(Waiter waiter) => _waiting.Remove(waiter);

    public void Mark(in Watch changed)
    {
        for (var i = _waiting.Count - 1; i >= 0; i--)
            if (_waiting[i].Watch.Sees(changed))
                MarkAt(i);
    }

    /// <summary>Marks all: something changed about how long they may sleep.</summary>
    public void MarkAll()
    {
        for (var i = _waiting.Count - 1; i >= 0; i--)
            MarkAt(i);
    }

    public List<Waiter>? TakeWoken()
    {
        var woken = _woken;
        _woken = null;
        // The one that waits longest goes first.
        woken?.Sort((a, b) => a.Number.CompareTo(b.Number));
        return woken;
    }

    private void MarkAt(int i)
    {
        (_woken ??= []).Add(_waiting[i]);
        _waiting.RemoveAt(i);
    }
}

/// <summary>One blocked query until its next look.</summary>
internal sealed class Waiter(Watch watch, long number, bool runContinuationsAsynchronously)
{
    private readonly TaskCompletionSource<bool> _signal =
        new(runContinuationsAsynchronously ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None);

    public Watch Watch { get; } = watch;

    public long Number { get; } = number;

    public Task Woken => _signal.Task;

    public void Wake() => _signal.TrySetResult(true);
}
