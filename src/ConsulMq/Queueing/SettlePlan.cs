using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// One transaction that settles leased messages: takes them out of their leases and, unless they are done, puts them where they belong: back to their
/// places, to a later time, or among the dead letters.
/// </summary>
internal sealed class SettlePlan : IDisposable
{
    /// <summary>How many operations the leases may need; the rest of a transaction is for the sessions that end with them, and for what goes elsewhere.</summary>
    private const int LeaseOperations = 24;

    /// <summary>The same where nothing goes elsewhere.</summary>
    private const int MostLeaseOperations = 40;

    private const int MaxEntries = 16;

    private readonly QueueContext _context;
    private readonly Claim _claim;
    private HashSet<string>? _sessions;
    private PushBatch? _batch;
    private Goal _goal;
    private BodyCopies? _copies;
    private bool _isDone;
    private QueueContext? _other;
    private IndexState? _index;
    private Landing? _landing;

    /// <param name="context">The queue.</param>
    /// <param name="isAllDone">Whether all that it settles is done, and goes nowhere.</param>
    public SettlePlan(QueueContext context, bool isAllDone)
    {
        _context = context;
        _claim = new Claim(null, isAllDone ? MostLeaseOperations : LeaseOperations);
    }

    /// <summary>Whether it settles nothing.</summary>
    public bool IsEmpty => _claim.IsEmpty;

    /// <summary>Adds a message. False: the transaction would be too large.</summary>
    /// <param name="lease">The lease that holds it.</param>
    /// <param name="offset">Its offset in the lease.</param>
    /// <param name="settlement">What shall become of it.</param>
    /// <param name="soleSession">The session to end with the lease, if it was for this lease alone.</param>
    /// <param name="isDeadLetter">Whether it becomes a dead letter.</param>
    public bool TryAdd(StoredEntry lease, int offset, Settlement settlement, string? soleSession, out bool isDeadLetter)
    {
        var message = lease.Messages()![offset];
        if (settlement.Kind != SettlementKind.Complete && settlement.Counts)
            message = message with { Deliveries = Math.Min(message.Deliveries, int.MaxValue - 1) + 1 };
        // What cannot be read cannot go elsewhere: it goes back, is passed over there, and can be repaired.
        isDeadLetter = IsDead(settlement, message) && _context.DamagedBodies.Find(message.Blob) is null;
        var stays = settlement.Kind != SettlementKind.Complete && !isDeadLetter;
        if (!_claim.HasRoomFor(lease, offset, stays) || !TryPut(message, settlement, isDeadLetter))
            return false;
        _claim.TryAdd(lease, offset, false, stays);
        if (soleSession is not null)
            (_sessions ??= new(StringComparer.Ordinal)).Add(soleSession);
        return true;
    }

    /// <summary>Gets ready what the operations need. False: the queue is not there any more, and with it what was in somebody's hands.</summary>
    /// <param name="index">The index as it was just read, if it was.</param>
    public async Task<bool> PrepareAsync(IndexState? index)
    {
        if (_goal == Goal.Back)
        {
            _index = index ?? await _context.Index.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            if (_index is null)
                return false;
        }

        if (_goal == Goal.Later)
            await _context.Tail.PrepareAsync().ConfigureAwait(false);
        if (_other is not null)
            await _other.Tail.PrepareAsync().ConfigureAwait(false);
        if (_copies is not null)
            await _copies.CopyAsync(CancellationToken.None).ConfigureAwait(false);
        return true;
    }

    /// <summary>The transaction.</summary>
    public List<KvOperation> ToOperations()
    {
        var operations = _claim.ToOperations(_context.Keys, null);
        foreach (var (lease, session) in EndedSessions())
            operations.Add(KvOperation.Delete(_context.Keys.Session(session)));
        if (_goal == Goal.Back)
            _landing = Inserter.Add(_context, operations, _index!, _batch!);
        else if (_batch is not null)
            _landing = (_other ?? _context).Tail.Add(operations, _batch);
        return operations;
    }

    /// <summary>Learns what became of it. Returns the leases of which more has to be read before the next try.</summary>
    public IEnumerable<string> Learn(Commit commit)
    {
        if (_landing is { } landing)
            (_other ?? _context).Tail.Learn(landing, commit);
        _isDone = commit.Succeeded;
        if (!commit.Succeeded)
            return _claim.LostEntries(commit).Select(static lease => lease.Key.Key);

        var usedUp = _claim.Entries.Where(_claim.UsesUp).Select(static lease => lease.Key.Key).ToList();
        foreach (var (_, session) in EndedSessions())
            _context.Background.Add(_context.Sessions.EndAsync(session));
        _claim.Committed(null, commit.Index);
        return usedUp;
    }

    public void Dispose()
    {
        // Where nobody knows whether it was done, this does nothing if it was.
        if (!_isDone)
            _copies?.Discard();
        _batch?.Dispose();
    }

    private IEnumerable<(StoredEntry Lease, string Session)> EndedSessions()
    {
        if (_sessions is null)
            yield break;
        foreach (var lease in _claim.Entries)
        {
            var session = ReceiptHandle.SessionOf(_context.Keys, lease.Key);
            if (_sessions.Contains(session) && _claim.UsesUp(lease))
                yield return (lease, session);
        }
    }

    private bool IsDead(Settlement settlement, Message message)
    {
        if (settlement.Kind != SettlementKind.Return)
            return settlement.Kind == SettlementKind.Deny;
        var most = _context.Index.Settings.MaxDeliveries;
        return settlement.Counts && most > 0 && message.Deliveries >= most && !DeadLetters.IsDeadLetterQueue(_context.Keys.Queue);
    }

    private bool TryPut(Message message, Settlement settlement, bool isDeadLetter)
    {
        if (isDeadLetter)
        {
            var reason = settlement.Reason ?? (settlement.Kind == SettlementKind.Deny ? "denied" : "delivered too often, and never completed");
            return TryPutElsewhere(_context.Other(DeadLetters.QueueOf(_context.Keys.Queue)), DeadLetters.Of(message, _context.Keys.Queue, reason, _context.Now));
        }

        if (settlement.Kind == SettlementKind.Complete)
            return settlement.Destination is null || TryPutElsewhere(settlement.Destination, Mover.Renew(message));
        return settlement.Delay > TimeSpan.Zero
            ? TryPut(Goal.Later, message, (_context.Now + settlement.Delay).ToUnixTimeMilliseconds())
            : TryPut(Goal.Back, message, 0);
    }

    private bool TryPutElsewhere(QueueContext queue, Message message)
    {
        if ((_other is not null && _other != queue) || !IsOneWith(Goal.Elsewhere))
            return false;
        _copies ??= new BodyCopies(_context, queue, Begin(Goal.Elsewhere));
        if (!_copies.TryAdd(message))
            return false;
        _other = queue;
        return true;
    }

    private bool TryPut(Goal goal, Message message, long due) => IsOneWith(goal) && Begin(goal).TryAdd(new PushItem(message, due, WasLetIn: true));

    private bool IsOneWith(Goal goal) => _goal == goal || _goal == Goal.Nowhere;

    private PushBatch Begin(Goal goal)
    {
        _goal = goal;
        return _batch ??= new PushBatch { MaxEntries = MaxEntries, MaxBodies = 1 };
    }

    /// <summary>Where what does not vanish goes: one and the same for all, for a transaction stands on one tail, and carries one batch.</summary>
    private enum Goal
    {
        Nowhere,
        Back,
        Later,
        Elsewhere,
    }
}
