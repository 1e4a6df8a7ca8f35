using ConsulMq.Consul;
using ConsulMq.Diagnostics;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>What was found at a position.</summary>
/// <param name="Spots">The messages, in order.</param>
/// <param name="Before">How many there are before the position: fewer than asked for where the queue ends before it.</param>
/// <param name="Start">The index as it was before anything else was read; null: there is no such queue.</param>
internal readonly record struct Located(IReadOnlyList<Spot> Spots, long Before, IndexState? Start);

/// <summary>
/// Finds messages that are ready: by ID, by position, or from the end. Expired ones and those whose bodies are damaged are passed over. Not a snapshot:
/// what moves meanwhile may be missed, and whoever takes what was found checks that it is still there.
/// </summary>
internal sealed class Locator(QueueContext context)
{
    /// <summary>Where the messages with these IDs are; those that are not ready are left out.</summary>
    /// <param name="ids">The IDs.</param>
    /// <param name="seen">The entries in which some of them were seen: looked into first, so that a message still there is found without a search.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<Dictionary<Guid, Spot>> FindAsync(IEnumerable<Guid> ids, IEnumerable<EntryKey>? seen, CancellationToken cancellation)
    {
        var wanted = new HashSet<Guid>(ids);
        var found = new Dictionary<Guid, Spot>();
        if (seen is not null)
            await FindWhereSeenAsync(seen, wanted, found, cancellation).ConfigureAwait(false);
        var walk = Walk();
        while (wanted.Count > 0 && await walk.NextAsync(cancellation).ConfigureAwait(false) is { } page)
            Find(page.Spots, wanted, found);
        return found;
    }

    /// <summary>The messages at a position and behind it, up to so many; none if the queue ends before it.</summary>
    /// <param name="position">How many messages come before the first one.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<Located> AtAsync(long position, int count, CancellationToken cancellation)
    {
        var found = new List<Spot>();
        long before = 0;
        var walk = Walk();
        while (found.Count < count && await walk.NextAsync(cancellation).ConfigureAwait(false) is { } page)
        {
            foreach (var spot in Live(page.Spots))
            {
                if (spot.Position < position)
                    before = spot.Position.Value + 1;
                else if (found.Count < count)
                    found.Add(spot);
            }
        }

        return new Located(found, found.Count > 0 ? position : before, walk.Start);
    }

    /// <summary>The last messages, the very last one first: from the end of the log on backwards, and from the front set. None: there was a moment with none.</summary>
    public async Task<List<Spot>> LastAsync(int count, CancellationToken cancellation)
    {
        while (true)
        {
            var (found, first) = await LastOnceAsync(count, cancellation).ConfigureAwait(false);
            if (found.Count > 0 || first is null || await IsStillAsync(first, cancellation).ConfigureAwait(false))
                return found;
        }
    }

    private async Task<(List<Spot> Found, IndexState? First)> LastOnceAsync(int count, CancellationToken cancellation)
    {
        var found = new List<Spot>();
        IndexState? first = null;
        var page = context.Index.CachedTail?.Page;
        List<Spot>? front = null;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var pairs = await context.Index.SnapshotAsync(page, sessions: false, cancellation).ConfigureAwait(false);
            if (context.Index.Take(pairs) is not { } index)
            {
                await context.Index.ProveAbsenceAsync(cancellation).ConfigureAwait(false);
                return (found, null);
            }

            // From the tail on, wherever that is by now.
            if (page is null || (front is null && page != index.Tail.Page))
            {
                page = index.Tail.Page;
                continue;
            }

            first ??= index;
            front ??= index.Head.Front ? await LastInFrontAsync(count, cancellation).ConfigureAwait(false) : [];
            var taken = LogPage.Take(pairs, context.Keys, page.Value);
            OperationLog.Steps?.Step(Steps.Read(context, taken, index));
            var entries = taken.Entries;
            context.DamagedBodies.ApplyTo(entries);
            AddBackwards(entries, found);
            if (found.Count >= count || await PageBeforeAsync(page.Value, index, entries.Count, cancellation).ConfigureAwait(false) is not { } before)
                break;
            page = before;
        }

        found.AddRange(front);
        found.Sort(static (a, b) => b.Rank.CompareTo(a.Rank));
        if (found.Count > count)
            found.RemoveRange(count, found.Count - count);
        return (found, first);
    }

    /// <summary>
    /// Whether a queue in which nothing was found is empty now: its end is where it was and still holds nothing, and nothing was inserted. What else there was
    /// could only go.
    /// </summary>
    private async Task<bool> IsStillAsync(IndexState first, CancellationToken cancellation)
    {
        var pairs = await context.Index.SnapshotAsync(first.Tail.Page, sessions: false, cancellation).ConfigureAwait(false);
        if (context.Index.Take(pairs) is not { } index || index.HeadIndex != first.HeadIndex || index.Tail.Page != first.Tail.Page)
            return false;
        var entries = LogPage.Take(pairs, context.Keys, first.Tail.Page).Entries;
        context.DamagedBodies.ApplyTo(entries);
        var found = new List<Spot>();
        AddBackwards(entries, found);
        return found.Count == 0;
    }

    private OrderWalk Walk() => new(context) { PassesOverDamagedBodies = true };

    private IEnumerable<Spot> Live(IEnumerable<Spot> spots) => spots.Where(spot => !spot.Message.IsExpired(context.Now));

    private void Find(IEnumerable<Spot> spots, HashSet<Guid> wanted, Dictionary<Guid, Spot> found)
    {
        foreach (var spot in Live(spots))
        {
            if (wanted.Remove(spot.Message.Id))
                found[spot.Message.Id] = spot;
        }
    }

    private async Task FindWhereSeenAsync(IEnumerable<EntryKey> seen, HashSet<Guid> wanted, Dictionary<Guid, Spot> found, CancellationToken cancellation)
    {
        var keys = seen.Where(static key => key.Place is EntryPlace.Log or EntryPlace.Front).GroupBy(static key => key.Key, StringComparer.Ordinal).Select(static same => same.First()).ToList();
        for (var first = 0; first < keys.Count; first += EntryReader.PerRead)
        {
            cancellation.ThrowIfCancellationRequested();
            var entries = await EntryReader.ReadAsync(context, keys.GetRange(first, Math.Min(EntryReader.PerRead, keys.Count - first)), new List<ConsulMqException>(), cancellation).ConfigureAwait(false);
            context.DamagedBodies.ApplyTo(entries);
            foreach (var entry in entries)
                Find(SpotsOf(entry), wanted, found);
        }
    }

    private static IEnumerable<Spot> SpotsOf(StoredEntry entry)
    {
        for (var offset = entry.Cursor.First; entry.IsOpen && entry.Messages() is not null && offset < entry.Cursor.End; offset++)
        {
            if (entry.Has(offset))
                yield return new Spot(entry, offset);
        }
    }

    private void AddBackwards(IReadOnlyList<StoredEntry> entries, List<Spot> found)
    {
        for (var i = entries.Count - 1; i >= 0; i--)
            found.AddRange(Live(SpotsOf(entries[i])).Reverse());
    }

    /// <summary>The last messages of the front set, in any order, and maybe more of them. No more of its entries are in memory than were read at once.</summary>
    private async Task<List<Spot>> LastInFrontAsync(int count, CancellationToken cancellation)
    {
        // By rank: what is written anew together with others meanwhile comes a second time, and is there.
        var found = new Dictionary<Rank, Spot>();
        var front = await FrontSet.ReadAsync(context, cancellation).ConfigureAwait(false);
        while (true)
        {
            foreach (var spot in Live(front.Messages.Where(static m => m.Entry.Has(m.Offset)).Select(static m => new Spot(m.Entry, m.Offset))))
                found[spot.Rank] = spot;
            if (found.Count / 2 > count)
                found = found.OrderByDescending(static f => f.Key).Take(count).ToDictionary(static f => f.Key, static f => f.Value);
            if (front.Horizon is null)
                return [.. found.Values];
            front.Forget(front.Messages.Count);
            await front.LoadMoreAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The page before one, down to the head. Where one turned out to be empty, many may be, and one listing says which are not.</summary>
    private async Task<long?> PageBeforeAsync(long page, IndexState index, int entries, CancellationToken cancellation)
    {
        if (page <= index.Head.Page)
            return null;
        if (entries > 0)
            return page - 1;
        var listing = await context.Consul.KeysAsync(context.Keys.Log, "/", ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        long? before = null;
        foreach (var key in listing.Keys)
        {
            var number = context.Keys.PageOf(key);
            if (number >= index.Head.Page && number < page && (before is null || number > before))
                before = number;
        }

        return before;
    }
}
