using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// Keeps the front set short where a client inserts message after message, each in a write of its own: it writes the new one together with those that it
/// inserted last, in place of their entry. That takes no request more, and every reader lists a few dozen times fewer keys. The touch of the head, which
/// an insert is anyway, makes views stale that still have the old entry.
/// </summary>
/// <param name="keys">The keys of the queue.</param>
internal sealed class FrontPack(QueueKeys keys)
{
    /// <summary>An entry with so many messages takes no more: all of it is written again with each of them.</summary>
    private const int MostMessages = 32;

    /// <summary>Nor does one of so many bytes.</summary>
    private const int MostBytes = 4 * 1024;

    /// <summary>So many inserts, at most, go without it after one in vain.</summary>
    private const int LongestPause = 64;

    private Inserted? _last;
    private int _pause;
    private int _left;

    /// <summary>Adds the entry of a batch that has one, packed with what was inserted last if that goes.</summary>
    /// <returns>What is to be told to <see cref="Learn"/>.</returns>
    public Inserted Add(List<KvOperation> operations, PushBatch batch, string id)
    {
        var entry = batch.Entries[0];
        var value = batch.Value(entry);
        var (first, last, count) = (entry.Rank!, batch.LastRank!, entry.Count);
        var before = batch.HasUploads ? null : Take(value.Length, count);
        var packOperation = operations.Count;
        if (before is not null && before.First.CompareTo(last) > 0)
            (value, last) = (Join(value, before.Value), before.Last);
        else if (before is not null && before.Last.CompareTo(first) < 0)
            (value, first) = (Join(before.Value, value), before.First);
        else
            before = null;
        if (before is not null && EntryKey.TryParse(keys, before.Key, out var old))
        {
            operations.Add(KvOperation.CheckIndex(old.Key, before.Index));
            operations.Add(KvOperation.Delete(old.Key));
            // Of an entry with one message there is never a cursor.
            if (before.Count > 1)
                operations.Add(KvOperation.CheckNotExists(old.Cursor));
            count += before.Count;
        }

        var key = EntryKey.ForFront(keys, first, 0, id, count, value.Length);
        operations.Add(KvOperation.Set(key, value));
        return new Inserted(key, value.Length < MostBytes && count < MostMessages ? value.ToArray() : null, count, first, last)
        {
            Before = before,
            PackOperation = packOperation,
            PackOperations = operations.Count - 1 - packOperation,
        };
    }

    /// <summary>Learns what became of an insert.</summary>
    public void Learn(Inserted inserted, Commit commit)
    {
        if (commit.Succeeded)
        {
            Volatile.Write(ref _last, inserted.Value.IsEmpty ? null : inserted with { Index = commit.Index, Before = null });
            if (inserted.PackOperations > 0)
                _pause = 0;
            return;
        }

        for (var i = 0; i < inserted.PackOperations; i++)
        {
            if (!commit.Failed(inserted.PackOperation + i))
                continue;
            // Somebody has taken it, or of it. Where that is the rule, it would be in vain each time.
            _left = _pause = Math.Min(Math.Max(1, 2 * _pause), LongestPause);
            return;
        }

        if (inserted.Before is not null)
            Interlocked.CompareExchange(ref _last, inserted.Before, null);
    }

    /// <summary>What was inserted last, if so much can come to it. It is nobody else's until the outcome is known.</summary>
    private Inserted? Take(int bytes, int count)
    {
        if (_left > 0)
        {
            _left--;
            return null;
        }

        var last = Interlocked.Exchange(ref _last, null);
        return last is not null && last.Value.Length + 1 + bytes <= MostBytes && last.Count + count <= MostMessages ? last : null;
    }

    private static ReadOnlyMemory<byte> Join(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second)
    {
        var joined = new byte[first.Length + 1 + second.Length];
        first.CopyTo(joined);
        joined[first.Length] = (byte)'\n';
        second.CopyTo(joined.AsMemory(first.Length + 1));
        return joined;
    }
}

/// <summary>An entry as this client writes it to the front set.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value; empty: nothing more comes to it.</param>
/// <param name="Count">How many messages it holds.</param>
/// <param name="First">The rank of its first message.</param>
/// <param name="Last">The rank of its last message.</param>
internal sealed record Inserted(string Key, ReadOnlyMemory<byte> Value, int Count, Rank First, Rank Last)
{
    /// <summary>The ModifyIndex of its key, once it is committed.</summary>
    public ulong Index { get; init; }

    /// <summary>The entry that it takes the place of; null: none.</summary>
    public Inserted? Before { get; init; }

    /// <summary>The first of the operations that take that one away.</summary>
    public int PackOperation { get; init; }

    /// <summary>How many they are.</summary>
    public int PackOperations { get; init; }
}
