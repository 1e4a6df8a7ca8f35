using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Moves single messages to another queue: those that are ready, by their IDs, and those that are leased.</summary>
internal sealed class Mover(QueueContext source, QueueContext destination)
{
    /// <summary>A message begins a new life in the other queue.</summary>
    public static Message Renew(Message message) => message with { Deliveries = 0, Rank = null };

    /// <summary>Moves what is leased.</summary>
    public async Task<MoveOutcome[]> MoveLeasedAsync(IReadOnlyList<QueueObject> items)
    {
        var outcomes = await source.Settler.SettleAsync(
            [.. items.Select(item => Settlement.Of(SettlementKind.Complete, item) with { Destination = destination })]).ConfigureAwait(false);
        return [.. outcomes.Select((outcome, i) => new MoveOutcome(
            items[i].Id, outcome.Error is null ? destination.ToQueueObject(Renew(items[i].Message)) : null, outcome.Error))];
    }

    /// <summary>Moves what is ready. Each transaction moves what fits; what somebody else was faster to take is looked for once more.</summary>
    /// <param name="ids">The IDs.</param>
    /// <param name="seen">The entries in which some of them were seen; null: none.</param>
    /// <param name="cancellation">Stops looking for them.</param>
    public async Task<MoveOutcome[]> MoveAsync(IReadOnlyList<Guid> ids, IReadOnlyList<EntryKey>? seen, CancellationToken cancellation)
    {
        var moved = new Dictionary<Guid, QueueObject>();
        var open = ids.Distinct().ToList();
        while (open.Count > 0)
        {
            var found = await new Locator(source).FindAsync(open, seen, cancellation).ConfigureAwait(false);
            open = open.Where(found.ContainsKey).ToList();
            while (open.Count > 0)
            {
                var count = await MoveSomeAsync(open, found, moved).ConfigureAwait(false);
                if (count == 0)
                    break;
                open.RemoveRange(0, count);
            }
        }

        return [.. ids.Select(id => moved.TryGetValue(id, out var item) ? new MoveOutcome(id, item, null) : new MoveOutcome(id, null, Errors.NoSuchItem(source.Keys.Queue, id)))];
    }

    /// <summary>Moves the first of these messages. Returns how many, 0 if they have to be looked for again.</summary>
    private async Task<int> MoveSomeAsync(List<Guid> ids, Dictionary<Guid, Spot> places, Dictionary<Guid, QueueObject> moved)
    {
        using var handover = new MoveHandover(source, destination, Renew);
        var claim = new Claim(handover, MoveHandover.ClaimBudget);
        var count = 0;
        while (count < ids.Count && claim.TryAdd(places[ids[count]].Entry, places[ids[count]].Offset, true))
            count++;
        while (true)
        {
            if (!await PrepareAsync(handover).ConfigureAwait(false))
                return 0;
            var operations = claim.ToOperations(source.Keys, null);
            handover.AddTo(operations);
            var commit = await source.Committer.CommitAsync(operations).ConfigureAwait(false);
            var again = handover.Learn(commit);
            if (commit.Succeeded)
            {
                claim.Committed(null, commit.Index);
                for (var i = 0; i < count; i++)
                    moved[ids[i]] = handover.ToQueueObject(i, default, null);
                return count;
            }

            if (!again || claim.LostEntries(commit).Any())
            {
                handover.Discard();
                return 0;
            }
        }
    }

    /// <summary>False: the body of a message is damaged, which is known from now on.</summary>
    private static async Task<bool> PrepareAsync(MoveHandover handover)
    {
        try
        {
            await handover.PrepareAsync(CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (DamagedBodyException)
        {
            handover.Discard();
            return false;
        }
    }
}
