using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// The front set as it was read: the keys of all its entries, and the first entries themselves. Their messages in order of rank; entries may interleave.
/// </summary>
internal sealed class FrontSet
{
    private const int EntriesPerRead = ConsulLimits.OperationsPerTransaction / 2;

    private readonly QueueContext _context;
    private readonly List<EntryKey> _keys = [];
    private readonly List<(Rank Rank, StoredEntry Entry, int Offset)> _messages = [];
    private readonly List<StoredEntry> _entries = [];
    private readonly List<ConsulMqException> _damage = [];
    private int _loaded;
    private bool _hasStrangers;

    private FrontSet(QueueContext context) => _context = context;

    /// <summary>Whether it held nothing at all, not even damage.</summary>
    public bool IsEmpty => _keys.Count == 0 && !_hasStrangers;

    /// <summary>The messages that were read, in order; those taken since included.</summary>
    public IReadOnlyList<(Rank Rank, StoredEntry Entry, int Offset)> Messages => _messages;

    /// <summary>The entries that were read.</summary>
    public IReadOnlyList<StoredEntry> Entries => _entries;

    /// <summary>The damage found so far: keys that are no entries, and entries that cannot be read.</summary>
    public IReadOnlyList<ConsulMqException> Damage => _damage;

    /// <summary>The least rank among what was not read yet: whatever comes behind it must wait for the rest. Null: all was read.</summary>
    public Rank? Horizon => _loaded < _keys.Count ? _keys[_loaded].Rank : null;

    /// <summary>Reads the keys and the first entries. The head has to be read before, so that an insert in between is noticed by the claim.</summary>
    public static async Task<FrontSet> ReadAsync(QueueContext context, CancellationToken cancellation)
    {
        var listing = await context.Consul.KeysAsync(context.Keys.Front, null, ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        var front = new FrontSet(context);
        foreach (var key in listing.Keys)
        {
            if (EntryKey.TryParse(context.Keys, key, out var entry))
                front._keys.Add(entry);
            else
            {
                front._hasStrangers = true;
                front._damage.Add(StoredEntry.Corrupt(key, "its name is not an entry's"));
            }
        }

        front._keys.Sort(static (a, b) => a.Rank!.CompareTo(b.Rank));
        await front.LoadMoreAsync(cancellation).ConfigureAwait(false);
        return front;
    }

    /// <summary>Reads the next entries. Those that are gone by now are passed over.</summary>
    public async Task LoadMoreAsync(CancellationToken cancellation)
    {
        var operations = new List<KvOperation>();
        var end = Math.Min(_loaded + EntriesPerRead, _keys.Count);
        for (var i = _loaded; i < end; i++)
        {
            operations.Add(KvOperation.GetTree(_keys[i].Key));
            operations.Add(KvOperation.GetTree(_keys[i].Cursor));
        }

        if (operations.Count == 0)
            return;
        var result = await _context.Consul.TransactAsync(operations, ReadConsistency.Consistent, cancellation).ConfigureAwait(false);
        var pairs = new Dictionary<string, KvPair>(StringComparer.Ordinal);
        foreach (var pair in result.Pairs)
            pairs[pair.Key] = pair;
        for (; _loaded < end; _loaded++)
        {
            var key = _keys[_loaded];
            if (!pairs.TryGetValue(key.Key, out var pair))
                continue;
            var entry = new StoredEntry(key, pair, _damage);
            entry.TakeCursor(pairs.TryGetValue(key.Cursor, out var cursor) ? cursor : null);
            _entries.Add(entry);
            for (var offset = 0; offset < key.Count && entry.Messages() is { } messages; offset++)
                _messages.Add((messages[offset].Rank!, entry, offset));
        }

        _context.DamagedBodies.ApplyTo(_entries);
        _messages.Sort(static (a, b) => a.Rank.CompareTo(b.Rank));
    }
}
