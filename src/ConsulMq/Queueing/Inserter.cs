using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Puts messages into the front set, each at its own rank, and touches the head, which makes every view of the order stale.</summary>
internal sealed class Inserter(QueueContext context)
{
    /// <summary>How long to go on while Consul is away, beyond what an operation allows itself.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>How long to wait before the next try then.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Puts back what a claim took.</summary>
    public Task PutBackAsync(Claim claim) =>
        InsertAsync([.. claim.Taken.Select(static t => t.Message.At(t.Entry.RankOf(t.Offset)))]);

    /// <summary>Puts back what was popped, not leased.</summary>
    public Task PutBackAsync(IEnumerable<QueueObject> items) =>
        InsertAsync([.. items.Select(static i => i.Message.At(i.Rank ?? throw new ArgumentException("Only what was popped can be put back.", nameof(items))))]);

    /// <summary>Adds to a transaction what inserts a batch: the entries, and the touch of the head.</summary>
    public static Landing Add(QueueContext context, List<KvOperation> operations, IndexState index, PushBatch batch)
    {
        operations.Add(KvOperation.Cas(context.Keys.Head, index.HeadIndex, IndexCodec.Head(index.Head with { Front = true }, index.HeadIndex)));
        var landing = context.Tail.AddReturned(operations, index.Tail, batch.Ready);
        for (var i = 0; i < batch.Entries.Count; i++)
        {
            var entry = batch.Entries[i];
            var key = EntryKey.ForFront(context.Keys, entry.Rank!, i, context.Ids.NewEntryId(), entry.Count, entry.Length);
            operations.Add(KvOperation.Set(key, batch.Value(entry)));
        }

        return landing;
    }

    /// <summary>Inserts messages that carry their ranks: as many writes as their size asks for.</summary>
    private async Task InsertAsync(IReadOnlyList<Message> messages)
    {
        using var batch = new PushBatch();
        foreach (var message in messages.OrderBy(static m => m.Rank))
        {
            var item = new PushItem(message, WasLetIn: true);
            if (batch.TryAdd(item))
                continue;
            await CommitAsync(batch).ConfigureAwait(false);
            batch.Clear();
            batch.TryAdd(item);
        }

        if (batch.Entries.Count > 0)
            await CommitAsync(batch).ConfigureAwait(false);
    }

    /// <summary>Batch by batch: what was put in must not be put in again because the next one failed.</summary>
    private async Task CommitAsync(PushBatch batch)
    {
        var since = context.Settings.Clock.Elapsed;
        while (true)
        {
            try
            {
                await InsertAsync(batch).ConfigureAwait(false);
                return;
            }
            catch (ConsulException) when (context.Settings.Clock.Elapsed - since < Patience)
            {
                // It was certainly not put in, and nobody else has the messages any more.
                await context.Settings.Clock.Delay(Pause, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task InsertAsync(PushBatch batch)
    {
        while (true)
        {
            var index = await context.Index.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            // The queue was removed, and with it what was in somebody's hands.
            if (index is null)
                return;
            var operations = new List<KvOperation>(batch.Entries.Count + 3);
            var landing = Add(context, operations, index, batch);
            var commit = await context.Committer.CommitAsync(operations).ConfigureAwait(false);
            context.Tail.Learn(landing, commit);
            if (commit.Succeeded)
                return;
        }
    }
}
