using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Where a batch lands: which tail its transaction stands on.</summary>
/// <param name="Tail">The tail that was known; null: the queue is created by this transaction.</param>
/// <param name="Page">The page that the entries go to.</param>
/// <param name="FirstOperation">The first of the operations that stand on the tail.</param>
/// <param name="Operations">How many they are.</param>
/// <param name="Next">The tail that the transaction writes, but for its ModifyIndex; null: it stays as it is.</param>
internal readonly record struct Landing(TailState? Tail, long Page, int FirstOperation, int Operations, TailState? Next = null)
{
    /// <summary>The entry that goes to the front set, if it is a single one.</summary>
    public Inserted? Inserted { get; init; }

    /// <summary>Whether a transaction was refused because the tail is another one by now.</summary>
    public bool IsLost(Commit commit)
    {
        for (var i = FirstOperation; i < FirstOperation + Operations; i++)
        {
            if (commit.Failed(i))
                return true;
        }

        return false;
    }
}

/// <summary>The end of a queue's log: adds to a transaction what puts a batch there, and makes it impossible to land in a sealed page.</summary>
internal sealed class LogTail(QueueContext context)
{
    /// <summary>What creating a queue and scheduling, the most, costs beside the entries.</summary>
    public const int MostOperations = 4;

    /// <summary>Reads the tail if it is not known.</summary>
    public Task PrepareAsync() => context.Index.CachedTail is null ? context.Index.ReadAsync(CancellationToken.None) : Task.CompletedTask;

    /// <summary>Adds a batch at the tail as it is known; creates the queue if there is none. Messages that are due later are scheduled.</summary>
    public Landing Add(List<KvOperation> operations, PushBatch batch) => Add(operations, batch, context.Index.CachedTail);

    /// <inheritdoc cref="Add(List{KvOperation}, PushBatch)"/>
    public Landing Add(List<KvOperation> operations, PushBatch batch, TailState? tail)
    {
        var (entries, bytes) = Size(batch);
        var landing = AddTail(operations, tail, entries, bytes, batch.Ready);
        (long Due, string Id)? first = null;
        for (var i = 0; i < batch.Entries.Count; i++)
        {
            var entry = batch.Entries[i];
            var id = context.Ids.NewEntryId();
            var key = entry.Due > 0
                ? EntryKey.ForScheduled(context.Keys, entry.Due, i, id, entry.Count, entry.Length)
                : EntryKey.ForLog(context.Keys, landing.Page, i, id, entry.Count, entry.Length);
            operations.Add(KvOperation.Set(key, batch.Value(entry)));
            if (entry.Due > 0 && (first is not { } known || entry.Due < known.Due))
                first = (entry.Due, id);
        }

        if (first is var (due, touch))
            operations.Add(KvOperation.Set(context.Keys.Due, IndexCodec.Due(due, touch)));
        batch.AddUploads(operations, context.Keys);
        return landing;
    }

    /// <summary>
    /// Adds that messages come back beside the log: in a queue with a most depth producers must not count on a bound in which they are missing.
    /// </summary>
    public Landing AddReturned(List<KvOperation> operations, TailState tail, int messages)
    {
        if (tail.Settings.MaxDepth is null)
            return new Landing(tail, tail.Page, operations.Count, 0);
        var next = tail with { Most = tail.Most + messages };
        operations.Add(Write(tail, next));
        return new Landing(tail, tail.Page, operations.Count - 1, 1, next);
    }

    /// <summary>Learns from what became of the transaction. Somebody who rolled, cleared, created, removed or set something makes the tail unknown.</summary>
    public void Learn(Landing landing, Commit commit)
    {
        if (landing.Inserted is { } inserted)
            context.FrontPack.Learn(inserted, commit);
        if (commit.Succeeded)
        {
            if (landing.Next is { } next)
                context.Index.Remember(next with { Index = commit.Index });
        }
        else if (landing.IsLost(commit) && context.Index.CachedTail?.Index == landing.Tail?.Index)
        {
            // Unless another push of this process has noticed before.
            context.Index.Remember(null);
        }
    }

    /// <summary>Adds what makes it impossible to land in a sealed page.</summary>
    /// <param name="operations">The transaction.</param>
    /// <param name="tail">The tail as it is known; null: there is no queue, and it is created.</param>
    /// <param name="entries">How many entries come to the log.</param>
    /// <param name="bytes">How many bytes they have.</param>
    /// <param name="ready">How many messages become ready.</param>
    public Landing AddTail(List<KvOperation> operations, TailState? tail, int entries, long bytes, int ready)
    {
        var first = operations.Count;
        var next = AddTailOperations(operations, tail, entries, bytes, ready);
        return new Landing(tail, (next ?? tail!).Page, first, operations.Count - first, next);
    }

    /// <summary>What of a batch comes to the log now.</summary>
    private static (int Entries, long Bytes) Size(PushBatch batch)
    {
        var entries = 0;
        long bytes = 0;
        for (var i = 0; i < batch.Entries.Count; i++)
        {
            if (batch.Entries[i].Due > 0)
                continue;
            entries++;
            bytes += batch.Entries[i].Length;
        }

        return (entries, bytes);
    }

    /// <summary>Adds what the entries stand on. Returns the tail that it writes; null: it checks the one that is there.</summary>
    private TailState? AddTailOperations(List<KvOperation> operations, TailState? tail, int entries, long bytes, int ready)
    {
        var keys = context.Keys;
        if (tail is null)
        {
            if (context.Index.Info is null)
                operations.Add(KvOperation.Cas(keys.Info, 0, new QueueInfo { CreatedAt = context.Now }.ToJson()));
            operations.Add(KvOperation.Cas(keys.Head, 0, IndexCodec.Head(new HeadState(IndexCodec.FirstPage, false), 0)));
            operations.Add(KvOperation.Cas(keys.Tail, 0, IndexCodec.Tail(IndexCodec.FirstPage)));
            return new TailState(IndexCodec.FirstPage, 0, context.Index.Settings);
        }

        var rolls = context.Settings.Random.NextDouble() < Layout.RollProbability(entries, bytes);
        if (!rolls && (tail.Settings.MaxDepth is null || ready == 0))
        {
            operations.Add(KvOperation.CheckIndex(keys.Tail, tail.Index));
            return null;
        }

        var next = tail with { Page = rolls ? tail.Page + 1 : tail.Page, Most = tail.Most + ready };
        operations.Add(Write(tail, next));
        return next;
    }

    private KvOperation Write(TailState tail, TailState next) => KvOperation.Cas(context.Keys.Tail, tail.Index, tail.Settings.MaxDepth is null
        ? IndexCodec.Tail(next.Page)
        : IndexCodec.Tail(new StoredTail(next.Page, next.Most), tail.Index));
}
