using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Tells which messages are too long for a line, and uploads their bodies before they are pushed.</summary>
internal sealed class BigBodies(QueueContext context)
{
    /// <summary>What stands for a body that was not uploaded yet: as long as any.</summary>
    private static readonly BodyReference Longest = new(new string('0', 28), long.MaxValue, int.MaxValue, new string('0', 64), BlobKind.Utf16);

    /// <summary>Whether a message's body has to be uploaded. Cheap for all that is clearly short.</summary>
    public static bool IsBig(PushItem item) => item.Message.Blob is null && Fault(item) is not null;

    /// <summary>The item with the body that a stream holds, uploaded unless it is short.</summary>
    /// <exception cref="ConsulMqException">It cannot be pushed.</exception>
    public async Task<PushItem> ReadAsync(PushItem item, Func<Stream> open, CancellationToken cancellation)
    {
        var source = BodySource.Of(open);
        using (var feed = source.Open())
        {
            using var first = await feed.NextAsync(cancellation).ConfigureAwait(false);
            if (first is null || first.Length < Layout.ChunkBytes)
            {
                // All of it; and no more of it than goes in one chunk.
                item = item with { Message = item.Message with { Body = MessageBody.FromBytes(first?.Bytes.ToArray() ?? []) } };
                return IsBig(item) ? await UploadAsync(item, cancellation).ConfigureAwait(false) : item;
            }
        }

        return await UploadAsync(item with { Message = item.Message with { HasBody = false }, Source = source }, cancellation).ConfigureAwait(false);
    }

    /// <summary>Uploads an item's body.</summary>
    /// <exception cref="ConsulMqException">The body is over the limit, or tags and headers alone are too long for a line.</exception>
    /// <exception cref="Consul.ConsulException">Consul failed.</exception>
    public async Task<PushItem> UploadAsync(PushItem item, CancellationToken cancellation)
    {
        if (Fault(item with { Message = item.Message with { Blob = Longest } }) is { } fault)
            throw fault;
        var source = item.Source ?? BodySource.Of(item.Message.Body);
        var upload = await new BodyUploader(context).UploadAsync(source, null, cancellation).ConfigureAwait(false);
        return item.With(upload) with { Source = source };
    }

    /// <summary>Uploads the body of an item again, which somebody took away before the item was pushed.</summary>
    /// <inheritdoc cref="UploadAsync" path="/exception"/>
    public Task<PushItem> ReplaceAsync(PushItem item, UploadedBody lost)
    {
        BodyUploader.DropChunks(context, lost);
        return UploadAsync(item, CancellationToken.None);
    }

    /// <summary>Why a message does not go into a line; null: it does.</summary>
    private static ConsulMqException? Fault(PushItem item)
    {
        if (MessageWriter.MostLength(item.Message) <= Layout.LineBytes)
            return null;
        using var batch = new PushBatch();
        try
        {
            batch.TryAdd(item);
            return null;
        }
        catch (ConsulMqException e)
        {
            return e;
        }
    }
}
