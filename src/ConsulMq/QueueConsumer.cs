using ConsulMq.Consul;
using ConsulMq.Internal;
using ConsulMq.Queueing;

namespace ConsulMq;

/// <summary>A consumer with its own view of the head of the queue. For one caller at a time.</summary>
public sealed class QueueConsumer : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    private readonly QueueContext _context;
    private readonly ConsumerPool _pool;
    private readonly HeadReader _reader;
    private readonly ConsumerState _state;
    private readonly BodyLoader _bodies;
    private Func<Claim> _newClaim = static () => new Claim();
    private IBodyDestination? _destination;
    private bool _disposed;

    internal QueueConsumer(QueueContext context, ConsumerPool pool)
    {
        _context = context;
        _pool = pool;
        _reader = new HeadReader(context);
        _state = pool.Rent();
        _bodies = new BodyLoader(context);
    }

    /// <summary>The shortest lease of a duration; Consul's limit.</summary>
    public static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(10);

    /// <summary>The longest lease of a duration; Consul's limit.</summary>
    public static readonly TimeSpan LongestLease = TimeSpan.FromHours(24);

    /// <summary>
    /// Takes up to <paramref name="max"/> messages, the next ones in order, in one write: the batch can be smaller though more are there. An empty
    /// batch: the queue is empty, as a read that is never stale has just said.
    /// </summary>
    /// <param name="max">At most so many; 1 or more.</param>
    /// <param name="cancellation">Stops waiting. What was taken after that goes back to its place.</param>
    /// <exception cref="ConsulMqException">Nothing was taken, or, <see cref="ConsulMqError.OutcomeUnknown"/>, nobody can tell.</exception>
    public Task<PopBatch> PopAsync(int max, CancellationToken cancellation) => PopAsync(max, null, cancellation);

    /// <summary>The same, the bodies going to a place of their own in place of memory: they are there, and whole, before a message is taken.</summary>
    internal Task<PopBatch> PopAsync(int max, IBodyDestination? destination, CancellationToken cancellation) => max > 0
        ? Errors.Translate(TakeAsync(max, static () => new Claim(), destination, cancellation))
        : throw new ArgumentOutOfRangeException(nameof(max), max, "At least one message has to be asked for.");

    /// <summary>
    /// Takes up to <paramref name="max"/> messages on a lease: they are in flight until they are settled (<see cref="MessageQueue.OpenSettle"/>), and
    /// come back to their places, their delivery count raised, when the lease ends before that.
    /// </summary>
    /// <param name="max">At most so many; 1 or more.</param>
    /// <param name="duration">
    /// How long the lease lasts at least, 10 s to 24 h, whatever becomes of this process; it can be prolonged. Null: as long as this connection lives, and
    /// no longer than two TTLs of its session after that.
    /// </param>
    /// <param name="cancellation">Stops waiting. What was taken after that goes back to its place.</param>
    /// <exception cref="ConsulMqException">Nothing was taken, or, <see cref="ConsulMqError.OutcomeUnknown"/>, nobody can tell.</exception>
    public Task<PopBatch> LeaseAsync(int max, TimeSpan? duration, CancellationToken cancellation) => LeaseAsync(max, duration, null, cancellation);

    /// <summary>The same, the bodies going to a place of their own in place of memory.</summary>
    internal async Task<PopBatch> LeaseAsync(int max, TimeSpan? duration, IBodyDestination? destination, CancellationToken cancellation)
    {
        if (duration < ShortestLease || duration > LongestLease)
            throw new ConsulMqException(ConsulMqError.InvalidSetting, $"A lease lasts 10 seconds to 24 hours, not {duration}. Those are Consul's limits; prolong a lease with Update-ConsulMqLease.", duration);
        if (max < 1)
            throw new ArgumentOutOfRangeException(nameof(max), max, "At least one message has to be asked for.");
        using var source = new LeaseSource(_context, duration);
        return await Errors.Translate(TakeAsync(max, () => new Claim(new LeaseHandover(_context, source), Claim.LeaseBudget), destination, cancellation)).ConfigureAwait(false);
    }

    /// <summary>Takes messages that go to another queue in the same transaction.</summary>
    internal Task<PopBatch> MoveAsync(int max, Func<Handover> handover, CancellationToken cancellation) =>
        Errors.Translate(TakeAsync(max, () => new Claim(handover(), MoveHandover.ClaimBudget), null, cancellation));

    /// <summary>Waits without polling until a message is there, or the time is over.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/>: for ever.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>False: the time is over and the queue was empty all the while.</returns>
    public Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellation) =>
        Errors.Translate(new Waiter(_context, LookAsync).WaitAsync(timeout, cancellation));

    /// <summary>
    /// Puts messages that this consumer took, and nobody has seen, back in their places. While Consul is away it is tried for an hour.
    /// </summary>
    /// <param name="items">What <see cref="PopAsync(int, CancellationToken)"/> gave.</param>
    /// <param name="cancellation">Stops waiting; they go back all the same.</param>
    public Task PutBackAsync(IReadOnlyList<QueueObject> items, CancellationToken cancellation)
    {
        _state.DropView();
        var back = _context.Background.Track(PutBackAsync(items));
        return Errors.Translate(back).WithCancellation(cancellation);
    }

    /// <summary>
    /// Leaves a pop that was cancelled before it has come to its end: what it took at that very moment, and nobody will see, goes back to its place. The
    /// consumer is of no use after that.
    /// </summary>
    /// <param name="pop">What <see cref="PopAsync(int, CancellationToken)"/> gave.</param>
    public void Abandon(Task<PopBatch> pop)
    {
        // Not for the next consumer: the pop still works on its state.
        _disposed = true;
        _context.Background.Add(PutBackAsync(pop));
    }

    /// <summary>Ends the consumer.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _pool.Return(_state);
    }

    /// <summary>Whether the queue's order is strict: no consumer goes out of the others' way.</summary>
    private bool KeepsOrder => _context.Index.Settings.StrictOrder;

    private async Task<PopBatch> TakeAsync(int max, Func<Claim> newClaim, IBodyDestination? destination, CancellationToken cancellation)
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
                return new PopBatch(ToQueueObjects(claim), damage);
        }
    }

    private QueueObject[] ToQueueObjects(Claim claim)
    {
        var items = new QueueObject[claim.Taken.Count];
        for (var i = 0; i < items.Length; i++)
        {
            var (message, entry, offset) = claim.Taken[i];
            var place = entry.PlaceOf(offset);
            claim.Loaded.TryGetValue(i, out var body);
            items[i] = claim.Handover?.ToQueueObject(i, place, body) ?? _context.ToQueueObject(message, place, body);
        }

        return items;
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
            if (isRead && view.HasEndedSessions && (await _context.Maintenance.GiveAsync(view, isWaiting: false, cancellation).ConfigureAwait(false)).Any)
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

                var commit = await CommitAsync(claim, view, cancellation).ConfigureAwait(false);
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
                        await DropGoneAsync(view, cancellation).ConfigureAwait(false);
                    await RefreshAsync(shared, cancellation).ConfigureAwait(false);
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
                    await RefreshAsync(shared, cancellation).ConfigureAwait(false);
                isFresh = true;
            }
            else if (view.Front?.Horizon is not null)
            {
                await view.Front.LoadMoreAsync(cancellation).ConfigureAwait(false);
            }
            else if (isRead)
            {
                if (!(await _context.Maintenance.GiveAsync(view, isWaiting: false, cancellation).ConfigureAwait(false)).Any)
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
            if (!claim.IsEmpty && await _bodies.LoadAsync(claim, _destination, cancellation).ConfigureAwait(false))
            {
                var commit = await CommitAsync(claim, null, cancellation, info?.Index ?? 0).ConfigureAwait(false);
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
    private async Task<DueLook> LookAsync(CancellationToken cancellation)
    {
        while (true)
        {
            _state.DropView();
            if (!await ReadAsync(cancellation).ConfigureAwait(false))
                return default;
            if (!Selector.InOrder(_state.View!, 1, _context.Now).IsEmpty || _state.View!.Front?.Horizon is not null)
                return new DueLook(true, null);
            var given = await _context.Maintenance.GiveAsync(_state.View, isWaiting: true, cancellation).ConfigureAwait(false);
            if (!given.Any)
                return given;
        }
    }

    private static Claim Won(Claim claim, HeadView? view, Commit commit)
    {
        claim.Committed(view, commit.Index);
        return claim;
    }

    private async Task<Commit> CommitAsync(Claim claim, HeadView? view, CancellationToken cancellation, ulong? info = null)
    {
        var operations = new List<KvOperation>();
        while (true)
        {
            if (claim.Handover is { } handover)
                await handover.PrepareAsync(cancellation).ConfigureAwait(false);
            operations.Clear();
            claim.AddTo(operations, _context.Keys, view, info);
            claim.Handover?.AddTo(operations);
            var commit = await SendAsync(claim, operations, cancellation).ConfigureAwait(false);
            // A session that has ended, or a tail that has moved, is another one the next time.
            if (claim.Handover?.Learn(commit) != true)
                return commit;
        }
    }

    private async Task<Commit> SendAsync(Claim claim, List<KvOperation> operations, CancellationToken cancellation)
    {
        var commit = _context.Committer.CommitAsync(operations, late: late => _context.Background.Add(PutBackAsync(late, claim)));
        try
        {
            return await commit.WithCancellation(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The write goes on, and nobody waits for what it takes.
            _state.DropView();
            _context.Background.Add(PutBackAsync(commit, claim));
            throw;
        }
        catch (Exception e)
        {
            _state.DropView();
            // Where nobody can tell, what was read may be all that is left of the message.
            if (e is not ConsulMqException { Error: ConsulMqError.OutcomeUnknown })
                BodyLoader.Discard(claim);
            throw;
        }
    }

    private async Task PutBackAsync(Task<Commit> commit, Claim claim) => await PutBackAsync(await commit.ConfigureAwait(false), claim).ConfigureAwait(false);

    private async Task PutBackAsync(Commit commit, Claim claim)
    {
        claim.Handover?.Learn(commit);
        if (commit.Succeeded)
            await (claim.Handover?.PutBackAsync() ?? new Inserter(_context).PutBackAsync(claim)).ConfigureAwait(false);
        BodyLoader.DropPlaces(claim);
        if (!commit.Succeeded)
            claim.Handover?.Discard();
    }

    private async Task PutBackAsync(IReadOnlyList<QueueObject> items)
    {
        var leased = items.Where(static item => item.Lease is not null).ToList();
        if (leased.Count > 0)
            await _context.Settler.PutBackAsync([.. leased.Select(static item => Settlement.Of(SettlementKind.Return, item) with { Counts = false })]).ConfigureAwait(false);
        if (leased.Count < items.Count)
            await new Inserter(_context).PutBackAsync(items.Where(static item => item.Lease is null)).ConfigureAwait(false);
        foreach (var item in items)
            item.Kept?.Withdraw();
    }

    private async Task PutBackAsync(Task<PopBatch> pop)
    {
        PopBatch batch;
        try
        {
            batch = await pop.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (batch.Items.Count > 0)
            await PutBackAsync(batch.Items).ConfigureAwait(false);
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

    /// <summary>Others were faster: reads which entries of the page are there still, which is far less than the page. The view stays in order.</summary>
    private async Task DropGoneAsync(HeadView view, CancellationToken cancellation)
    {
        var listing = await _context.Consul.KeysAsync(_context.Keys.Page(view.Page.Number), null, ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        var there = new HashSet<string>(listing.Keys, StringComparer.Ordinal);
        foreach (var entry in view.Page.Entries)
            entry.IsGone |= !there.Contains(entry.Key.Key);
    }

    /// <summary>Somebody else took a part of these entries: reads what is left of them, which is far less than the page.</summary>
    private async Task RefreshAsync(List<StoredEntry> entries, CancellationToken cancellation)
    {
        if (entries.Count == 0)
            return;
        var operations = new List<KvOperation>(entries.Count);
        foreach (var entry in entries)
            operations.Add(KvOperation.GetTree(entry.Key.Cursor));
        var result = await _context.Consul.TransactAsync(operations, ReadConsistency.Consistent, cancellation).ConfigureAwait(false);
        foreach (var entry in entries)
            entry.TakeCursor(result.Pairs.FirstOrDefault(p => p.Key == entry.Key.Cursor));
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
