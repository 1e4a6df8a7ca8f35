using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Messages that go to another queue: their big bodies are copied there first, as uploads, and belong to them when the transaction commits.</summary>
/// <param name="source">The queue they come from.</param>
/// <param name="destination">The other queue.</param>
/// <param name="batch">What goes there. Disposed with this.</param>
internal sealed class BodyCopies(QueueContext source, QueueContext destination, PushBatch batch) : IDisposable
{
    private readonly List<PushItem> _items = [];

    public PushBatch Batch => batch;

    public IReadOnlyList<PushItem> Items => _items;

    /// <summary>Adds a message. False: it does not fit beside the others.</summary>
    public bool TryAdd(Message message)
    {
        var item = new PushItem(message, WasLetIn: true, Source: message.Blob is { } body ? BodySource.Of(source, body) : null);
        if (!batch.TryAdd(item))
            return false;
        _items.Add(item);
        return true;
    }

    /// <summary>Copies the bodies that are not there yet.</summary>
    /// <exception cref="DamagedBodyException">One of them cannot be read.</exception>
    public async Task CopyAsync(CancellationToken cancellation)
    {
        var copied = false;
        for (var i = 0; i < _items.Count; i++)
        {
            if (_items[i] is not { Source: { } body, Upload: null } item)
                continue;
            try
            {
                var upload = await new BodyUploader(destination).UploadAsync(body, long.MaxValue, cancellation).ConfigureAwait(false);
                _items[i] = item.With(upload);
                copied = true;
            }
            catch (DamagedBodyException e)
            {
                source.DamagedBodies.Add(item.Message.Blob!.Id, e.Of(item.Message));
                throw;
            }
        }

        if (!copied)
            return;
        batch.Clear();
        foreach (var item in _items)
            batch.TryAdd(item);
    }

    /// <summary>Learns what became of the transaction. True: copies were taken away, and have to be made again.</summary>
    public bool Learn(Commit commit)
    {
        if (commit.Succeeded || batch.LostUploads(commit) is not { Count: > 0 } lost)
            return false;
        for (var i = 0; i < _items.Count; i++)
        {
            if (_items[i].Upload is { } upload && lost.Contains(upload))
            {
                BodyUploader.DropChunks(destination, upload);
                _items[i] = _items[i] with { Upload = null };
            }
        }

        return true;
    }

    /// <summary>Removes the copies again: the transaction did not happen.</summary>
    public void Discard()
    {
        for (var i = 0; i < _items.Count; i++)
        {
            BodyUploader.Drop(destination, _items[i]);
            _items[i] = _items[i] with { Upload = null };
        }
    }

    public void Dispose() => batch.Dispose();
}
