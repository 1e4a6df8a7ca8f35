using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// The front set as it was read: the keys of all its entries, and the first entries themselves. Their messages in order of rank; entries may interleave.
/// </summary>
internal sealed class FrontSet
{
    private static readonly IComparer<EntryKey> KeysByRank = Comparer<EntryKey>.Create(static (a, b) => a.Rank!.CompareTo(b.Rank));

    private static readonly IComparer<(Rank Rank, StoredEntry Entry, int Offset)> MessagesByRank =
        Comparer<(Rank Rank, StoredEntry Entry, int Offset)>.Create(static (a, b) => a.Rank.CompareTo(b.Rank));

    private readonly QueueContext _context;
    private readonly List<EntryKey> _keys = [];
    private readonly List<(Rank Rank, StoredEntry Entry, int Offset)> _messages = [];
    private readonly List<StoredEntry> _entries = [];
    private readonly List<ConsulMqException> _damage = [];
    private int _loaded;
    private Rank? _passed;
    private bool _hasStrangers;
    private IReadOnlyCollection<string> _names = [];

    private FrontSet(QueueContext context) => _context = context;

    /// <summary>Whether it held nothing at all, not even damage.</summary>
    public bool IsEmpty => _keys.Count == 0 && !_hasStrangers;

    /// <summary>The messages that were read and not forgotten, in order; those taken since included.</summary>
    public IReadOnlyList<(Rank Rank, StoredEntry Entry, int Offset)> Messages => _messages;

    /// <summary>The entries that were read and not forgotten.</summary>
    public IReadOnlyList<StoredEntry> Entries => _entries;

    /// <summary>The damage found so far: keys that are no entries, and entries that cannot be read.</summary>
    public IReadOnlyList<ConsulMqException> Damage => _damage;

    /// <summary>The least rank among what was not read yet: whatever comes behind it must wait for the rest. Null: all was read.</summary>
    public Rank? Horizon => _loaded < _keys.Count ? _keys[_loaded].Rank : null;

    /// <summary>Reads the keys and the first entries. The head has to be read before, so that an insert in between is noticed by the claim.</summary>
    public static async Task<FrontSet> ReadAsync(QueueContext context, CancellationToken cancellation)
    {
        var front = new FrontSet(context);
        await front.ListAsync(cancellation).ConfigureAwait(false);
        await front.LoadMoreAsync(cancellation).ConfigureAwait(false);
        return front;
    }

    /// <summary>Lists the keys again: what has come since is to be read like the rest. What is gone since is passed over when it is read.</summary>
    public async Task ListAsync(CancellationToken cancellation)
    {
        var listing = await _context.Consul.KeysAsync(_context.Keys.Front, null, ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        var known = _names.Count == 0 ? null : new HashSet<string>(_names, StringComparer.Ordinal);
        foreach (var key in listing.Keys)
        {
            if (known?.Contains(key) == true)
                continue;
            if (EntryKey.TryParse(_context.Keys, key, out var entry))
                _keys.Add(entry);
            else
            {
                _hasStrangers = true;
                _damage.Add(StoredEntry.Corrupt(key, "its name is not an entry's"));
            }
        }

        _names = listing.Keys;
        _keys.Sort(_loaded, _keys.Count - _loaded, KeysByRank);
    }

    /// <summary>Reads the next entries. Those that are gone by now are passed over.</summary>
    public async Task LoadMoreAsync(CancellationToken cancellation)
    {
        // An entry that is gone may have been written anew, together with others, under a name that was not listed yet.
        while (!await LoadSomeAsync(cancellation).ConfigureAwait(false))
            await ListAsync(cancellation).ConfigureAwait(false);
    }

    /// <returns>False: an entry was gone.</returns>
    private async Task<bool> LoadSomeAsync(CancellationToken cancellation)
    {
        var some = _keys.GetRange(_loaded, Math.Min(EntryReader.PerRead, _keys.Count - _loaded));
        if (some.Count == 0)
            return true;
        var added = _messages.Count;
        var read = 0;
        foreach (var entry in await EntryReader.ReadAsync(_context, some, _damage, cancellation).ConfigureAwait(false))
        {
            read++;
            _entries.Add(entry);
            for (var offset = 0; offset < entry.Key.Count && entry.Messages() is { } messages; offset++)
            {
                if (_passed is not null && messages[offset].Rank!.CompareTo(_passed) <= 0)
                    continue;
                if (_messages.BinarySearch(0, added, (messages[offset].Rank!, entry, offset), MessagesByRank) is >= 0 and var known)
                    _messages[known] = (messages[offset].Rank!, entry, offset);
                else
                    _messages.Add((messages[offset].Rank!, entry, offset));
            }
        }

        _loaded += some.Count;
        _context.DamagedBodies.ApplyTo(_entries);
        Merge(added);
        return read == some.Count;
    }

    /// <summary>Drops the first messages, and the entries of which none is left, from memory. For a walk that does not come back to them.</summary>
    /// <param name="count">How many messages, 0 or more.</param>
    public void Forget(int count)
    {
        if (count == 0)
            return;
        // What is written anew together with others does not come a second time. What was not read yet may lie between what was, but not before all of it.
        var last = count - 1;
        while (last >= 0 && Horizon is { } horizon && horizon.CompareTo(_messages[last].Rank) < 0)
            last--;
        _passed = last < 0 ? _passed : _messages[last].Rank;
        _messages.RemoveRange(0, count);
        var left = new HashSet<StoredEntry>(_messages.Select(static message => message.Entry));
        _entries.RemoveAll(entry => !left.Contains(entry));
    }

    /// <summary>Brings the messages from <paramref name="added"/> on in order with those before, which are in order.</summary>
    private void Merge(int added)
    {
        _messages.Sort(added, _messages.Count - added, MessagesByRank);
        if (added == _messages.Count)
            return;
        // Of those before, only what comes behind the first new one takes part: as a rule nothing.
        var from = _messages.BinarySearch(0, added, _messages[added], MessagesByRank);
        from = from < 0 ? ~from : from;
        if (from < added)
            _messages.Sort(from, _messages.Count - from, MessagesByRank);
    }
}
