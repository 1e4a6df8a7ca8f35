using ConsulMq.Internal;

namespace ConsulMq.Queueing;

/// <summary>An item of a stream of pushes.</summary>
/// <param name="Item">What is pushed.</param>
/// <param name="Source">The object that its body was made of, if any.</param>
/// <param name="Tag">The caller's own.</param>
/// <param name="Error">Why it cannot be pushed by itself, if so.</param>
internal readonly record struct PushEntry(PushItem Item, object? Source, object? Tag, ConsulMqException? Error = null);

/// <summary>What the groups of one stream share: once a write has failed, all later items fail with the same error and are not sent.</summary>
internal sealed class PushFailure
{
    public ConsulMqException? Error { get; set; }
}

/// <summary>Pushes that go together in one transaction.</summary>
internal sealed class PushGroup(QueueContext context, Pusher pusher, PushFailure failure) : ICommitGroup<PushEntry, PushOutcome>
{
    /// <summary>So many messages that fail one after the other are reported before more are taken.</summary>
    private const int MaxItems = 4096;

    private readonly PushBatch _batch = pusher.RentBatch();
    private readonly List<PushEntry> _items = [];

    public bool IsEmpty => _items.Count == 0;

    public bool TryAdd(PushEntry item)
    {
        if (_items.Count >= MaxItems)
            return false;
        try
        {
            if (!_batch.TryAdd(item.Item))
                return false;
        }
        catch (ConsulMqException e)
        {
            item = item with { Error = e };
        }

        _items.Add(item);
        return true;
    }

    public async Task CommitAsync() => failure.Error ??= await SendAsync().ConfigureAwait(false);

    public void MoveTo(Queue<PushOutcome> outcomes)
    {
        foreach (var item in _items)
        {
            var failed = item.Error ?? failure.Error;
            var pushed = failed is null ? context.ToQueueObject(item.Item.Message, source: item.Source, due: item.Item.Due) : null;
            outcomes.Enqueue(new PushOutcome(item.Tag, pushed, failed));
        }

        Clear();
    }

    public void Clear()
    {
        _items.Clear();
        _batch.Clear();
    }

    public void Release() => pusher.ReturnBatch(_batch);

    private async Task<ConsulMqException?> SendAsync()
    {
        if (_batch.Entries.Count == 0)
            return null;
        try
        {
            await pusher.CommitAsync(_batch).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Errors.Any(e, "push", context.Keys.Queue);
        }
    }
}
