using ConsulMq.Consul;

namespace ConsulMq.InMemory;

/// <summary>
/// The KV store as Consul's state machine keeps it: pairs, tombstones, and the index of the table. Pure: no clock, no locks, no waiting.
/// Changes belong to a write, which ends in <see cref="Commit"/> or <see cref="RollBack"/>.
/// </summary>
internal sealed class KvState
{
    /// <summary>How long a deletion is remembered: Consul's default.</summary>
    private static readonly TimeSpan TombstoneLife = TimeSpan.FromMinutes(15);

    private readonly SortedMap<KvPair> _pairs = new();
    private readonly SortedMap<ulong> _tombstones = new();
    private readonly Queue<Tombstone> _burials = new();
    private readonly Dictionary<string, HashSet<string>> _held = new(StringComparer.Ordinal);

    private readonly List<Change> _changes = [];
    private readonly List<string> _buried = [];

    public int Count => _pairs.Count;

    /// <summary>The index of the last write that changed anything.</summary>
    public ulong TableIndex { get; private set; }

    public KvPair? Find(string key) => _pairs.TryGetValue(key, out var pair) ? pair : null;

    /// <summary>One key and the index to block on: its own, or for a missing one the whole table's.</summary>
    public KvGet Get(string key)
    {
        var pair = Find(key);
        return new KvGet(pair, AtLeastOne(pair?.ModifyIndex ?? TableIndex));
    }

    public List<KvPair> Under(string prefix)
    {
        var found = new List<KvPair>();
        foreach (var item in _pairs.StartingWith(prefix))
            found.Add(item.Value);
        return found;
    }

    /// <summary>
    /// The index to block on for a prefix: the highest of its pairs and tombstones; the whole table's if there are neither, or if the prefix is
    /// empty. (So the index of an empty prefix rises with every write elsewhere, and a blocking query on it may return without a change.)
    /// </summary>
    public ulong IndexOf(string prefix, IReadOnlyList<KvPair> under)
    {
        ulong highest = 0;
        if (prefix.Length > 0)
        {
            foreach (var pair in under)
                highest = Math.Max(highest, pair.ModifyIndex);
            foreach (var stone in _tombstones.StartingWith(prefix))
                highest = Math.Max(highest, stone.Value);
        }
        return AtLeastOne(highest > 0 ? highest : TableIndex);
    }

    /// <summary>The keys that a session holds.</summary>
    public string[] HeldBy(string session) => _held.TryGetValue(session, out var keys) ? [.. keys] : [];

    /// <summary>
    /// Writes a pair as a write with index <paramref name="index"/> does. What is already there in the same words stays as it is, ModifyIndex included.
    /// </summary>
    /// <returns>The pair as it is now.</returns>
    public KvPair Write(ulong index, KvPair pair)
    {
        var existing = Find(pair.Key);
        if (existing is not null && Same(existing, pair))
            return existing;
        pair = pair with { CreateIndex = existing?.CreateIndex ?? index, ModifyIndex = index };
        Replace(pair.Key, existing, pair);
        return pair;
    }

    public void Delete(string key)
    {
        if (Find(key) is not { } existing)
            return;
        Replace(key, existing, null);
        _buried.Add(key);
    }

    /// <summary>Deletes all under a prefix. One tombstone, at the prefix itself, stands for them all; deleting everything leaves none.</summary>
    public void DeleteTree(string prefix)
    {
        var doomed = Under(prefix);
        foreach (var pair in doomed)
            Replace(pair.Key, pair, null);
        if (doomed.Count > 0 && prefix.Length > 0)
            _buried.Add(prefix);
    }

    /// <summary>Ends a write. Returns the keys that it changed.</summary>
    public List<string> Commit(ulong index, TimeSpan now)
    {
        var changed = new List<string>(_changes.Count);
        foreach (var change in _changes)
            changed.Add(change.Key);
        foreach (var key in _buried)
        {
            _tombstones.Set(key, index);
            _burials.Enqueue(new Tombstone(key, index, now + TombstoneLife));
        }
        if (_changes.Count > 0)
            TableIndex = index;
        _changes.Clear();
        _buried.Clear();
        return changed;
    }

    /// <summary>Takes back all that was changed since the last commit.</summary>
    public void RollBack()
    {
        for (var i = _changes.Count - 1; i >= 0; i--)
            Put(_changes[i].Key, Find(_changes[i].Key), _changes[i].Before);
        _changes.Clear();
        _buried.Clear();
    }

    /// <summary>Forgets deletions that are old enough. Returns whether there were any.</summary>
    public bool Reap(TimeSpan now)
    {
        var reaped = false;
        while (_burials.Count > 0 && _burials.Peek().Until <= now)
        {
            var stone = _burials.Dequeue();
            // A key that was deleted again since then has a younger tombstone.
            if (_tombstones.TryGetValue(stone.Key, out var index) && index == stone.Index)
                reaped |= _tombstones.Remove(stone.Key);
        }
        return reaped;
    }

    private void Replace(string key, KvPair? before, KvPair? after)
    {
        _changes.Add(new Change(key, before));
        Put(key, before, after);
    }

    private void Put(string key, KvPair? before, KvPair? after)
    {
        if (before?.Session != after?.Session)
        {
            if (before?.Session is { } left && _held.TryGetValue(left, out var keys) && keys.Remove(key) && keys.Count == 0)
                _held.Remove(left);
            if (after?.Session is { } taken)
            {
                if (!_held.TryGetValue(taken, out keys))
                    _held.Add(taken, keys = new HashSet<string>(StringComparer.Ordinal));
                keys.Add(key);
            }
        }
        if (after is null)
            _pairs.Remove(key);
        else
            _pairs.Set(key, after);
    }

    private static bool Same(KvPair a, KvPair b) =>
        a.Flags == b.Flags && a.LockIndex == b.LockIndex && a.Session == b.Session && a.Value.Span.SequenceEqual(b.Value.Span);

    // Consul never sends an index of 0, since a query with index 0 does not block.
    private static ulong AtLeastOne(ulong index) => Math.Max(index, 1);

    private readonly record struct Change(string Key, KvPair? Before);

    private readonly record struct Tombstone(string Key, ulong Index, TimeSpan Until);
}
