namespace ConsulMq.Internal;

/// <summary>Items that go together in one write. Two of them take turns: one is written while the other gathers.</summary>
/// <typeparam name="TItem">What comes in.</typeparam>
/// <typeparam name="TOutcome">What comes out, one for each item.</typeparam>
internal interface ICommitGroup<TItem, TOutcome>
{
    /// <summary>Whether nothing has gathered.</summary>
    bool IsEmpty { get; }

    /// <summary>Takes an item in. False: there is no room beside the others. A fault of the item itself is kept for its outcome.</summary>
    bool TryAdd(TItem item);

    /// <summary>Writes what has gathered, or the first part of it. Never throws: what goes wrong is an outcome.</summary>
    Task CommitAsync();

    /// <summary>Gives the outcomes of what was written, in the order of the items, and keeps the rest.</summary>
    void MoveTo(Queue<TOutcome> outcomes);

    /// <summary>Drops what has gathered.</summary>
    void Clear();

    /// <summary>Nothing uses the group any more.</summary>
    void Release();
}

/// <summary>
/// Group commit: the first item is written at once, and what arrives while a write is under way goes together with the next one. One write is under way
/// at a time, so order holds. No timer, and memory is bounded by two groups. For one caller at a time.
/// </summary>
/// <param name="first">A group.</param>
/// <param name="second">Another one.</param>
/// <param name="continuations">How callers that wait go on.</param>
internal sealed class GroupCommit<TItem, TOutcome>(ICommitGroup<TItem, TOutcome> first, ICommitGroup<TItem, TOutcome> second, TaskCreationOptions continuations)
    : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<TOutcome> _outcomes = new();
    private ICommitGroup<TItem, TOutcome> _filling = first;
    private ICommitGroup<TItem, TOutcome> _spare = second;
    private bool _sending;
    private bool _disposed;
    private TaskCompletionSource<bool>? _progress;

    /// <summary>Takes an item in. Completes at once while there is room, else when the write under way is done.</summary>
    public ValueTask AddAsync(TItem item, CancellationToken cancellation) =>
        TryAdd(item, out var room) ? default : new ValueTask(AddLaterAsync(item, room!, cancellation));

    /// <summary>Takes the next outcome, in the order of the items. False: none is there yet.</summary>
    public bool TryTake(out TOutcome outcome)
    {
        lock (_gate)
        {
            if (_outcomes.Count > 0)
            {
                outcome = _outcomes.Dequeue();
                return true;
            }
        }

        outcome = default!;
        return false;
    }

    /// <summary>Waits until there is an outcome to take. False: every item's outcome was taken.</summary>
    public async Task<bool> WaitAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task progress;
            lock (_gate)
            {
                if (_outcomes.Count > 0 || !_sending)
                    return _outcomes.Count > 0;
                progress = Progress();
            }

            await progress.WithCancellation(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until every item has its outcome.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task progress;
            lock (_gate)
            {
                if (!_sending)
                    return;
                progress = Progress();
            }

            await progress.WithCancellation(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the stream. What was not sent is not sent any more; what is under way comes to its end.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            _filling.Clear();
            if (!_sending)
                Release();
        }
    }

    private async Task AddLaterAsync(TItem item, Task room, CancellationToken cancellation)
    {
        do
            await room.WithCancellation(cancellation).ConfigureAwait(false);
        while (!TryAdd(item, out room!));
    }

    /// <summary>False: there is no room, and <paramref name="room"/> completes when that may have changed.</summary>
    private bool TryAdd(TItem item, out Task? room)
    {
        room = null;
        lock (_gate)
        {
            if (_disposed)
                throw new ObjectDisposedException(nameof(GroupCommit<TItem, TOutcome>));
            if (!_filling.TryAdd(item))
            {
                room = Progress();
                return false;
            }

            if (_sending)
                return true;
            _sending = true;
        }

        _ = SendAsync();
        return true;
    }

    /// <summary>Writes what has gathered, group after group, until there is nothing.</summary>
    private async Task SendAsync()
    {
        while (true)
        {
            ICommitGroup<TItem, TOutcome> group;
            lock (_gate)
            {
                if (_filling.IsEmpty)
                {
                    _sending = false;
                    if (_disposed)
                        Release();
                    Signal();
                    return;
                }

                group = _filling;
                _filling = _spare;
                // A caller may be waiting for the room that this swap has made.
                Signal();
            }

            while (await WritePartAsync(group).ConfigureAwait(false))
            {
                // Part by part: what is written is told, however long the rest takes.
            }
        }
    }

    /// <summary>Writes a part of a group. False: that was all of it.</summary>
    private async Task<bool> WritePartAsync(ICommitGroup<TItem, TOutcome> group)
    {
        await group.CommitAsync().ConfigureAwait(false);
        lock (_gate)
        {
            group.MoveTo(_outcomes);
            if (_disposed)
                group.Clear();
            var isDone = group.IsEmpty;
            if (isDone)
                _spare = group;
            Signal();
            return !isDone;
        }
    }

    private Task<bool> Progress() => (_progress ??= new TaskCompletionSource<bool>(continuations)).Task;

    private void Signal()
    {
        // First of all it is forgotten: who goes on at once, within this call, must not wait for the one that has just been completed.
        var progress = _progress;
        _progress = null;
        progress?.TrySetResult(true);
    }

    private void Release()
    {
        _filling.Release();
        _spare.Release();
    }
}
