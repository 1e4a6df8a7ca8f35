using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>A page of the log as it was read: its entries in the order in which they were committed.</summary>
internal sealed class LogPage
{
    private LogPage(long number, List<StoredEntry> entries, int strangers, List<ConsulMqException> damage)
    {
        Number = number;
        Entries = entries;
        HasStrangers = strangers > 0;
        Damage = damage;
    }

    public long Number { get; }

    public IReadOnlyList<StoredEntry> Entries { get; }

    /// <summary>Whether there are keys among the entries that are no entries.</summary>
    public bool HasStrangers { get; }

    /// <summary>The damage found so far: such keys, and entries that turned out to be unreadable.</summary>
    public IReadOnlyList<ConsulMqException> Damage { get; }

    /// <summary>Adds the reads that <see cref="Take"/> understands.</summary>
    public static void AddTo(List<KvOperation> operations, QueueKeys keys, long page)
    {
        operations.Add(KvOperation.GetTree(keys.Page(page)));
        operations.Add(KvOperation.GetTree(keys.PageCursors(page)));
    }

    /// <summary>Finds a page among the pairs of a snapshot.</summary>
    public static LogPage Take(IReadOnlyList<KvPair> pairs, QueueKeys keys, long page)
    {
        var entries = new List<StoredEntry>(pairs.Count);
        var damage = new List<ConsulMqException>();
        var prefix = keys.Page(page);
        var cursorPrefix = keys.PageCursors(page);
        var strangers = 0;
        Dictionary<string, KvPair>? cursors = null;
        foreach (var pair in pairs)
        {
            if (pair.Key.StartsWith(cursorPrefix, StringComparison.Ordinal))
                (cursors ??= [])[pair.Key] = pair;
            else if (!pair.Key.StartsWith(prefix, StringComparison.Ordinal))
                continue;
            else if (EntryKey.TryParse(keys, pair.Key, out var key))
                entries.Add(new StoredEntry(key, pair, damage));
            else
            {
                strangers++;
                damage.Add(StoredEntry.Corrupt(pair.Key, "its name is not an entry's"));
            }
        }

        if (cursors is not null)
        {
            foreach (var entry in entries)
            {
                if (cursors.TryGetValue(entry.Key.Cursor, out var cursor))
                    entry.TakeCursor(cursor);
            }
        }

        entries.Sort(StoredEntry.ByCommit);
        return new LogPage(page, entries, strangers, damage);
    }
}
