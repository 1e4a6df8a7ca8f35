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
        var due = draft.NotBefore > now ? DueAt(draft.NotBefore.Value) : 0;
        now = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        return new PushItem(new Message
        {
            Id = context.Ids.NewMessageId(),
            CreatedAt = now,
            ExpiresAt = PushItem.Expiry(due == 0 ? now : DateTimeOffset.FromUnixTimeMilliseconds(due), draft.TimeToLive),
            ContentType = draft.ContentType,
            Tags = draft.Tags,
            Headers = draft.Headers,
            Body = draft.Body,
        }, due, draft.DeduplicationId, TakesDefaults: draft.TimeToLive is null);
    }

    /// <summary>In milliseconds since 1970, and never earlier.</summary>
    private static long DueAt(DateTimeOffset time)
    {
        var milliseconds = time.ToUnixTimeMilliseconds();
        return time.Ticks % TimeSpan.TicksPerMillisecond == 0 ? milliseconds : Math.Min(milliseconds + 1, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
    }
}
