using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// A position in the queue, which all that is pushed to it takes as one block, in the order of the input: the first transaction finds the place, the
/// others go on behind what it inserted, whoever inserts or takes something there meanwhile.
/// </summary>
/// <param name="context">The queue.</param>
/// <param name="position">How many messages come before; 0: it is the front.</param>
internal sealed class PlaceTarget(QueueContext context, long position) : PushTarget
{
    /// <summary>So often the place is found again as of one moment, if others insert meanwhile.</summary>
    private const int MostExact = 3;

    private RankGap? _gap;
    private IndexState? _index;
    private EndTarget? _end;
    private int _pushed;
    private int _searches;

    public override async Task<TailState?> PrepareAsync(PushRun run, CancellationToken cancellation)
    {
        while (_end is null && _index is null)
            await FindAsync(cancellation).ConfigureAwait(false);
        run.Place(_end is null ? _gap : null, _pushed);
        return _end is null ? _index!.Tail : await _end.PrepareAsync(run, cancellation).ConfigureAwait(false);
    }

    public override void Doubt() => _index = null;

    public override Landing Add(List<KvOperation> operations, PushBatch batch, TailState? tail) =>
        _end?.Add(operations, batch, tail) ?? Inserter.Add(context, operations, _index! with { Tail = tail! }, batch);

    public override void Learn(Landing landing, PushBatch batch, Commit commit)
    {
        if (_end is not null)
        {
            _end.Learn(landing, batch, commit);
            return;
        }

        context.Tail.Learn(landing, commit);
        if (commit.Succeeded)
        {
            _pushed += batch.Ready;
            var tail = landing.Next is { } next ? next with { Index = commit.Index } : _index!.Tail;
            _index = _index! with { Head = _index!.Head with { Front = true }, HeadIndex = commit.Index, Tail = tail };
        }
        else
        {
            // Somebody inserted something, or a page came to its end.
            _index = null;
        }
    }

    private async Task FindAsync(CancellationToken cancellation)
    {
        // What was inserted keeps its place, and what follows goes behind it.
        if (_pushed > 0)
        {
            _index = await context.Index.ReadAsync(cancellation).ConfigureAwait(false);
            if (_index is null)
                _end = new EndTarget(context);
            return;
        }

        if (position == 0)
        {
            _index = await context.Index.ReadAsync(cancellation).ConfigureAwait(false) ?? await CreateAsync(cancellation).ConfigureAwait(false);
            _gap = RankGap.Front(_index.HeadIndex);
            return;
        }

        var found = await new Locator(context).AtAsync(position - 1, 2, cancellation).ConfigureAwait(false);
        if (found.Spots.Count == 0)
            throw Errors.NoSuchPosition(context.Keys.Queue, position, found.Before, mayBeEnd: true);
        if (found.Spots.Count == 1)
        {
            _end = new EndTarget(context);
            return;
        }

        _index = _searches++ < MostExact ? found.Start : await ProveAsync(found, cancellation).ConfigureAwait(false);
        if (_index is not null)
        {
            _gap = RankGap.TryBetween(found.Spots[0].Rank, found.Spots[1].Rank, _index.HeadIndex)
                ?? throw StoredEntry.Corrupt(found.Spots[1].Entry.Key.Key, "the ranks of two neighbours leave no place between them, which no client writes");
        }
    }

    /// <summary>
    /// Where others touch the head again and again while the way to the position is walked, the walk would never end in time. What it found is still a place if
    /// both neighbours are there: one small read instead of a whole walk lies between that and the write.
    /// </summary>
    private async Task<IndexState?> ProveAsync(Located found, CancellationToken cancellation)
    {
        var operations = new List<KvOperation>();
        context.Index.AddTo(operations);
        foreach (var spot in found.Spots)
            EntryReader.AddTo(operations, spot.Entry.Key);
        var pairs = (await context.Consul.TransactAsync(operations, ReadConsistency.Consistent, cancellation).ConfigureAwait(false)).Pairs;
        var index = context.Index.Take(pairs);
        return found.Spots.All(spot => EntryReader.Take(pairs, spot.Entry.Key, new List<ConsulMqException>())?.Has(spot.Offset) == true) ? index : null;
    }

    /// <summary>A queue without a head has no front.</summary>
    private async Task<IndexState> CreateAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await new SettingsWriter(context).EnsureAsync(null, cancellation).ConfigureAwait(false);
            if (await context.Index.ReadAsync(cancellation).ConfigureAwait(false) is { } index)
                return index;
        }
    }
}
