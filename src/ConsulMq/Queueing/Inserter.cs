using ConsulMq.Consul;
using ConsulMq.Diagnostics;
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
    public Task PutBackAsync(Claim claim) => InsertAsync([.. claim.Taken.Select((t, i) =>
        Item(t.Message.At(t.Entry.RankOf(t.Offset)), claim.Loaded.TryGetValue(i, out var body) ? body.ToSource(t.Message.Blob?.Kind ?? default) : null))]);

    /// <summary>Puts back what was popped, not leased.</summary>
    public Task PutBackAsync(IEnumerable<QueueObject> items) => InsertAsync([.. items.Select(static i => Item(
        i.Message.At(i.Rank ?? throw new ArgumentException("Only what was popped can be put back.", nameof(items))), i.BodySource ?? BodySource.Of(i.Message.Body)))]);

    /// <summary>A message that goes back. The chunks of a big one were deleted when it was taken.</summary>
    private static PushItem Item(Message message, BodySource? body) => new(message, WasLetIn: true, Source: message.Blob is null ? null : body);

    /// <summary>Adds to a transaction what inserts a batch: the entries, and the touch of the head.</summary>
    public static Landing Add(QueueContext context, List<KvOperation> operations, IndexState index, PushBatch batch)
    {
        operations.Add(KvOperation.Cas(context.Keys.Head, index.HeadIndex, IndexCodec.Head(index.Head with { Front = true }, index.HeadIndex)));
        var landing = context.Tail.AddReturned(operations, index.Tail, batch.Ready);
        if (batch.Entries.Count == 1)
            landing = landing with { Inserted = context.FrontPack.Add(operations, batch, context.Ids.NewEntryId()) };
        else
            AddEntries(context, operations, batch);
        batch.AddUploads(operations, context.Keys);
        return landing;
    }

    private static void AddEntries(QueueContext context, List<KvOperation> operations, PushBatch batch)
    {
        for (var i = 0; i < batch.Entries.Count; i++)
        {
            var entry = batch.Entries[i];
            var key = EntryKey.ForFront(context.Keys, entry.Rank!, i, context.Ids.NewEntryId(), entry.Count, entry.Length);
            operations.Add(KvOperation.Set(key, batch.Value(entry)));
        }
    }

    /// <summary>Inserts messages that carry their ranks: as many writes as their size asks for.</summary>
    private async Task InsertAsync(IReadOnlyList<PushItem> items)
    {
        using var batch = new PushBatch();
        var gathered = new List<PushItem>();
        foreach (var item in items.OrderBy(static i => i.Message.Rank))
        {
            var ready = item.Source is null ? item : await TryLongAsync(() => UploadAsync(item)).ConfigureAwait(false);
            if (!batch.TryAdd(ready))
            {
                await TryLongAsync(() => CommitAsync(batch, gathered)).ConfigureAwait(false);
                batch.Clear();
                gathered.Clear();
                batch.TryAdd(ready);
            }

            gathered.Add(ready);
        }

        if (batch.Entries.Count > 0)
            await TryLongAsync(() => CommitAsync(batch, gathered)).ConfigureAwait(false);
    }

    private async Task<PushItem> UploadAsync(PushItem item)
    {
        var upload = await new BodyUploader(context).UploadAsync(item.Source!, long.MaxValue, CancellationToken.None).ConfigureAwait(false);
        return item.With(upload);
    }

    /// <summary>Batch by batch: what was put in must not be put in again because the next one failed.</summary>
    private async Task<T> TryLongAsync<T>(Func<Task<T>> attempt)
    {
        var since = context.Settings.Clock.Elapsed;
        while (true)
        {
            try
            {
                return await attempt().ConfigureAwait(false);
            }
            catch (ConsulException) when (context.Settings.Clock.Elapsed - since < Patience)
            {
                // It was certainly not put in, and nobody else has the messages any more.
                await context.Settings.Clock.Delay(Pause, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <returns>False: there is no queue any more.</returns>
    private async Task<bool> CommitAsync(PushBatch batch, List<PushItem> items)
    {
        while (true)
        {
            var index = await context.Index.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            // The queue was removed, and with it what was in somebody's hands.
            if (index is null)
            {
                foreach (var item in items)
                    BodyUploader.Drop(context, item);
                return false;
            }

            var operations = new List<KvOperation>(batch.Entries.Count + 3);
            var landing = Add(context, operations, index, batch);
            var commit = await context.Committer.CommitAsync(operations).ConfigureAwait(false);
            context.Tail.Learn(landing, commit);
            if (commit.Succeeded)
            {
                OperationLog.Steps?.Step($"Put {OperationLog.Count(batch.Ready, "message", "messages")} to the front of '{context.Keys.Queue}' (Raft index {commit.Index}), {OperationLog.Steps?.Took}.");
                return true;
            }

            if (batch.LostUploads(commit) is { Count: > 0 } lost)
                await UploadAgainAsync(batch, items, lost).ConfigureAwait(false);
        }
    }

    private async Task UploadAgainAsync(PushBatch batch, List<PushItem> items, IReadOnlyList<UploadedBody> lost)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i].Upload is not { } upload || !lost.Contains(upload))
                continue;
            BodyUploader.DropChunks(context, upload);
            items[i] = await UploadAsync(items[i]).ConfigureAwait(false);
        }

        batch.Clear();
        foreach (var item in items)
            batch.TryAdd(item);
    }
}
