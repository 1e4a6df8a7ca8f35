using System.Globalization;
using ConsulMq.Queueing;
using ConsulMq.Storage;

namespace ConsulMq.Tests.Simulation.Checks;

/// <summary>
/// What a transaction may do to a message: only what its client was asked for, or what everybody may do when a session has ended. What is gone stays gone;
/// what comes back has its old rank, and a delivery more unless nobody has seen it; what has had its last delivery is a dead letter.
/// </summary>
internal sealed class PassageRules(World world)
{
    /// <summary>The session of a lease.</summary>
    public static string SessionOf(EntryKey lease, QueueKeys keys) => ReceiptHandle.SessionOf(keys, lease);

    /// <summary>Finds out why a message went from one place to another. What is against the rules fails the run.</summary>
    public Why Judge(Client by, Journey journey, Stay? from, Stay? to, bool clears)
    {
        if (from is not null && to is not null && from.Message.Id != to.Message.Id)
            return Fail($"{journey} has another ID than before.");
        return (from, to) switch
        {
            (null, null) => Why.None,
            (null, _) => Arrive(by, journey, to),
            ({ IsInFlight: true }, _) => EndLease(by, journey, from, to),
            ({ IsReady: false }, null) => clears ? Why.Cleared : world.Errands.MayRemove(by, from.Queue, journey.Text) ? Why.Discarded : Fail($"{by.Name} removed {journey}, which is scheduled."),
            ({ IsReady: false }, { Key.Place: EntryPlace.Scheduled }) => StayBehind(journey, from, to),
            ({ IsReady: false }, _) => ComeDue(journey, from, to),
            (_, null) => Leave(by, from, clears),
            (_, { IsInFlight: true }) => Lease(by, journey, from, to),
            ({ IsReady: true }, { IsReady: true }) => Move(by, journey, from, to),
            _ => Fail($"{by.Name} scheduled {journey}, which was {from}."),
        };
    }

    private Why Arrive(Client by, Journey journey, Stay to)
    {
        if (journey.Last is not { } last)
            return to.Message.Deliveries == 0 && !to.IsInFlight && (to.Key.Place != EntryPlace.Front || world.Inserts.WasAskedFor(journey.Text)) ? Why.Pushed : Fail($"{journey} was never pushed, and is {to} with {to.Message.Deliveries} deliveries.");
        // A plain pop has its message only as long as nobody sees it: what was taken for nothing goes back.
        if (last.Why is not (Why.Popped or Why.Expired) || last.By != by || to.Key.Place != EntryPlace.Front)
            return Fail($"{by.Name} brought back {journey} ({to}), which was gone: {last.Why} by {last.By.Name}.");
        return IsSame(last.From!, to, 0) ? Why.PutBack : Fail($"{journey} was put back at {to.Rank} with {to.Message.Deliveries} deliveries, not as it had been.");
    }

    /// <summary>What has expired is so by the clock of the one who removes it.</summary>
    private Why Leave(Client by, Stay from, bool clears) => clears ? Why.Cleared
        : from.Message.IsExpired(by.Clock.Latest) && (!MakesDeadLetters(from.Queue) || world.Errands.MayClearExpired(by, from.Queue)) ? Why.Expired
        : Why.Popped;

    /// <summary>Others of the same moment were removed.</summary>
    private Why StayBehind(Journey journey, Stay from, Stay to) =>
        from.Queue == to.Queue && from.Key != to.Key && Equals(from.Rank, to.Rank) && to.Message.Deliveries == from.Message.Deliveries ? Why.Due
        : Fail($"{journey} is not scheduled any more as it was.");

    private Why ComeDue(Journey journey, Stay from, Stay to)
    {
        var isSame = from.Rank is null
            ? to.Key.Place == EntryPlace.Log && to.Message.Deliveries == 0 && to.Message.ExpiresAt == from.Message.ExpiresAt
            : to.Key.Place == EntryPlace.Front && IsSame(from, to, 0);
        return isSame && from.Queue == to.Queue ? Why.Due : Fail($"{journey} is not in the queue as it was scheduled.");
    }

    private Why Lease(Client by, Journey journey, Stay from, Stay to)
    {
        var session = SessionOf(to.Key, world.KeysOf(to.Key.Key));
        if (!world.Sessions.IsAlive(session))
            return Fail($"{by.Name} leased {journey} under session {session}, which has ended.");
        return from.Queue == to.Queue && IsSame(from, to, 0) ? Why.Leased : Fail($"{journey} is not in flight as it was in the queue.");
    }

    private Why Move(Client by, Journey journey, Stay from, Stay to)
    {
        if (from.Queue == to.Queue)
            return IsSame(from, to, 0) ? Why.PutBack : Fail($"{journey} changed its place in {from.Queue}.");
        if (to.Key.Place != EntryPlace.Log || to.Message.Deliveries != 0)
            return Fail($"{journey} does not begin a new life in {to.Queue}.");
        if (world.Moves.Asked(by, from.Queue, to.Queue))
            return Why.Moved;
        if (to.Queue != DeadLetters.QueueOf(from.Queue) || !MakesDeadLetters(from.Queue) || !from.Message.IsExpired(by.Clock.Latest))
            return Fail($"{by.Name} moved {journey} from {from.Queue} to {to.Queue}, and nobody had asked for that.");
        CheckHeaders(journey, from, to, from.Message.Deliveries);
        return Why.ExpiredToDead;
    }

    private Why EndLease(Client by, Journey journey, Stay from, Stay? to)
    {
        var isAlive = world.Sessions.IsAlive(SessionOf(from.Key, world.KeysOf(from.Key.Key)));
        var asked = world.Settlements.Of(from.Slot).Where(c => c.By == by).ToList();
        if (to is null)
        {
            return isAlive && asked.Exists(static c => c is { Kind: SettlementKind.Complete, Destination: null }) ? Why.Completed
                : Fail($"{by.Name} completed {journey}; its session lives: {isAlive}, it was asked to: {asked.Count > 0}.");
        }

        if (to.IsInFlight)
            return Fail($"{journey} went from one lease to another.");
        var raised = from.Message.Deliveries + 1;
        var most = DeadLetters.IsDeadLetterQueue(from.Queue) ? 0 : world.SettingsOf(from.Queue).MaxDeliveries;
        var isLast = most > 0 && raised >= most;
        return to.Key.Place is EntryPlace.Front or EntryPlace.Scheduled
            ? ComeBack(by, journey, from, to, isAlive, asked, isLast)
            : GoElsewhere(by, journey, from, to, isAlive, asked, isLast);
    }

    private Why ComeBack(Client by, Journey journey, Stay from, Stay to, bool isAlive, List<SettleCall> asked, bool isLast)
    {
        var deliveries = to.Message.Deliveries - from.Message.Deliveries;
        if (from.Queue != to.Queue || deliveries is not (0 or 1) || !IsSame(from, to, deliveries))
            return Fail($"{journey} came back at {to.Rank} with {to.Message.Deliveries} deliveries; it had {from.Rank} and {from.Message.Deliveries}.");
        if (deliveries == 1 && isLast)
            return Fail($"{journey} came back after its last delivery.");
        var isLater = to.Key.Place == EntryPlace.Scheduled;
        if (!isAlive)
            return deliveries == 1 && !isLater ? Why.Reaped : Fail($"{journey} came back from an ended session as if nobody had seen it.");
        // Whoever took it and was given up meanwhile puts it back by himself.
        var isUnseen = deliveries == 0 && !isLater && from.By == by && !world.Settlements.WasHandedOut(from.Slot);
        return isUnseen || asked.Exists(c => c.Kind == SettlementKind.Return && c.Counts == (deliveries == 1) && c.IsLater == isLater) ? Why.Returned
            : Fail($"{by.Name} brought {journey} back, whose session lives, and nobody had asked for that.");
    }

    private Why GoElsewhere(Client by, Journey journey, Stay from, Stay to, bool isAlive, List<SettleCall> asked, bool isLast)
    {
        if (to.Key.Place != EntryPlace.Log || to.Message.Deliveries != 0)
            return Fail($"{journey} does not begin a new life in {to.Queue}.");
        if (isAlive && asked.Exists(c => c.Kind == SettlementKind.Complete && c.Destination == to.Queue))
            return Why.Moved;
        if (to.Queue != DeadLetters.QueueOf(from.Queue))
            return Fail($"{by.Name} moved {journey} from a lease of {from.Queue} to {to.Queue}, and nobody had asked for that.");
        CheckHeaders(journey, from, to, from.Message.Deliveries + 1);
        if (!isAlive)
            return isLast ? Why.Reaped : Fail($"{journey} became a dead letter because its session ended, after {from.Message.Deliveries + 1} deliveries.");
        return asked.Exists(c => c.Kind == SettlementKind.Deny || (isLast && c is { Kind: SettlementKind.Return, Counts: true })) ? Why.Denied
            : Fail($"{by.Name} made a dead letter of {journey}, whose session lives, and nobody had asked for that.");
    }

    private void CheckHeaders(Journey journey, Stay from, Stay to, int deliveries)
    {
        var headers = to.Message.Headers;
        if (headers.GetValueOrDefault(DeadLetters.DeliveriesHeader) != deliveries.ToString(CultureInfo.InvariantCulture)
            || headers.GetValueOrDefault(DeadLetters.QueueHeader) != from.Queue || to.Message.ExpiresAt is not null)
        {
            Fail($"The headers of {journey} do not tell its past: {string.Join(", ", headers)}; it had {deliveries} deliveries in {from.Queue}.");
        }
    }

    private bool MakesDeadLetters(string queue) => world.SettingsOf(queue).DeadLetterExpired && !DeadLetters.IsDeadLetterQueue(queue);

    private static bool IsSame(Stay from, Stay to, int deliveries) =>
        Equals(from.Rank, to.Rank) && to.Message.Deliveries == from.Message.Deliveries + deliveries && to.Message.ExpiresAt == from.Message.ExpiresAt;

    private Why Fail(string what)
    {
        world.Fail(what);
        return Why.None;
    }
}
