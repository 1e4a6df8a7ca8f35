namespace ConsulMq.Queueing;

/// <summary>Takes messages for a consumer: in order while it is alone, and out of the others' way while they compete.</summary>
internal sealed class Taker
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    private readonly QueueContext _context;
    private readonly ConsumerState _state;
    private readonly HeadReader _reader;
    private readonly ViewRefresher _refresher;
    private readonly ClaimCommitter _committer;
    private readonly BodyLoader _bodies;
    private Func<Claim> _newClaim = static () => new Claim();
    private IBodyDestination? _destination;

    public Taker(QueueContext context, ConsumerState state)
    {
        _context = context;
        _state = state;
        _reader = new HeadReader(context);
        _refresher = new ViewRefresher(context);
        _committer = new ClaimCommitter(context);
        _bodies = new BodyLoader(context);
    }

    /// <summary>Whether the queue's order is strict: no consumer goes out of the others' way.</summary>
    private bool KeepsOrder => _context.Index.Settings.StrictOrder;

    /// <summary>Takes messages.</summary>
    /// <param name="max">At most so many.</param>
    /// <param name="newClaim">Makes the claims, with what becomes of the messages in the same transaction.</param>
    /// <param name="destination">Where big bodies go; null: into memory.</param>
    /// <param name="cancellation">Stops waiting. What was taken after that goes back.</param>
    public async Task<PopBatch> TakeAsync(int max, Func<Claim> newClaim, IBodyDestination? destination, CancellationToken cancellation)
    {
        _newClaim = newClaim;
        _destination = destination;
        try
        {
            return await TakeAsync(max, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _bodies.Clear();
        }
    }

    private async Task<PopBatch> TakeAsync(int max, CancellationToken cancellation)
    {
        var damage = new List<ConsulMqException>();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            _state.Touch(_context.Settings.Clock.Elapsed);
            var claim = _state.Crowd.IsAlone || KeepsOrder ? null : await ShareAsync(max, damage, cancellation).ConfigureAwait(false);
            claim ??= await InOrderAsync(max, damage, cancellation).ConfigureAwait(false);
            using var handover = claim?.Handover;
            if (claim is null)
                return new PopBatch([], damage);
            if (claim.Taken.Count > 0 && !claim.IsOfExpired)
                return new PopBatch(claim.ToQueueObjects(_context), damage);
        }
    }

    /// <summary>Chooses what to claim. Where expired messages become dead letters, those at the front go there first.</summary>
    private Claim Select(Func<Claim, Expired, Claim> select)
    {
        if (!_context.Index.Settings.DeadLetterExpired || DeadLetters.IsDeadLetterQueue(_context.Keys.Queue))
            return select(_newClaim(), Expired.Drop);
        var name = _context.Keys.Queue;
        var handover = new MoveHandover(_context, _context.Other(DeadLetters.QueueOf(name)), message => DeadLetters.Of(message, name, "expired", _context.Now));
        var expired = select(new Claim(handover, MoveHandover.ClaimBudget) { IsOfExpired = true }, Expired.Only);
        if (!expired.IsEmpty)
            return expired;
        handover.Dispose();
        return select(_newClaim(), Expired.StopBefore);
    }

    /// <summary>Claims the next messages in order. Null: the queue is empty. An empty claim: others compete for them.</summary>
    private async Task<Claim?> InOrderAsync(int max, List<ConsulMqException> damage, CancellationToken cancellation)
    {
        // Fresh: nothing but the claim itself lies between what was read and now.
        var isFresh = false;
        var losses = 0;
        while (true)
        {
            var isRead = _state.View is null;
            if (isRead && !await ReadAsync(cancellation).ConfigureAwait(false))
                return null;
            isFresh |= isRead;

            var view = _state.View!;
            // What an ended session held comes before what is here, as a rule.
            if (isRead && view.HasEndedSessions && (await _context.Maintenance.GiveAsync(view, isWaiting: false, isAll: false, cancellation).ConfigureAwait(false)).Any)
            {
                _state.DropView();
                continue;
            }

            var claim = Select((into, expired) => Selector.InOrder(view, max, _context.Now, into, expired));
            CollectDamage(view, damage);
            if (!claim.IsEmpty)
            {
                if (!await _bodies.LoadAsync(claim, _destination, cancellation).ConfigureAwait(false))
                {
                    _state.DropView();
                    continue;
                }

                var commit = await CommitAsync(claim, view, null, cancellation).ConfigureAwait(false);
                if (commit.Succeeded)
                {
                    _context.Maintenance.InPassing(isRead ? view : null);
                    return Won(claim, view, commit);
                }

                BodyLoader.Discard(claim);
                if (claim.LostHead(commit))
                {
                    _state.DropView();
                    continue;
                }

                var (gone, shared) = claim.Lost(commit);
                if (KeepsOrder)
                {
                    await GiveWayAsync(++losses, cancellation).ConfigureAwait(false);
                    if (gone)
                        await _refresher.DropGoneAsync(view, cancellation).ConfigureAwait(false);
                    await _refresher.RefreshAsync(shared, cancellation).ConfigureAwait(false);
                    continue;
                }

                if (isFresh)
                {
                    _state.Crowd.Lost(own: true);
                    _state.Share.Start(view.Page.Number);
                    return new Claim();
                }

                // A view that has grown old loses against what was taken long ago, and nobody need compete now: once more, in order.
                if (gone)
                    _state.DropView();
                else
                    await _refresher.RefreshAsync(shared, cancellation).ConfigureAwait(false);
                isFresh = true;
            }
            else if (view.Front?.Horizon is not null)
            {
                await view.Front.LoadMoreAsync(cancellation).ConfigureAwait(false);
            }
            else if (isRead)
            {
                if (!(await _context.Maintenance.GiveAsync(view, isWaiting: false, isAll: true, cancellation).ConfigureAwait(false)).Any)
                    return null;
                _state.DropView();
            }
            else
            {
                _state.DropView();
            }
        }
    }

    /// <summary>Claims messages that the others do not want just now. Null: there are none, look at the beginning of the queue.</summary>
    private async Task<Claim?> ShareAsync(int max, List<ConsulMqException> damage, CancellationToken cancellation)
    {
        var losses = 0;
        while (true)
        {
            // As of before the share: what is set while it is read refuses the claim.
            var info = _context.Index.Info;
            if (info?.Settings.StrictOrder == true || !(_state.Share.HasOpen || await _state.Share.ReadAsync(cancellation).ConfigureAwait(false)))
                break;
            cancellation.ThrowIfCancellationRequested();
            var claim = Select((into, expired) => Selector.FromShare(_state.Share.Entries, max, _context.Now, into, expired));
            Collect(_state.Share.Damage, damage);
            // What is there came after a move had begun, and stays.
            if (claim.IsEmpty)
            {
                _state.Share.Drop();
                break;
            }

            if (await _bodies.LoadAsync(claim, _destination, cancellation).ConfigureAwait(false))
            {
                var commit = await CommitAsync(claim, null, info?.Index ?? 0, cancellation).ConfigureAwait(false);
                if (commit.Succeeded)
                {
                    _context.Maintenance.InPassing();
                    return Won(claim, null, commit);
                }

                BodyLoader.Discard(claim);
                if (claim.LostSettings(commit))
                    await _context.Index.ReadAsync(cancellation).ConfigureAwait(false);
                var (_, shared) = claim.Lost(commit);
                _state.Crowd.Lost(own: _state.Crowd.Owns(claim.First!.Key));
                // One entry lost to somebody who passed by is no reason to give up the rest.
                if (shared.Count == 0 && ++losses < 2)
                    continue;
            }

            // The others have changed: what they left shows in a fresh listing.
            _state.Share.Drop();
        }

        _state.DropView();
        return null;
    }

    private async Task<bool> ReadAsync(CancellationToken cancellation)
    {
        _state.View = await _reader.ReadAsync(_state.Guess, cancellation).ConfigureAwait(false);
        _state.Guess = _state.View?.Page.Number;
        return _state.View is not null;
    }

    /// <summary>Whether a message is there, as a fresh read says, and maintenance had nothing to give either.</summary>
    public async Task<DueLook> LookAsync(CancellationToken cancellation)
    {
        while (true)
        {
            _state.DropView();
            if (!await ReadAsync(cancellation).ConfigureAwait(false))
                return default;
            if (!Selector.InOrder(_state.View!, 1, _context.Now).IsEmpty || _state.View!.Front?.Horizon is not null)
                return new DueLook(true, null);
            var given = await _context.Maintenance.GiveAsync(_state.View, isWaiting: true, isAll: true, cancellation).ConfigureAwait(false);
            if (!given.Any)
                return given;
        }
    }

    private static Claim Won(Claim claim, HeadView? view, Commit commit)
    {
        claim.Committed(view, commit.Index);
        return claim;
    }

    private async Task<Commit> CommitAsync(Claim claim, HeadView? view, ulong? info, CancellationToken cancellation)
    {
        try
        {
            return await _committer.CommitAsync(claim, view, info, cancellation).ConfigureAwait(false);
        }
        catch
        {
            // What became of it this view does not know.
            _state.DropView();
            throw;
        }
    }

    /// <summary>
    /// Waits a moment before the next attempt at the one message that everybody wants: a claim that is lost costs Consul a write, and meanwhile others go
    /// from message to message without a read.
    /// </summary>
    private Task GiveWayAsync(int losses, CancellationToken cancellation)
    {
        var longest = Math.Min(FirstPause.Ticks << Math.Min(losses, 10), LongestPause.Ticks);
        return _context.Settings.Clock.Delay(TimeSpan.FromTicks((long)(longest * _context.Settings.Random.NextDouble())), cancellation);
    }

    /// <summary>Collects the damage in the view that was not reported yet.</summary>
    private void CollectDamage(HeadView view, List<ConsulMqException> damage)
    {
        Collect(view.Page.Damage, damage);
        if (view.Front is { } front)
            Collect(front.Damage, damage);
    }

    private void Collect(IReadOnlyList<ConsulMqException> found, List<ConsulMqException> damage)
    {
        for (var i = 0; i < found.Count; i++)
        {
            if (_state.Reported.Add((string)found[i].Subject!))
                damage.Add(found[i]);
        }
    }
}
