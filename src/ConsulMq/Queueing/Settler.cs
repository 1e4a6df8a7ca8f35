using ConsulMq.Consul;
using ConsulMq.Diagnostics;
using ConsulMq.Internal;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// Settles leased messages: completes, returns and denies them, many in one write. Every transaction checks the leases that it takes from, and both what
/// is settled of them, so that a message that has gone back to its queue, or was settled by somebody else, is never settled again.
/// </summary>
internal sealed class Settler(QueueContext context)
{
    private readonly AsyncGate _gate = new(context.Settings.Continuations);

    /// <summary>Settles messages; each has its own outcome. Does not throw, but for what is no error of Consul's or the user's.</summary>
    public async Task<SettleOutcome[]> SettleAsync(IReadOnlyList<Settlement> settlements)
    {
        var outcomes = new SettleOutcome[settlements.Count];
        // One at a time: what is known of a lease is of no use to two transactions at once.
        using (await _gate.EnterAsync().ConfigureAwait(false))
        {
            var open = new List<Item>(settlements.Count);
            for (var i = 0; i < settlements.Count; i++)
            {
                if (ReceiptHandle.TryParse(context.Keys, settlements[i].ReceiptHandle) is { } handle)
                    open.Add(new Item(i, settlements[i], handle));
                else
                    outcomes[i] = new SettleOutcome(null, false, InvalidHandle(settlements[i]));
            }

            // What goes back stands in its entry in the order of rank, which is the order in the lease.
            open.Sort(static (a, b) => a.CompareTo(b));
            try
            {
                while (open.Count > 0)
                    open = await SettleAsync(open, outcomes).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ConsulException or ConsulMqException)
            {
                foreach (var item in open)
                    outcomes[item.Number] = new SettleOutcome(null, false, Errors.Any(e, "settlement", context.Keys.Queue));
            }
        }

        return outcomes;
    }

    /// <summary>
    /// Puts back what nobody has seen. While Consul is away it is tried for an hour: nobody knows of these messages, and the session that holds them may
    /// live as long as this process.
    /// </summary>
    public async Task PutBackAsync(IReadOnlyList<Settlement> settlements)
    {
        var since = context.Settings.Clock.Elapsed;
        while (true)
        {
            var outcomes = await SettleAsync(settlements).ConfigureAwait(false);
            settlements = [.. settlements.Where((_, i) => MayGoBackLater(outcomes[i].Error))];
            if (settlements.Count == 0 || context.Settings.Clock.Elapsed - since >= Inserter.Patience)
                return;
            await context.Settings.Clock.Delay(Inserter.Pause, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Gives back all that is left in a lease whose session has ended. False: somebody else did, or it cannot be read.</summary>
    public async Task<bool> GiveBackAsync(StoredEntry lease, string reason)
    {
        if (lease.Messages() is not { } messages)
            return false;
        var given = false;
        while (lease.IsOpen)
        {
            // How often a message may be delivered is what is set now.
            var index = await context.Index.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            using var plan = new SettlePlan(context, isAllDone: false);
            for (var offset = lease.Cursor.First; offset < lease.Cursor.End; offset++)
            {
                var settlement = new Settlement { Kind = SettlementKind.Return, Id = messages[offset].Id, ReceiptHandle = "", Reason = reason };
                if (lease.Cursor.Has(offset) && !plan.TryAdd(lease, offset, settlement, null, out _))
                    break;
            }

            try
            {
                if (plan.IsEmpty || !await plan.PrepareAsync(index).ConfigureAwait(false))
                    return given;
            }
            catch (DamagedBodyException)
            {
                // It is known from now on, and stays in its queue.
                continue;
            }

            var commit = await context.Committer.CommitAsync(plan.ToOperations()).ConfigureAwait(false);
            var known = plan.Learn(commit).ToList();
            if (!commit.Succeeded && known.Count > 0)
                return given;
            given |= commit.Succeeded;
            if (commit.Succeeded)
                OperationLog.Steps?.Step($"Gave back what a lease of an ended session held in '{context.Keys.Queue}' (Raft index {commit.Index}), {OperationLog.Steps?.Took}.");
        }

        return given;
    }

    /// <summary>Prolongs a lease of a duration.</summary>
    public async Task<ConsulMqLease> ProlongAsync(Guid id, string receiptHandle, CancellationToken cancellation)
    {
        var settlement = new Settlement { Kind = SettlementKind.Complete, Id = id, ReceiptHandle = receiptHandle };
        var handle = ReceiptHandle.TryParse(context.Keys, receiptHandle) ?? throw InvalidHandle(settlement);
        var outcomes = new SettleOutcome[1];
        using (await _gate.EnterAsync().ConfigureAwait(false))
        {
            // Read anew: what somebody else has settled meanwhile is not held any more.
            context.Leases.Doubt(handle.Lease.Key);
            await FindAsync([new Item(0, settlement, handle)], outcomes).ConfigureAwait(false);
        }

        if (outcomes[0].Error is { } error)
            throw error;
        var expiresAt = context.Now + handle.Duration;
        if (!await context.Consul.RenewSessionAsync(handle.Session, cancellation).ConfigureAwait(false))
            throw Lost(new Item(0, settlement, handle));
        return new ConsulMqLease(receiptHandle, handle.Duration, expiresAt);
    }

    /// <summary>Settles what one transaction holds. Returns what is still to be settled.</summary>
    private async Task<List<Item>> SettleAsync(List<Item> open, SettleOutcome[] outcomes)
    {
        open = await FindAsync(open, outcomes).ConfigureAwait(false);
        if (open.Count == 0)
            return open;
        var index = context.Index.Info is null || open.Exists(static item => item.Settlement.Kind == SettlementKind.Return)
            ? await context.Index.ReadAsync(CancellationToken.None).ConfigureAwait(false)
            : null;
        using var plan = new SettlePlan(context, open.TrueForAll(static item => item.Settlement is { Kind: SettlementKind.Complete, Destination: null }));
        var planned = 0;
        var isDead = new bool[open.Count];
        for (; planned < open.Count; planned++)
        {
            var item = open[planned];
            if (!plan.TryAdd(context.Leases.Find(item.Handle.Lease.Key)!, item.Handle.Offset, item.Settlement, SoleSession(item.Handle), out isDead[planned]))
                break;
        }

        bool isThere;
        try
        {
            isThere = await plan.PrepareAsync(index).ConfigureAwait(false);
        }
        catch (DamagedBodyException)
        {
            // It is known from now on.
            return open;
        }

        if (!isThere)
        {
            foreach (var item in open)
                outcomes[item.Number] = new SettleOutcome(null, false, Lost(item));
            return [];
        }

        var commit = await context.Committer.CommitAsync(plan.ToOperations()).ConfigureAwait(false);
        OperationLog.Steps?.Step(commit.Succeeded
            ? $"Settled {OperationLog.Count(planned, "message", "messages")} of '{context.Keys.Queue}' in one transaction (Raft index {commit.Index}), {OperationLog.Steps?.Took}."
            : $"What is known of the leases has changed meanwhile, {OperationLog.Steps?.Took}: reading them again.");
        foreach (var lease in plan.Learn(commit).ToList())
        {
            if (commit.Succeeded)
                context.Leases.Forget(lease);
            else
                context.Leases.Doubt(lease);
        }

        if (!commit.Succeeded)
            return open;
        for (var i = 0; i < planned; i++)
            outcomes[open[i].Number] = new SettleOutcome(null, isDead[i], null);
        return open.GetRange(planned, open.Count - planned);
    }

    /// <summary>Makes sure that the leases are known, and sorts out what cannot be settled.</summary>
    private async Task<List<Item>> FindAsync(List<Item> open, SettleOutcome[] outcomes)
    {
        if (open.Exists(item => context.Leases.Find(item.Handle.Lease.Key) is null))
        {
            await context.Leases.ReadAsync([.. open.Where(item => context.Leases.Find(item.Handle.Lease.Key) is null)
                .Select(static item => item.Handle).GroupBy(static handle => handle.Lease.Key).Select(static group => group.First())]).ConfigureAwait(false);
        }

        // A lease that the token may not read looks like one that is over.
        if (open.Exists(item => context.Leases.Find(item.Handle.Lease.Key) is null))
            await context.Index.ProveAbsenceAsync(CancellationToken.None).ConfigureAwait(false);

        var found = new List<Item>(open.Count);
        var seen = new HashSet<(string, int)>();
        foreach (var item in open)
        {
            var lease = context.Leases.Find(item.Handle.Lease.Key);
            var error = lease is null ? Lost(item)
                : lease.Messages() is not { } messages ? lease.Damage
                : messages[item.Handle.Offset].Id != item.Settlement.Id ? InvalidHandle(item.Settlement)
                : !lease.Cursor.Has(item.Handle.Offset) || !seen.Add((item.Handle.Lease.Key, item.Handle.Offset)) ? Settled(item)
                : item.Settlement.Destination is not null ? lease.Damage ?? context.DamagedBodies.Find(messages[item.Handle.Offset].Blob)
                : lease.Damage;
            if (error is null)
                found.Add(item);
            else
                outcomes[item.Number] = new SettleOutcome(null, false, error);
        }

        return found;
    }

    private static bool MayGoBackLater(ConsulMqException? error) =>
        error is not (null or { Error: ConsulMqError.LeaseLost or ConsulMqError.InvalidReceiptHandle or ConsulMqError.CorruptEntry });

    private static string? SoleSession(ReceiptHandle handle) => handle.Duration is null ? null : handle.Session;

    private static ConsulMqException InvalidHandle(Settlement settlement) => new(ConsulMqError.InvalidReceiptHandle,
        $"The receipt handle is not that of message {settlement.Id} in this queue.",
        settlement.Id)
    {
        RecommendedAction = "Pass ID, queue and receipt handle of the same leased message, as Pop-ConsulMqItem -Lease returned them.",
    };

    private static ConsulMqException Settled(Item item) => new(ConsulMqError.LeaseLost,
        $"Message {item.Settlement.Id} was completed, returned or denied before; a leased message is settled once.", item.Settlement.Id);

    private ConsulMqException Lost(Item item) => new(ConsulMqError.LeaseLost,
        $"Queue '{context.Keys.Queue}' has no such lease on message {item.Settlement.Id} any more: it was settled before, or its session ended and it is back in the queue, where others may have got it. Or it is a message of another queue, or of another Consul than this connection's.",
        item.Settlement.Id)
    {
        RecommendedAction = "Check queue and connection. Work that must not happen twice has to look whether it was done.",
    };

    private sealed record Item(int Number, Settlement Settlement, ReceiptHandle Handle)
    {
        public int CompareTo(Item other)
        {
            var order = string.CompareOrdinal(Handle.Lease.Key, other.Handle.Lease.Key);
            return order != 0 ? order : Handle.Offset != other.Handle.Offset ? Handle.Offset.CompareTo(other.Handle.Offset) : Number.CompareTo(other.Number);
        }
    }
}
