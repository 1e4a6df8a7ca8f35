namespace ConsulMq.Tests.Simulation.Checks;

/// <summary>Kinds of operations, by what they may cost.</summary>
internal enum OperationKind
{
    Push,
    PushStream,
    Insert,
    Pop,
    Pick,
    Wait,
    PutBack,
    Lease,
    Settle,
    Prolong,
    Move,
    Clear,
    Look,
    Discard,
}

/// <summary>What the world was like when an operation began.</summary>
internal readonly record struct Cost(int Requests, int Begun, int Faults, int Writes, int Messages, TimeSpan Elapsed, bool IsAlone);

/// <summary>
/// Bounds the requests of an operation: so many by its kind, and more for what happened meanwhile, each a fixed number. Where a client does several things at
/// once nobody can tell whose requests they are; then, and always, the bound of the worst case holds.
/// </summary>
internal sealed class RequestBounds(World world)
{
    /// <summary>No operation of these schedules needs more, whatever happens; one that does turns in a circle.</summary>
    public const int Most = 600;

    /// <summary>For each fault that the client met: fences and reads until the receipt tells, or the attempts of a call.</summary>
    private const int PerFault = 12;

    /// <summary>For each write of others: a refusal, what is read then, and the next attempt.</summary>
    private const int PerWrite = 4;

    /// <summary>For each second: maintenance in the background, renewals.</summary>
    private const int PerSecond = 3;

    /// <summary>For each message that the operation is about: at most an entry, a page or a transaction of its own.</summary>
    private const int PerMessage = 2;

    public Cost Begin(Client client) => new(
        client.Requests, ++client.Begun, client.Faults, world.Writes - client.Writes, world.Ledger.Present.Count, world.Timeline.Elapsed, client.Busy++ == 0);

    public void End(Client client, Cost cost, OperationKind kind, string what, int messages)
    {
        client.Busy--;
        var requests = client.Requests - cost.Requests;
        // Whoever's clock is set by hours looks at all the due times between, a quarter of an hour each.
        var most = Most * (kind == OperationKind.Settle ? messages : 1) * (client.Clock.Sets > 0 ? 4 : 1);
        if (cost.IsAlone && client.Begun == cost.Begun && client.Clock.Sets == 0)
        {
            most = Math.Min(most, Base(kind) + (PerMessage * (messages + (IsWalk(kind) ? cost.Messages : 0))) + (PerFault * (client.Faults - cost.Faults))
                + (PerWrite * (world.Writes - client.Writes - cost.Writes)) + (int)(PerSecond * Math.Min((world.Timeline.Elapsed - cost.Elapsed).TotalSeconds, 1000)));
        }

        if (requests > most)
            world.Fail($"{client.Name}: {what} took {requests} requests; {most} are the most.");
    }

    /// <summary>With nothing else going on: the operation itself, and what is done in passing, such as moving what is due and giving back what was leased.</summary>
    private static int Base(OperationKind kind) => kind switch
    {
        OperationKind.Prolong => 5,
        OperationKind.Push or OperationKind.PushStream or OperationKind.PutBack or OperationKind.Clear or OperationKind.Look => 24,
        OperationKind.Insert or OperationKind.Settle or OperationKind.Discard => 24,
        OperationKind.Move or OperationKind.Pick => 32,
        OperationKind.Wait => 32,
        _ => 48,
    };

    private static bool IsWalk(OperationKind kind) => kind is OperationKind.Insert or OperationKind.Pick or OperationKind.Look or OperationKind.Discard or OperationKind.Move;
}
