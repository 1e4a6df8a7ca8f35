using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Reads entries whose names are known, each with its cursor. What is gone by then is left out.</summary>
internal static class EntryReader
{
    /// <summary>So many fit in one transaction.</summary>
    public const int PerRead = ConsulLimits.OperationsPerTransaction / 2;

    /// <summary>Adds the reads that <see cref="Take"/> understands.</summary>
    public static void AddTo(List<KvOperation> operations, EntryKey key)
    {
        operations.Add(KvOperation.GetTree(key.Key));
        operations.Add(KvOperation.GetTree(key.Cursor));
    }

    /// <summary>Reads entries, never stale.</summary>
    /// <param name="context">The queue.</param>
    /// <param name="keys">Their names, at most <see cref="PerRead"/>.</param>
    /// <param name="damage">Where the damage goes that shows when they are decoded.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Those that are there, in the order of the names.</returns>
    public static async Task<List<StoredEntry>> ReadAsync(QueueContext context, IReadOnlyList<EntryKey> keys, ICollection<ConsulMqException> damage, CancellationToken cancellation)
    {
        var operations = new List<KvOperation>(2 * keys.Count);
        foreach (var key in keys)
            AddTo(operations, key);
        var pairs = (await context.Consul.TransactAsync(operations, ReadConsistency.Consistent, cancellation).ConfigureAwait(false)).Pairs;
        var entries = new List<StoredEntry>(keys.Count);
        foreach (var key in keys)
        {
            if (Take(pairs, key, damage) is { } entry)
                entries.Add(entry);
        }

        return entries;
    }

    /// <summary>Finds an entry among the few pairs that were read. Null: it is gone.</summary>
    public static StoredEntry? Take(IReadOnlyList<KvPair> pairs, EntryKey key, ICollection<ConsulMqException> damage) =>
        Find(pairs, key.Key) is { } value ? Make(value, pairs, key, damage) : null;

    /// <summary>Finds a lease that this session holds; null: whose session has ended. Null: it is gone, or is held otherwise.</summary>
    public static StoredEntry? TakeLease(IReadOnlyList<KvPair> pairs, EntryKey key, string? session) =>
        Find(pairs, key.Key) is { } value && value.Session == session ? Make(value, pairs, key, new List<ConsulMqException>()) : null;

    private static StoredEntry Make(KvPair value, IReadOnlyList<KvPair> pairs, EntryKey key, ICollection<ConsulMqException> damage)
    {
        var entry = new StoredEntry(key, value, damage);
        entry.TakeCursor(Find(pairs, key.Cursor));
        return entry;
    }

    private static KvPair? Find(IReadOnlyList<KvPair> pairs, string key)
    {
        for (var i = 0; i < pairs.Count; i++)
        {
            if (pairs[i].Key == key)
                return pairs[i];
        }

        return null;
    }
}
