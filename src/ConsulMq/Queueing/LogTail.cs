using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Where a batch lands: which tail its transaction stands on.</summary>
/// <param name="Tail">The tail that was known; null: the queue is created by this transaction.</param>
/// <param name="Page">The page that the entries go to.</param>
/// <param name="FirstOperation">The first of the operations that stand on the tail.</param>
/// <param name="Operations">How many they are.</param>
internal readonly record struct Landing(TailState? Tail, long Page, int FirstOperation, int Operations)
{
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
    /// <summary>What creating a queue, the most, costs beside the entries.</summary>
    public const int MostOperations = 3;

    /// <summary>Reads the tail if it is not known.</summary>
    public Task PrepareAsync() => context.Index.CachedTail is null ? context.Index.ReadAsync(CancellationToken.None) : Task.CompletedTask;

    /// <summary>Adds a batch at the tail as it is known; creates the queue if there is none. Messages that are due later are scheduled.</summary>
    public Landing Add(List<KvOperation> operations, PushBatch batch)
    {
        var tail = context.Index.CachedTail;
        var first = operations.Count;
        var page = AddTail(operations, tail, batch);
        var landing = new Landing(tail, page, first, operations.Count - first);
        for (var i = 0; i < batch.Entries.Count; i++)
        {
            var entry = batch.Entries[i];
            var key = EntryKey.ForLog(context.Keys, page, i, context.Ids.NewEntryId(), entry.Count, entry.Length);
            operations.Add(KvOperation.Set(key, batch.Value(entry)));
        }

        batch.AddUploads(operations, context.Keys);
        return landing;
    }

    /// <summary>Learns from what became of the transaction. Somebody who rolled, cleared, created or removed makes the tail unknown.</summary>
    public void Learn(Landing landing, Commit commit)
    {
        if (commit.Succeeded)
        {
            if (landing.Page != landing.Tail?.Page)
                context.Index.Remember(new TailState(landing.Page, commit.Index));
        }
        else if (landing.IsLost(commit) && context.Index.CachedTail == landing.Tail)
        {
            // Unless another push of this process has noticed before.
            context.Index.Remember(null);
        }
    }

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
