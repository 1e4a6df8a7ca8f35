using ConsulMq.Internal;

namespace ConsulMq.Queueing;

/// <summary>An item of a stream of pushes.</summary>
/// <param name="Item">What is pushed.</param>
/// <param name="Source">The object that its body was made of, if any.</param>
/// <param name="Tag">The caller's own.</param>
/// <param name="Error">Why it cannot be pushed by itself, if so.</param>
/// <param name="Breaks">Whether no later item can be pushed either: Consul failed while its body was uploaded.</param>
internal readonly record struct PushEntry(PushItem Item, object? Source, object? Tag, ConsulMqException? Error = null, bool Breaks = false);

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

    /// <summary>So often a body is uploaded again that somebody takes away before it can be pushed.</summary>
    private const int MostUploads = 4;

    private readonly PushBatch _batch = pusher.RentBatch();
    private readonly List<PushEntry> _items = [];
    private ConsulMqException? _broken;
    private ConsulMqException? _error;

    public bool IsEmpty => _items.Count == 0;

    public bool TryAdd(PushEntry item)
    {
        if (_items.Count >= MaxItems)
            return false;
        if (item.Error is null && _broken is not null)
            item = item with { Error = _broken };
        if (item.Error is null)
        {
            try
            {
                if (!_batch.TryAdd(item.Item))
                    return false;
            }
            catch (ConsulMqException e)
            {
                item = item with { Error = e };
            }
        }

        if (item.Breaks)
            _broken ??= item.Error;
        _items.Add(item);
        return true;
    }

    public async Task CommitAsync()
    {
        _error = failure.Error ?? await SendAsync().ConfigureAwait(false);
        failure.Error ??= _error ?? _broken;
    }

    public void MoveTo(Queue<PushOutcome> outcomes)
    {
        foreach (var item in _items)
        {
            var failed = item.Error ?? _error;
            var pushed = failed is null ? context.ToQueueObject(item.Item.Message, source: item.Source, open: item.Item.Source) : null;
            outcomes.Enqueue(new PushOutcome(item.Tag, pushed, failed));
        }

        Empty();
    }

    public void Clear()
    {
        foreach (var item in _items)
        {
            if (item.Item.Upload is { } upload)
                context.Background.Add(BodyUploader.RemoveAsync(context, upload.Body.Id, upload.MarkIndex));
        }

        Empty();
    }

    public void Release() => pusher.ReturnBatch(_batch);

    private void Empty()
    {
        _items.Clear();
        _batch.Clear();
        _broken = _error = null;
    }

    private async Task<ConsulMqException?> SendAsync()
    {
        if (_batch.Entries.Count == 0)
            return null;
        try
        {
            for (var tries = 1; await pusher.CommitAsync(_batch).ConfigureAwait(false) is { Count: > 0 } lost; tries++)
            {
                if (tries == MostUploads)
                    throw BodyUploader.KeepsVanishing(context.Keys.Queue);
                await UploadAgainAsync(lost).ConfigureAwait(false);
            }

            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Errors.Any(e, "push", context.Keys.Queue);
        }
    }

    private async Task UploadAgainAsync(IReadOnlyList<UploadedBody> lost)
    {
        _batch.Clear();
        for (var i = 0; i < _items.Count; i++)
        {
            if (_items[i].Error is not null)
                continue;
            if (_items[i].Item.Upload is { } upload && lost.Contains(upload))
            {
                // What arrived after it was taken away lies there for nobody.
                context.Background.Add(BodyUploader.RemoveChunksAsync(context, upload.Body.Id));
                _items[i] = _items[i] with { Item = await pusher.Bodies.UploadAsync(_items[i].Item, CancellationToken.None).ConfigureAwait(false) };
            }

            // They fitted together before, and a body's new ID is no longer than the old one.
            _batch.TryAdd(_items[i].Item);
        }
    }
}
