using System.Collections.Concurrent;
using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Appends batches of messages to the log: one write each, whoever else pushes.</summary>
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
    public Message Compose(MessageDraft draft)
    {
        // Milliseconds are what people read; nothing is ordered by them.
        var now = context.Now;
        now = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        return new Message
        {
            Id = context.Ids.NewMessageId(),
            CreatedAt = now,
            ExpiresAt = draft.TimeToLive is { } ttl ? (ttl < DateTimeOffset.MaxValue - now ? now + ttl : DateTimeOffset.MaxValue) : null,
            ContentType = draft.ContentType,
            Tags = draft.Tags,
            Headers = draft.Headers,
            Body = draft.Body,
        };
    }

    /// <summary>Commits a batch at the end of the log. Creates the queue if it is not there.</summary>
    public async Task CommitAsync(PushBatch batch)
    {
        var operations = new List<KvOperation>(batch.Entries.Count + 4);
        while (true)
        {
            var tail = context.Index.CachedTail;
            if (tail is null)
            {
                await context.Index.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                tail = context.Index.CachedTail;
            }

            operations.Clear();
            var landing = AddTail(operations, tail, batch);
            for (var i = 0; i < batch.Entries.Count; i++)
            {
                var entry = batch.Entries[i];
                var key = EntryKey.ForLog(context.Keys, landing, i, context.Ids.NewEntryId(), entry.Count, entry.Length);
                operations.Add(KvOperation.Set(key, batch.Value(entry)));
            }

            var commit = await context.Committer.CommitAsync(operations).ConfigureAwait(false);
            if (commit.Succeeded)
            {
                if (landing != tail?.Page)
                    context.Index.Remember(new TailState(landing, commit.Index));
                return;
            }

            // Somebody rolled, cleared, created or removed. Another push of this process may have noticed before.
            if (context.Index.CachedTail == tail)
                context.Index.Remember(null);
        }
    }

    /// <summary>Adds what makes it impossible to land in a sealed page. Returns the page that the entries go to.</summary>
    private long AddTail(List<KvOperation> operations, TailState? tail, PushBatch batch)
    {
        var keys = context.Keys;
        if (tail is null)
        {
            if (context.Index.Info is null)
                operations.Add(KvOperation.Cas(keys.Info, 0, new QueueInfo { CreatedAt = context.Now }.ToJson()));
            operations.Add(KvOperation.Cas(keys.Head, 0, IndexCodec.Head(new HeadState(IndexCodec.FirstPage, false), 0)));
            operations.Add(KvOperation.Cas(keys.Tail, 0, IndexCodec.Tail(IndexCodec.FirstPage)));
            return IndexCodec.FirstPage;
        }

        if (context.Settings.Random.NextDouble() >= Layout.RollProbability(batch.Entries.Count, batch.Bytes))
        {
            operations.Add(KvOperation.CheckIndex(keys.Tail, tail.Index));
            return tail.Page;
        }

        operations.Add(KvOperation.Cas(keys.Tail, tail.Index, IndexCodec.Tail(tail.Page + 1)));
        return tail.Page + 1;
    }
}
