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
    public const int PagesAhead = 2;

    private const int MostEntries = 16;
    private const long MostBytes = 128 * 1024;

    private readonly List<StoredEntry> _entries = [];
    private readonly List<ConsulMqException> _damage = [];
    private readonly Queue<EntryKey> _share = new();
    private readonly Dictionary<long, (int Entries, int Own)> _seen = [];
    private long _page;
    private long _reach;
    private bool _isSteady;

    /// <summary>The entries to take from now, in the order in which they were committed.</summary>
    public IReadOnlyList<StoredEntry> Entries => _entries;

    /// <summary>The damage found among them so far.</summary>
    public IReadOnlyList<ConsulMqException> Damage => _damage;

    /// <summary>Whether there is something to take without reading.</summary>
    public bool HasOpen => _entries.Exists(static e => e.IsOpen && e.Messages() is not null);

    /// <summary>Forgets what was read; begins anew at a page.</summary>
    public void Start(long page)
    {
        _page = _reach = page;
        _seen.Clear();
        Drop();
    }

    /// <summary>Forgets the share: a claim on it was lost.</summary>
    public void Drop()
    {
        _entries.Clear();
        _share.Clear();
    }

    /// <summary>Forgets the damage: the next consumer reports what it meets itself.</summary>
    public void ForgetDamage() => _damage.Clear();

    /// <summary>Reads the next share. False: nothing is here for one of many, and the beginning of the queue has to be read in order.</summary>
    public async Task<bool> ReadAsync(CancellationToken cancellation)
    {
        _entries.Clear();
        var hasLeftovers = false;
        while (true)
        {
            if (_share.Count > 0)
            {
                if (await LoadAsync(cancellation).ConfigureAwait(false))
                    return true;
                // What is left and cannot be taken must not be tried for ever.
                if (!_isSteady || hasLeftovers)
                    return false;
                continue;
            }

            if (_reach <= _page + PagesAhead)
            {
                var ahead = await ListAsync(_reach, cancellation).ConfigureAwait(false);
                Take(Own(ahead));
                _seen[_reach] = (ahead.Count, _share.Count);
                // An empty page is the end, or the others were here: both show at the first page.
                _reach = ahead.Count > 0 ? _reach + 1 : _page + PagesAhead + 1;
                continue;
            }

            var left = await ListAsync(_page, cancellation).ConfigureAwait(false);
            if (_seen.TryGetValue(_page, out var seen) && seen.Own > 0)
                crowd.Observe(seen.Entries - left.Count, seen.Own);
            _seen.Remove(_page);
            hasLeftovers = left.Count > 0;
            if (hasLeftovers)
            {
                Take(Leftovers(left));
                if (_share.Count == 0)
                    return false;
            }
            else if (!await PassAsync(cancellation).ConfigureAwait(false))
                return false;
        }
    }

    /// <summary>Of what is left on the first page, the consumer's own, or else a class that nobody seems to own: as a whole, so that the listing pays.</summary>
    private List<string> Leftovers(IReadOnlyList<string> left)
    {
        var own = Own(left);
        if (own.Count > 0)
            return own;
        var any = left[crowd.Pick(left.Count)];
        // A packed entry is much by itself.
        return EntryKey.TryParse(context.Keys, any, out var entry) && entry.Count > 1 ? [any] : [.. left.Where(key => crowd.AreOneClass(key, any))];
    }

    private List<string> Own(IReadOnlyList<string> keys)
    {
        var own = new List<string>();
        for (var i = 0; i < keys.Count; i++)
        {
            if (crowd.Owns(keys[i]))
                own.Add(keys[i]);
        }

        return own;
    }

    private void Take(List<string> share)
    {
        foreach (var key in share)
        {
            if (EntryKey.TryParse(context.Keys, key, out var entry))
                _share.Enqueue(entry);
        }
    }

    private async Task<IReadOnlyList<string>> ListAsync(long page, CancellationToken cancellation) =>
        (await context.Consul.KeysAsync(context.Keys.Page(page), null, default, cancellation).ConfigureAwait(false)).Keys;

    /// <summary>Reads the next entries of the share. False: none of them is there any more, or something stands in front of the queue.</summary>
    private async Task<bool> LoadAsync(CancellationToken cancellation)
    {
        var operations = new List<KvOperation>();
        context.Index.AddTo(operations);
        var chosen = new List<EntryKey>();
        long bytes = 0;
        while (_share.Count > 0 && (chosen.Count == 0 || (chosen.Count < MostEntries && bytes + _share.Peek().Bytes <= MostBytes)))
        {
            var key = _share.Dequeue();
            bytes += key.Bytes;
            chosen.Add(key);
            operations.Add(KvOperation.GetTree(key.Key));
            if (key.Count > 1)
                operations.Add(KvOperation.GetTree(key.Cursor));
        }

        var pairs = (await context.Consul.TransactAsync(operations, ReadConsistency.Default, cancellation).ConfigureAwait(false)).Pairs;
        var index = context.Index.Take(pairs);
        _isSteady = index is not null && !index.Head.Front && index.Tail.Page >= _page;
        if (!_isSteady)
        {
            Drop();
            return false;
        }

        if (index!.Head.Page > _page)
            MoveTo(index.Head.Page);
        foreach (var key in chosen)
        {
            if (EntryReader.Take(pairs, key, _damage) is { } entry)
                _entries.Add(entry);
        }

        context.DamagedBodies.ApplyTo(_entries);
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
            MoveTo(index.Head.Page);
            return true;
        }

        // It was listed before the tail was read, and what came in between must not be left behind.
        if ((await ListAsync(_page, cancellation).ConfigureAwait(false)).Count > 0)
            return true;

        // One of many is enough to move the head; the others read on.
        if (crowd.Pick(crowd.Classes) == 0)
            return false;
        MoveTo(_page + 1);
        return true;
    }

    private void MoveTo(long page)
    {
        for (; _page < page; _page++)
            _seen.Remove(_page);
        _reach = Math.Max(_reach, page);
    }
}
