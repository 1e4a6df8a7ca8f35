using ConsulMq.Diagnostics;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>A page of the log, and what of the front set comes before its end.</summary>
/// <param name="Spots">The messages in order of rank, expired ones included.</param>
/// <param name="Damage">What could not be read.</param>
internal sealed record WalkedPage(IReadOnlyList<Spot> Spots, IReadOnlyList<ConsulMqException> Damage);

/// <summary>
/// Walks over the messages that are ready, in order of rank, page by page: memory is bounded however deep the queue, but for the names of the front set.
/// What others push and take meanwhile may or may not be seen; each page is a snapshot. For one caller at a time.
/// </summary>
internal sealed class OrderWalk(QueueContext context)
{
    /// <summary>So many bytes of the front set are in a page at most, but for one message; the rest of the page comes as pages of its own.</summary>
    private const long FrontBytes = 1024 * 1024;

    private readonly LogGap _gap = new(context);
    private FrontSet? _front;
    private LogPage? _page;
    private int _entryAt;
    private int _offset;
    private long _frontBytes;
    private bool _isLast;
    private int _frontAt;
    private long? _next;
    private long _position;
    private ulong _frontIndex;
    private int _reported;

    /// <summary>The index as it was when the walk began; null: it has not, or there is no such queue.</summary>
    public IndexState? Start { get; private set; }

    /// <summary>The index as it was last read; null: it was not, or there is no such queue.</summary>
    public IndexState? Index { get; private set; }

    /// <summary>Whether the last page of the log was read, or there is no such queue.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether messages are passed over whose big bodies are known to be damaged.</summary>
    public bool PassesOverDamagedBodies { get; init; }

    /// <summary>Begins the walk before its first page is asked for.</summary>
    public async Task BeginAsync(CancellationToken cancellation)
    {
        Start = context.Index.Take(await context.Index.SnapshotAsync(null, sessions: false, cancellation).ConfigureAwait(false));
        HasEnded = Start is null;
        if (Start is null)
            return;
        _next = Start.Head.Page;
        await RenewFrontAsync(Start, cancellation).ConfigureAwait(false);
    }

    /// <summary>Lists the front set again if somebody may have put something there since: it comes in its place, or first if the walk is beyond that.</summary>
    /// <param name="index">The index as it was just read.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task RenewFrontAsync(IndexState index, CancellationToken cancellation)
    {
        Index = index;
        if (!index.Head.Front || index.HeadIndex == _frontIndex)
            return;
        if (_front is null)
            _front = await FrontSet.ReadAsync(context, cancellation).ConfigureAwait(false);
        else
            await _front.ListAsync(cancellation).ConfigureAwait(false);
        _frontIndex = index.HeadIndex;
    }

    /// <summary>The next page; behind the last one, what has come to the front set since, if that was renewed. Null: the end.</summary>
    public async Task<WalkedPage?> NextAsync(CancellationToken cancellation)
    {
        if (_next is null && !HasEnded)
        {
            await BeginAsync(cancellation).ConfigureAwait(false);
            if (Start is null)
                await context.Index.ProveAbsenceAsync(cancellation).ConfigureAwait(false);
        }

        while (!HasEnded)
        {
            if (_page is not null)
                return await MergeAsync(_page, cancellation).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            var asked = _next!.Value;
            var pairs = await context.Index.SnapshotAsync(asked, sessions: false, cancellation).ConfigureAwait(false);
            Index = context.Index.Take(pairs);
            if (Index is null)
            {
                await context.Index.ProveAbsenceAsync(cancellation).ConfigureAwait(false);
                HasEnded = true;
                return null;
            }

            if (asked < Index.Head.Page)
            {
                _next = Index.Head.Page;
                continue;
            }

            _isLast = asked >= Index.Tail.Page;
            var page = LogPage.Take(pairs, context.Keys, asked);
            OperationLog.Steps?.Step(Steps.Read(context, page, Index));
            _next = _isLast ? asked + 1 : await _gap.NextAsync(page, Index.Tail.Page, cancellation).ConfigureAwait(false);
            _page = page;
            (_entryAt, _offset) = (0, 0);
            if (PassesOverDamagedBodies)
                context.DamagedBodies.ApplyTo(_page.Entries);
        }

        if (_front is null || (_frontAt >= _front.Messages.Count && _front.Horizon is null))
            return null;
        var late = new List<Spot>();
        _frontBytes = 0;
        await AddFrontAsync(late, null, cancellation).ConfigureAwait(false);
        return new WalkedPage(late, FrontDamage(_front));
    }

    /// <summary>The page's messages, and those of the front set that come before them; behind the last page, all of them.</summary>
    private async Task<WalkedPage> MergeAsync(LogPage page, CancellationToken cancellation)
    {
        var spots = new List<Spot>();
        _frontBytes = 0;
        for (; _entryAt < page.Entries.Count; _entryAt++, _offset = 0)
        {
            var entry = page.Entries[_entryAt];
            for (_offset = Math.Max(_offset, entry.Cursor.First); entry.Messages() is not null && _offset < entry.Cursor.End; _offset++)
            {
                if (!IsThere(entry, _offset))
                    continue;
                if (_front is not null && !await AddFrontAsync(spots, entry.RankOf(_offset), cancellation).ConfigureAwait(false))
                    return new WalkedPage(spots, []);
                Add(spots, entry, _offset);
            }
        }

        if (_isLast && _front is not null && !await AddFrontAsync(spots, null, cancellation).ConfigureAwait(false))
            return new WalkedPage(spots, []);
        (_page, HasEnded) = (null, _isLast);
        return new WalkedPage(spots, HasEnded && _front is not null ? [.. page.Damage, .. FrontDamage(_front)] : page.Damage);
    }

    private List<ConsulMqException> FrontDamage(FrontSet front)
    {
        List<ConsulMqException> damage = [.. front.Damage.Skip(_reported)];
        _reported = front.Damage.Count;
        return damage;
    }

    /// <summary>Adds what of the front set comes before a rank; null: all. False: there is more of it than a page takes.</summary>
    private async Task<bool> AddFrontAsync(List<Spot> spots, Rank? before, CancellationToken cancellation)
    {
        while (true)
        {
            while (_front!.Horizon is { } horizon && (_frontAt >= _front.Messages.Count || horizon.CompareTo(_front.Messages[_frontAt].Rank) < 0))
            {
                _front.Forget(_frontAt);
                _frontAt = 0;
                await _front.LoadMoreAsync(cancellation).ConfigureAwait(false);
            }

            if (_frontAt >= _front.Messages.Count || (before is not null && _front.Messages[_frontAt].Rank.CompareTo(before) > 0))
                return true;
            if (_frontBytes >= FrontBytes)
                return false;
            var (_, entry, offset) = _front.Messages[_frontAt++];
            if (IsThere(entry, offset))
            {
                Add(spots, entry, offset);
                _frontBytes += entry.Key.Bytes / entry.Key.Count;
            }
        }
    }

    private bool IsThere(StoredEntry entry, int offset) => PassesOverDamagedBodies ? entry.Has(offset) : entry.Cursor.Has(offset);

    private void Add(List<Spot> spots, StoredEntry entry, int offset)
    {
        var isExpired = entry.Messages()![offset].IsExpired(context.Now);
        spots.Add(new Spot(entry, offset, isExpired ? _position : _position++));
    }
}
