using ConsulMq.Storage;

namespace ConsulMq.Tests.Simulation.Checks;

/// <summary>What a caller was told of a settlement.</summary>
internal enum Told
{
    /// <summary>Nothing: it goes on, or its client is gone.</summary>
    Nothing,
    Done,

    /// <summary>That it certainly did not happen.</summary>
    Refused,
    Unknown,
}

/// <summary>A settlement that a client was asked for.</summary>
internal sealed record SettleCall(Client By, LeaseSlot Slot, SettlementKind Kind, bool Counts, string? Destination, int Since)
{
    /// <summary>Whether the message shall come back at a later time.</summary>
    public bool IsLater { get; init; }

    public Told Told { get; set; }

    /// <summary>Whether it asks for what this did.</summary>
    public bool Explains(Passage end) => end.To is null ? Kind == SettlementKind.Complete && Destination is null
        : Destination is not null ? end.Why == Why.Moved && end.To.Queue == Destination
        : Kind == SettlementKind.Return ? end.Why is Why.Returned or Why.Denied
        : Kind == SettlementKind.Deny && end.Why == Why.Denied;
}

/// <summary>
/// Compares what callers were told of their settlements with what happened: what is reported done was done, by that very settlement; what is reported lost
/// was not, and its lease had ended or it had been settled before.
/// </summary>
internal sealed class SettleAuditor(World world)
{
    private readonly Dictionary<LeaseSlot, List<SettleCall>> _calls = [];
    private readonly HashSet<LeaseSlot> _handedOut = [];

    /// <summary>How many settlements were reported done.</summary>
    public int Done { get; private set; }

    /// <summary>How many were reported lost.</summary>
    public int Lost { get; private set; }

    public IReadOnlyList<SettleCall> Of(LeaseSlot slot) => _calls.TryGetValue(slot, out var calls) ? calls : [];

    public bool WasHandedOut(LeaseSlot slot) => _handedOut.Contains(slot);

    /// <summary>A caller was given a leased message.</summary>
    public void HandedOut(QueueObject item) => _handedOut.Add(SlotOf(item.Queue, item.ReceiptHandle!));

    /// <summary>A client is asked for a settlement.</summary>
    public SettleCall Begin(Client client, string queue, Settlement settlement, string? destination = null)
    {
        var call = new SettleCall(client, SlotOf(queue, settlement.ReceiptHandle), settlement.Kind, settlement.Counts, destination, world.Step) { IsLater = settlement.Delay > TimeSpan.Zero };
        if (!_calls.TryGetValue(call.Slot, out var calls))
            _calls[call.Slot] = calls = [];
        calls.Add(call);
        return call;
    }

    /// <summary>A caller is told what became of it.</summary>
    public void End(SettleCall call, bool? isDeadLetter, ConsulMqException? error)
    {
        call.Told = error?.Error switch
        {
            null => Told.Done,
            ConsulMqError.OutcomeUnknown => Told.Unknown,
            _ => Told.Refused,
        };
        var end = world.Whereabouts.EndOf(call.Slot);
        if (call.Told == Told.Done)
        {
            Done++;
            if (end is null || end.By != call.By || end.Step < call.Since || end.IsClaimed || !call.Explains(end))
                world.Fail($"{call.By.Name} was told that its {call.Kind} of {Name(call)} is done; what happened is {end?.Why.ToString() ?? "nothing"}, by {end?.By.Name}.");
            else if (isDeadLetter is { } isDead && isDead != (end.Why == Why.Denied))
                world.Fail($"{call.By.Name} was told that {Name(call)} is a dead letter: {isDead}.");
            if (end is not null)
                end.IsClaimed = true;
        }
        else if (error!.Error == ConsulMqError.LeaseLost)
        {
            Lost++;
            // Of two at once the second one is told so before the first one has come to its end.
            if (world.Whereabouts.IsHeld(call.Slot) && Of(call.Slot).Count(c => c.By == call.By) == 1)
                world.Fail($"{call.By.Name} was told that its lease on {Name(call)} is lost, and it is not.");
        }
        else if (error.Error is not (ConsulMqError.OutcomeUnknown or ConsulMqError.ConsulUnreachable or ConsulMqError.Timeout))
        {
            world.Fail($"The {call.Kind} of {Name(call)} failed: {error.Message}");
        }
    }

    /// <summary>Somebody was told that a lease lasts longer.</summary>
    public void Prolonged(Client client, LeaseSlot slot, int since)
    {
        if (!world.Whereabouts.IsHeld(slot) && world.Whereabouts.EndOf(slot) is { } end && end.Step < since)
            world.Fail($"{client.Name} was told that a lease lasts longer, and it was over: {end.Why}.");
    }

    /// <summary>Somebody was told that a lease cannot be prolonged because it is lost.</summary>
    public void NotProlonged(Client client, LeaseSlot slot)
    {
        if (world.Whereabouts.IsHeld(slot))
            world.Fail($"{client.Name} was told that a lease is lost, and it is not.");
    }

    /// <summary>The faults are over, and nobody does anything any more: what is in flight under a session that lives is in somebody's hands.</summary>
    public void Rest()
    {
        foreach (var journey in world.Whereabouts.Journeys)
        {
            if (journey.Stays is [{ IsInFlight: true } stay] && !stay.By.IsDead && !WasHandedOut(stay.Slot) && world.Whereabouts.IsHeld(stay.Slot))
                world.Fail($"{journey} is in flight under a session of {stay.By.Name} that lives, and nobody was given it.");
        }
    }

    /// <summary>At the very end: what was settled, those who asked for it were not all told that it did not happen.</summary>
    public void Close()
    {
        foreach (var (slot, end) in world.Whereabouts.Ends)
        {
            if (end.IsClaimed || end.Why is Why.Reaped or Why.None)
                continue;
            var asked = Of(slot).Where(c => c.By == end.By && c.Since <= end.Step && c.Explains(end)).ToList();
            if (asked.Count > 0 && asked.TrueForAll(static c => c.Told == Told.Refused))
                world.Fail($"{end.By.Name} was told that its {asked[0].Kind} of {Name(asked[0])} did not happen, and it did.");
        }
    }

    public LeaseSlot SlotOf(string queue, string handle)
    {
        var parsed = ReceiptHandle.TryParse(world.KeysOfQueue(queue), handle)!;
        return new LeaseSlot(parsed.Lease.Key, parsed.Offset);
    }

    private string Name(SettleCall call) => world.Whereabouts.Journeys.FirstOrDefault(j => j.Passages.Exists(p => p.To is { IsInFlight: true } t && t.Slot == call.Slot))?.ToString() ?? call.Slot.ToString();
}
