using ConsulMq.Storage;

namespace ConsulMq.Tests.Simulation.Checks;

/// <summary>When something began, for a client.</summary>
/// <param name="Step">The step.</param>
/// <param name="Elapsed">The true time.</param>
/// <param name="Time">What its clock showed.</param>
/// <param name="Sets">How often that had been set.</param>
internal readonly record struct Moment(int Step, TimeSpan Elapsed, DateTimeOffset Time, int Sets);

/// <summary>Compares what clients were told with what the server knows.</summary>
internal sealed class Auditor(World world)
{
    private readonly List<(string Text, PushResult Result)> _pushes = [];

    public int Popped { get; private set; }

    public void Pushed(string text, PushResult result)
    {
        _pushes.Add((text, result));
        if (result == PushResult.Duplicate)
            world.PushedOnce.ToldDuplicate(text);
        if (result == PushResult.Done && world.Ledger.Find(text) is null)
            world.Fail($"The push of {LedgerMessage.Short(text)} returned, and it was never committed.");
    }

    /// <summary>A pop returned.</summary>
    public void Returned(Client client, Moment since, PopBatch batch, Ledger? queue = null)
    {
        var ledger = queue ?? world.Ledger;
        if (batch.Damage.Count > 0)
            world.Fail($"{client.Name} was told of damage: {batch.Damage[0].Message}");
        if (batch.Items.Count == 0 && !ledger.WasEmptySince(since.Step))
            world.Fail($"{client.Name} was told that the queue is empty, and all the while {ledger.Present.First()} was there.");
        if (batch.Items.Count == 0 && !client.WasCutOff && world.Scenario.Faults == 0)
            CheckGiven(client, since.Step, since.Elapsed, ledger);
        Given(client, since, batch.Items, ledger, isInOrder: true);
    }

    /// <summary>A client was given messages.</summary>
    public void Given(Client client, Moment since, IReadOnlyList<QueueObject> items, Ledger ledger, bool isInOrder)
    {
        var mayOvertake = !isInOrder || (client.HasLostRaces && !world.SettingsOf(ledger.Queue).StrictOrder);
        Rank? last = null;
        foreach (var item in items)
        {
            Popped++;
            var message = ledger.Find(item.ReadContent().Text!);
            while (message is { Earlier: { } earlier } && !message.Rank.Equals(item.Rank!))
                message = earlier;
            var isLease = item.Lease is not null;
            // A lease may be over by the time its consumer hears of it.
            var removal = message?.Removals.Find(r => r.By == client && r is { IsClear: false, WasHandedOut: false } && r.IsLease == isLease
                && (isLease ? r.Passage!.To!.Slot == world.Settlements.SlotOf(item.Queue, item.ReceiptHandle!) : !r.WasUndone));
            if (message is null)
                world.Fail($"{client.Name} popped {LedgerMessage.Short(item.ReadContent().Text!)}, which nobody pushed.");
            else if (removal is null)
                world.Fail($"{client.Name} popped {message} without having taken it: somebody has it twice.");
            else
                removal.WasHandedOut = true;
            if (isLease)
                world.Settlements.HandedOut(item);
            if (removal?.Passage?.From is { } from && from.Message.Deliveries != item.DeliveryCount)
                world.Fail($"{client.Name} got {message} with {item.DeliveryCount} deliveries in place of {from.Message.Deliveries}.");
            if (item.TtlDeadline <= since.Time && since.Sets == client.Clock.Sets)
                world.Fail($"{client.Name} popped {message}, which had expired.");
            if (message is not null && !message.Rank.Equals(item.Rank!))
                world.Fail($"{client.Name} popped {message} with rank {item.Rank} in place of {message.Rank}.");
            if (last is not null && last.CompareTo(item.Rank!) > 0 && !mayOvertake)
                world.Fail($"{client.Name} popped {message} in the wrong order within its batch.");
            last = item.Rank;
        }
    }

    /// <summary>Before a queue is called empty, what ended sessions held comes back.</summary>
    private void CheckGiven(Client client, int since, TimeSpan time, Ledger queue)
    {
        var held = world.Whereabouts.Journeys.FirstOrDefault(j => j.Stays is [{ IsInFlight: true } stay] && world.LedgerOf(stay.Queue) == queue
            && world.Sessions.WasOver(PassageRules.SessionOf(stay.Key, world.KeysOf(stay.Key.Key)), since, time));
        if (held is not null)
            world.Fail($"{client.Name} was told that the queue is empty, and {held} has not come back from a session that was over.");
    }

    /// <summary>A wait ended.</summary>
    public void Waited(Client client, int since, bool found)
    {
        if (!found && !world.Ledger.WasEmptySince(since))
            world.Fail($"{client.Name} waited in vain, and all the while {world.Ledger.Present.First()} was there.");
    }

    /// <summary>Items that a caller put back, and was told that they are.</summary>
    public void PutBack(Client client, int since, IReadOnlyList<QueueObject> items)
    {
        foreach (var item in items)
        {
            if (world.Ledger.Find(item.ReadContent().Text!) is { } message && (message.StoredBy != client || message.StoredAt < since) && message.ChangedAt < since)
                world.Fail($"{client.Name} put {message} back, and it is not.");
        }
    }

    /// <summary>Somebody looked at the whole queue.</summary>
    public void Looked(Client client, int since, HashSet<string> presentBefore, List<string> seen)
    {
        Rank? last = null;
        foreach (var text in seen)
        {
            var message = world.Ledger.Find(text);
            if (message is null || (!presentBefore.Contains(text) && message.StoredAt < since))
                world.Fail($"{client.Name} saw {LedgerMessage.Short(text)}, which was not there any more when it began to look.");
            // Meanwhile it went to another queue and came back: it was seen at another place.
            if (message is { Earlier: not null } && message.StoredAt >= since)
                continue;
            if (last is not null && message is not null && last.CompareTo(message.Rank) >= 0)
                world.Fail($"{client.Name} saw {message} in the wrong order, or twice.");
            last = message?.Rank;
        }

        var missed = world.Ledger.Present.FirstOrDefault(m => m.ExpiresAt is null && m.ChangedAt < since && !seen.Contains(m.Text));
        if (missed is not null)
            world.Fail($"{client.Name} looked at the whole queue and did not see {missed}, which was there all the while.");
    }

    /// <summary>Somebody looked for a message, and was told that it is not there.</summary>
    public void NotFound(Errand errand, ConsulMqException problem)
    {
        if (problem.Error != ConsulMqError.ItemNotFound)
            world.Fail($"{errand.By.Name} was told: {problem.Message}");
        var missed = errand.Texts.Select(world.LedgerOf(errand.Queue).Find).FirstOrDefault(m => m is { IsPresent: true, ExpiresAt: null }
            && m.ChangedAt < errand.Since && IdOf(m.Text).Equals(problem.Subject));
        if (missed is not null)
            world.Fail($"{errand.By.Name} was told that {missed} is not there, and it was all the while.");
    }

    /// <summary>Somebody looked at a message.</summary>
    public void Seen(Errand errand, QueueObject item)
    {
        var message = world.LedgerOf(errand.Queue).Find(item.ReadContent().Text!);
        if (message is null || (!message.IsPresent && message.ChangedAt < errand.Since))
            world.Fail($"{errand.By.Name} saw {LedgerMessage.Short(item.ReadContent().Text!)}, which was not there any more when it began to look.");
    }

    /// <summary>Somebody was told what became of messages that were to be removed.</summary>
    public void Discarded(Errand errand, DiscardOutcome outcome)
    {
        foreach (var problem in outcome.Problems)
            NotFound(errand, problem);
        foreach (var text in errand.Texts.Where(t => outcome.Removed.Contains(IdOf(t))))
        {
            var removal = world.LedgerOf(errand.Queue).Find(text)?.Removals.Find(r => r.By == errand.By && r is { IsClear: false, WasHandedOut: false, WasUndone: false });
            if (removal is null)
                world.Fail($"{errand.By.Name} was told that {LedgerMessage.Short(text)} is removed by it, and it is not.");
            else
                removal.WasHandedOut = true;
            Discards++;
        }
    }

    /// <summary>How many messages were reported removed.</summary>
    public int Discards { get; private set; }

    private Guid IdOf(string text) => world.Whereabouts.Find(text)?.Passages.FirstOrDefault(static p => p.To is not null)?.To!.Message.Id ?? Guid.Empty;

    /// <summary>At the very end, after the drain: every message has one fate, and nothing is left behind.</summary>
    public void Close()
    {
        foreach (var (text, result) in _pushes)
        {
            var message = world.Ledger.Find(text);
            if (result == PushResult.Done && message is null)
                world.Fail($"The push of {LedgerMessage.Short(text)} returned, and it was never committed.");
            if (result is PushResult.Refused or PushResult.Duplicate && message is not null)
                world.Fail($"The push of {message} failed for certain, and it was committed.");
        }

        world.Settlements.Close();
        foreach (var journey in world.Whereabouts.Journeys.Where(static j => j.Stays.Count > 0))
            world.Fail($"{journey} is still there ({journey.Stays[0]}), and no pop finds it.");
        foreach (var message in world.Ledgers.SelectMany(static l => l.Messages))
        {
            if (message.IsScheduled)
                world.Fail($"{message} is due since {message.Due:O}, and nobody brought it into the queue.");
            else if (message.IsPresent)
                world.Fail($"{message} is still there, and no pop finds it.");
            else if (message.Removals[^1] is { IsClear: false, HadExpired: false, WasHandedOut: false, IsLease: false, IsMove: false } removal
                && !removal.By.MayHaveLostWhatItTook && !world.Errands.MayRemove(removal.By, message))
                world.Fail($"{message} was taken by {removal.By.Name}, and nobody was given it: it is lost.");
        }
    }
}

/// <summary>What a producer was told.</summary>
internal enum PushResult
{
    Done,
    Refused,

    /// <summary>It was pushed before, under the same ID.</summary>
    Duplicate,

    /// <summary>The outcome is unknown, or the producer has stopped waiting for it.</summary>
    Unknown,
}
