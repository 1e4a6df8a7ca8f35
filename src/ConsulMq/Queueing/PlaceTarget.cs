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
    private RankGap? _gap;
    private IndexState? _index;
    private EndTarget? _end;
    private int _pushed;

    public override async Task<TailState?> PrepareAsync(PushRun run)
    {
        if (_end is null && _index is null)
            await FindAsync().ConfigureAwait(false);
        run.Place(_end is null ? _gap : null, _pushed);
        return _end is null ? _index!.Tail : await _end.PrepareAsync(run).ConfigureAwait(false);
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

    private async Task FindAsync()
    {
        // What was inserted keeps its place, and what follows goes behind it.
        if (_pushed > 0)
        {
            _index = await context.Index.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            if (_index is null)
                _end = new EndTarget(context);
            return;
        }

        if (position == 0)
        {
            _index = await context.Index.ReadAsync(CancellationToken.None).ConfigureAwait(false) ?? await CreateAsync().ConfigureAwait(false);
            _gap = RankGap.Front(_index.HeadIndex);
            return;
        }

        var found = await new Locator(context).AtAsync(position - 1, 2, CancellationToken.None).ConfigureAwait(false);
        if (found.Spots.Count == 0)
            throw Errors.NoSuchPosition(context.Keys.Queue, position, found.Before, mayBeEnd: true);
        if (found.Spots.Count == 1)
        {
            _end = new EndTarget(context);
            return;
        }

        _index = found.Start;
        _gap = RankGap.Between(found.Spots[0].Rank, found.Spots[1].Rank, _index!.HeadIndex);
    }

    /// <summary>A queue without a head has no front.</summary>
    private async Task<IndexState> CreateAsync()
    {
        while (true)
        {
            try
            {
                await new SettingsWriter(context).CreateAsync(new QueueSettings(), CancellationToken.None).ConfigureAwait(false);
            }
            catch (ConsulMqException e) when (e.Error == ConsulMqError.QueueExists)
            {
                // Somebody else was faster.
            }

            if (await context.Index.ReadAsync(CancellationToken.None).ConfigureAwait(false) is { } index)
                return index;
        }
    }
}
