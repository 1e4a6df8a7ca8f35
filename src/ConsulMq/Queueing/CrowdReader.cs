using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// What a consumer among many reads: the names of a page's entries, and of the entries themselves only those it is going to take. Everybody's first
/// choice lies elsewhere, so claims are seldom lost, and a page is not sent to each consumer as a whole.
/// </summary>
internal sealed class CrowdReader(QueueContext context, Crowd crowd)
{
    /// <summary>How far from the head a consumer goes before it takes what others prefer: the width by which the order may be off.</summary>
    private const int PagesAhead = 2;

    private const int MostEntries = 16;
    private const long MostBytes = 128 * 1024;

    private readonly List<StoredEntry> _entries = [];
    private readonly List<ConsulMqException> _damage = [];
    private HashSet<string> _listed = [];
    private long _page;
    private long _listedPage;
    private int _taken;

    /// <summary>The entries to take from now, in the order in which they were committed.</summary>
    public IReadOnlyList<StoredEntry> Entries => _entries;

    /// <summary>The damage found among them so far.</summary>
    public List<ConsulMqException> Damage => _damage;

    /// <summary>Whether there is something to take without reading.</summary>
    public bool HasOpen => _entries.Exists(static e => e.IsOpen && e.Messages() is not null);

    /// <summary>Forgets what was read; begins anew at a page.</summary>
    public void Start(long page)
    {
        _page = page;
        _listedPage = -1;
        _entries.Clear();
    }

    /// <summary>Forgets the entries: a claim on them was lost.</summary>
    public void Drop() => _entries.Clear();

    /// <summary>Counts entries that the consumer used up itself.</summary>
    public void Took(int entries) => _taken += entries;

    /// <summary>Reads the next share. False: nothing is here for one of many, and the beginning of the queue has to be read in order.</summary>
    public async Task<bool> ReadAsync(CancellationToken cancellation)
    {
        _entries.Clear();
        List<EntryKey>? leftovers = null;
        for (var page = _page; page <= _page + PagesAhead; page++)
        {
            var keys = await ListAsync(page, cancellation).ConfigureAwait(false);
            if (keys.Count == 0)
            {
                // Sealed and used up, or the last page: to tell one from the other is left to the reader in order.
                if (page == _page && leftovers is null)
                    return await PassAsync(cancellation).ConfigureAwait(false) && await ReadAsync(cancellation).ConfigureAwait(false);
                continue;
            }

            var share = keys.FindAll(crowd.Owns);
            if (share.Count > 0 && await LoadAsync(share, cancellation).ConfigureAwait(false))
                return true;
            leftovers ??= keys;
            // What nobody's class holds must not be left behind by much.
            if (keys.Count >= 2 * crowd.Classes)
                break;
        }

        if (leftovers is null)
            return false;
        var start = crowd.Pick(leftovers.Count);
        return await LoadAsync([leftovers[start]], cancellation).ConfigureAwait(false);
    }

    /// <summary>Lists a page, and learns from what has vanished since it was listed last.</summary>
    private async Task<List<EntryKey>> ListAsync(long page, CancellationToken cancellation)
    {
        var listing = await context.Consul.KeysAsync(context.Keys.Page(page), null, default, cancellation).ConfigureAwait(false);
        var keys = new List<EntryKey>(listing.Keys.Count);
        foreach (var key in listing.Keys)
        {
            if (EntryKey.TryParse(context.Keys, key, out var entry))
                keys.Add(entry);
        }

        if (page != _page)
            return keys;
        if (_listedPage == page)
        {
            _listed.ExceptWith(listing.Keys);
            crowd.Observe(_listed.Count, _taken);
        }

        _listed = new HashSet<string>(listing.Keys, StringComparer.Ordinal);
        _listedPage = page;
        _taken = 0;
        return keys;
    }

    /// <summary>Reads entries. False: none of them is there any more, or something stands in front of the queue.</summary>
    private async Task<bool> LoadAsync(List<EntryKey> keys, CancellationToken cancellation)
    {
        var operations = new List<KvOperation>();
        context.Index.AddTo(operations);
        var chosen = new List<EntryKey>();
        long bytes = 0;
        foreach (var key in keys)
        {
            if (chosen.Count > 0 && (chosen.Count == MostEntries || bytes + key.Bytes > MostBytes))
                break;
            bytes += key.Bytes;
            chosen.Add(key);
            operations.Add(KvOperation.GetTree(key.Key));
            if (key.Count > 1)
                operations.Add(KvOperation.GetTree(key.Cursor));
        }

        var pairs = (await context.Consul.TransactAsync(operations, ReadConsistency.Default, cancellation).ConfigureAwait(false)).Pairs;
        var index = context.Index.Take(pairs);
        if (index is null || index.Head.Front || index.Tail.Page < _page)
            return false;
        _page = Math.Max(_page, index.Head.Page);
        foreach (var key in chosen)
        {
            KvPair? value = null, cursor = null;
            foreach (var pair in pairs)
            {
                if (pair.Key == key.Key)
                    value = pair;
                else if (pair.Key == key.Cursor)
                    cursor = pair;
            }

            if (value is null)
                continue;
            var entry = new StoredEntry(key, value, _damage);
            entry.TakeCursor(cursor);
            _entries.Add(entry);
        }

        _entries.Sort(StoredEntry.ByCommit);
        return HasOpen;
    }

    /// <summary>Goes on to the next page behind one that was found empty. False: that was not certain.</summary>
    private async Task<bool> PassAsync(CancellationToken cancellation)
    {
        var index = await context.Index.ReadAsync(cancellation).ConfigureAwait(false);
        if (index is null || index.Head.Front || index.Tail.Page <= _page)
            return false;
        if (index.Head.Page > _page)
        {
            Start(index.Head.Page);
            return true;
        }

        // It was listed before the tail was read, and what came in between must not be left behind.
        if ((await ListAsync(_page, cancellation).ConfigureAwait(false)).Count > 0)
            return true;

        // One of many is enough to move the head; the others read on.
        if (crowd.Pick(crowd.Classes) == 0)
            return false;
        Start(_page + 1);
        return true;
    }
}
