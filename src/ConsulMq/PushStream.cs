using ConsulMq.Consul;
using ConsulMq.Internal;
using ConsulMq.Queueing;
using ConsulMq.Storage;

namespace ConsulMq;

/// <summary>What became of an item of a <see cref="PushStream"/>.</summary>
/// <param name="Tag">What came with the item.</param>
/// <param name="Item">The pushed message, durable; null if it was not pushed.</param>
/// <param name="Error">Why it was not pushed.</param>
public readonly record struct PushOutcome(object? Tag, QueueObject? Item, ConsulMqException? Error);

/// <summary>
/// A stream of pushes with group commit: the first item is sent at once, and what arrives while a write is under way goes together with the next one.
/// One write is under way at a time, so the order of the items is their order in the queue. Once a write has failed, all later items fail with the
/// same error and are not sent: what is in the queue is the beginning of the stream, without a hole. For one caller at a time.
/// </summary>
public sealed class PushStream : IDisposable
{
    private readonly QueueContext _context;
    private readonly Pusher _pusher;
    private readonly object _gate = new();
    private readonly Queue<PushOutcome> _outcomes = new();
    private Group _filling;
    private Group _spare;
    private bool _sending;
    private bool _disposed;
    private ConsulMqException? _broken;
    private TaskCompletionSource<bool>? _progress;

    internal PushStream(QueueContext context, Pusher pusher)
    {
        _context = context;
        _pusher = pusher;
        _filling = new Group(pusher.RentBatch());
        _spare = new Group(pusher.RentBatch());
    }

    /// <summary>
    /// Takes an item in. Completes at once while there is room, else when the write under way is done. A fault of the item itself (too large) comes out
    /// of <see cref="TryTake"/> in its turn, as do all others.
    /// </summary>
    /// <param name="draft">The message.</param>
    /// <param name="tag">Anything; comes back with the outcome.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public ValueTask AddAsync(MessageDraft draft, object? tag, CancellationToken cancellation)
    {
        var item = new Item(_pusher.Compose(draft), draft.Source, tag, null);
        return TryAdd(ref item, out var room) ? default : new ValueTask(AddLaterAsync(item, room!, cancellation));
    }

    /// <summary>Takes the next outcome, in the order of the items. False: none is there yet.</summary>
    public bool TryTake(out PushOutcome outcome)
    {
        lock (_gate)
        {
            outcome = _outcomes.Count > 0 ? _outcomes.Dequeue() : default;
            return outcome.Item is not null || outcome.Error is not null;
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

    private async Task AddLaterAsync(Item item, Task room, CancellationToken cancellation)
    {
        do
            await room.WithCancellation(cancellation).ConfigureAwait(false);
        while (!TryAdd(ref item, out room!));
    }

    /// <summary>False: there is no room, and <paramref name="room"/> completes when that may have changed.</summary>
    private bool TryAdd(ref Item item, out Task? room)
    {
        room = null;
        lock (_gate)
        {
            if (_disposed)
                throw new ObjectDisposedException(nameof(PushStream));
            try
            {
                if (_filling.Items.Count >= MaxItems || !_filling.Batch.TryAdd(item.Message))
                {
                    room = Progress();
                    return false;
                }
            }
            catch (ConsulMqException e)
            {
                item = item with { Error = e };
            }

            _filling.Items.Add(item);
            if (_sending)
                return true;
            _sending = true;
        }

        _ = SendAsync();
        return true;
    }

    /// <summary>So many messages that fail one after the other are reported before more are taken.</summary>
    private const int MaxItems = 4096;

    /// <summary>Sends what has gathered, group after group, until there is nothing.</summary>
    private async Task SendAsync()
    {
        while (true)
        {
            Group group;
            lock (_gate)
            {
                if (_filling.Items.Count == 0)
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

            var error = _broken ??= await SendAsync(group.Batch).ConfigureAwait(false);
            lock (_gate)
            {
                foreach (var item in group.Items)
                {
                    var failed = item.Error ?? error;
                    var pushed = failed is null ? _context.ToQueueObject(item.Message, source: item.Source) : null;
                    _outcomes.Enqueue(new PushOutcome(item.Tag, pushed, failed));
                }

                group.Clear();
                _spare = group;
                Signal();
            }
        }
    }

    private async Task<ConsulMqException?> SendAsync(PushBatch batch)
    {
        if (batch.Entries.Count == 0)
            return null;
        try
        {
            await _pusher.CommitAsync(batch).ConfigureAwait(false);
            return null;
        }
        catch (ConsulMqException e)
        {
            return e;
        }
        catch (ConsulException e)
        {
            return Errors.From(e);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // An error here is ours; it must reach the caller, not vanish in a task that nobody awaits.
            return new ConsulMqException(ConsulMqError.ConsulError, $"The push failed: {e.Message}", _context.Keys.Queue, e);
        }
    }

    private Task<bool> Progress() => (_progress ??= new TaskCompletionSource<bool>(_context.Settings.Continuations)).Task;

    private void Signal()
    {
        // First of all it is forgotten: who goes on at once, within this call, must not wait for the one that has just been completed.
        var progress = _progress;
        _progress = null;
        progress?.TrySetResult(true);
    }

    private void Release()
    {
        _pusher.ReturnBatch(_filling.Batch);
        _pusher.ReturnBatch(_spare.Batch);
    }

    private readonly record struct Item(Message Message, object? Source, object? Tag, ConsulMqException? Error);

    /// <summary>The items that go together, and those among them that failed by themselves.</summary>
    private sealed class Group(PushBatch batch)
    {
        public PushBatch Batch { get; } = batch;

        public List<Item> Items { get; } = [];

        public void Clear()
        {
            Items.Clear();
            Batch.Clear();
        }
    }
}
