using System.Collections.Concurrent;
using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Appends batches of messages to the log: one write each, whoever else pushes.</summary>
internal sealed class Pusher(QueueContext context)
{
    private readonly ConcurrentBag<PushBatch> _batches = [];

    /// <summary>Uploads what is too big for a line.</summary>
    public BigBodies Bodies => new(context, this);

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
            ExpiresAt = draft.TimeToLive is { } ttl ? (ttl < DateTimeOffset.MaxValue - now ? now + ttl : DateTimeOffset.MaxValue) : null,
            ContentType = draft.ContentType,
            Tags = draft.Tags,
            Headers = draft.Headers,
            Body = draft.Body,
        });
    }

    /// <summary>Commits a batch at the end of the log. Creates the queue if it is not there.</summary>
    /// <returns>None if it was committed; else the big bodies that are not there any more, so that it cannot be.</returns>
    public async Task<IReadOnlyList<UploadedBody>> CommitAsync(PushBatch batch)
    {
        var operations = new List<KvOperation>(batch.Entries.Count + LogTail.MostOperations + 1);
        while (true)
        {
            await context.Tail.PrepareAsync().ConfigureAwait(false);
            operations.Clear();
            var landing = context.Tail.Add(operations, batch);
            var commit = await context.Committer.CommitAsync(operations).ConfigureAwait(false);
            context.Tail.Learn(landing, commit);
            if (commit.Succeeded)
            {
                context.Maintenance.InPassing();
                return [];
            }

            if (batch.LostUploads(commit) is { Count: > 0 } lost)
                return lost;
        }
    }
}
