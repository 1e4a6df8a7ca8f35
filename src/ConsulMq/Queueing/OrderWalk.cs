using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>A page of the log, and what of the front set comes before its end.</summary>
/// <param name="Spots">The messages in order of rank, expired ones included.</param>
/// <param name="Damage">What could not be read.</param>
internal sealed record WalkedPage(IReadOnlyList<Spot> Spots, IReadOnlyList<ConsulMqException> Damage);

/// <summary>
/// Walks over the messages that are ready, in order of rank, page by page: memory is bounded however deep the queue. What others push and take meanwhile
/// may or may not be seen; each page is a snapshot. For one caller at a time.
/// </summary>
internal sealed class OrderWalk(QueueContext context)
{
    private FrontSet? _front;
    private int _frontAt;
    private long? _next;
    private long _position;
    private bool _ended;

    /// <summary>The index as it was when the walk began; null: it has not, or there is no such queue.</summary>
    public IndexState? Start { get; private set; }

    /// <summary>Whether messages are passed over whose big bodies are known to be damaged.</summary>
    public bool PassesOverDamagedBodies { get; init; }

    /// <summary>The next page. Null: the end.</summary>
    public async Task<WalkedPage?> NextAsync(CancellationToken cancellation)
    {
        while (!_ended)
        {
            cancellation.ThrowIfCancellationRequested();
            var asked = _next;
            var pairs = await context.Index.SnapshotAsync(asked, sessions: false, cancellation).ConfigureAwait(false);
            if (context.Index.Take(pairs) is not { } index)
            {
                await context.Index.ProveAbsenceAsync(cancellation).ConfigureAwait(false);
                _ended = true;
                break;
            }

            if (asked is null)
            {
                Start = index;
                if (index.Head.Front)
                    _front = await FrontSet.ReadAsync(context, cancellation).ConfigureAwait(false);
            }

            if (asked is null || asked < index.Head.Page)
            {
                _next = index.Head.Page;
                continue;
            }

            _next = asked + 1;
            _ended = asked >= index.Tail.Page;
            return await MergeAsync(LogPage.Take(pairs, context.Keys, asked.Value), cancellation).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>The page's messages, and those of the front set that come before them; behind the last page, all of them.</summary>
    private async Task<WalkedPage> MergeAsync(LogPage page, CancellationToken cancellation)
    {
        var spots = new List<Spot>();
        if (PassesOverDamagedBodies)
            context.DamagedBodies.ApplyTo(page.Entries);
        foreach (var entry in page.Entries)
        {
            for (var offset = entry.Cursor.First; entry.Messages() is not null && offset < entry.Cursor.End; offset++)
            {
                if (!IsThere(entry, offset))
                    continue;
                if (_front is not null)
                    await AddFrontAsync(spots, entry.RankOf(offset), cancellation).ConfigureAwait(false);
                Add(spots, entry, offset);
            }
        }

        if (!_ended || _front is null)
            return new WalkedPage(spots, page.Damage);
        await AddFrontAsync(spots, null, cancellation).ConfigureAwait(false);
        return new WalkedPage(spots, [.. page.Damage, .. _front.Damage]);
    }

    private async Task AddFrontAsync(List<Spot> spots, Rank? before, CancellationToken cancellation)
    {
        while (true)
        {
            while (_front!.Horizon is { } horizon && (_frontAt >= _front.Messages.Count || horizon.CompareTo(_front.Messages[_frontAt].Rank) < 0))
                await _front.LoadMoreAsync(cancellation).ConfigureAwait(false);
            if (_frontAt >= _front.Messages.Count || (before is not null && _front.Messages[_frontAt].Rank.CompareTo(before) > 0))
                return;
            var (_, entry, offset) = _front.Messages[_frontAt++];
            if (IsThere(entry, offset))
                Add(spots, entry, offset);
        }
    }

    private bool IsThere(StoredEntry entry, int offset) => PassesOverDamagedBodies ? entry.Has(offset) : entry.Cursor.Has(offset);

    private void Add(List<Spot> spots, StoredEntry entry, int offset)
    {
        var isExpired = entry.Messages()![offset].IsExpired(context.Now);
        spots.Add(new Spot(entry, offset, isExpired ? _position : _position++));
    }
}
