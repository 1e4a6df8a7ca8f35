using System.Collections.Concurrent;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Makes messages of drafts, and batches to encode them into.</summary>
internal sealed class Pusher(QueueContext context)
{
    private readonly ConcurrentBag<PushBatch> _batches = [];

    /// <summary>An empty batch.</summary>
    public PushBatch RentBatch() => _batches.TryTake(out var batch) ? batch : new PushBatch();

    /// <summary>Gives back a batch that nothing uses any more.</summary>
    public void ReturnBatch(PushBatch batch)
    {
        batch.Clear();
        _batches.Add(batch);
    }

    /// <summary>The message that a draft asks for, as of now.</summary>
    public PushItem Compose(MessageDraft draft)
    {
        // Milliseconds are what people read; nothing is ordered by them.
        var now = context.Now;
        now = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        return new PushItem(new Message
        {
            Id = context.Ids.NewMessageId(),
            CreatedAt = now,
            ExpiresAt = PushItem.Expiry(now, draft.TimeToLive),
            ContentType = draft.ContentType,
            Tags = draft.Tags,
            Headers = draft.Headers,
            Body = draft.Body,
        }, DeduplicationId: draft.DeduplicationId, TakesDefaults: draft.TimeToLive is null);
    }
}
