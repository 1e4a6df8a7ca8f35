namespace ConsulMq.Tests.Simulation;

/// <summary>What becomes of a request.</summary>
internal enum Fate
{
    Arrives,

    /// <summary>The connection is never made: it certainly did not happen.</summary>
    NeverSent,

    /// <summary>It is lost, and the client sees a broken connection.</summary>
    RequestLost,

    /// <summary>It is carried out, and the client sees a broken connection.</summary>
    ReplyLost,

    /// <summary>The client sees a time-out, and it is carried out some time after that.</summary>
    Late,

    /// <summary>An HTTP library or a proxy sends it again: it is carried out twice, and the client sees the second answer.</summary>
    Resent,

    /// <summary>It is carried out and answered, and a copy of it arrives some time later.</summary>
    Echoed,
}

/// <summary>Decides the fates of requests, cuts clients off, and lets them die.</summary>
internal sealed class Network(World world)
{
    private static readonly Fate[] WriteFaults = [Fate.NeverSent, Fate.RequestLost, Fate.ReplyLost, Fate.Late, Fate.Resent, Fate.Echoed];
    private static readonly Fate[] ReadFaults = [Fate.NeverSent, Fate.RequestLost, Fate.ReplyLost];

    /// <summary>Whether all faults are over.</summary>
    public bool IsCalm { get; set; }

    public Fate FateOf(Client client, bool isWrite)
    {
        if (IsCalm)
            return Fate.Arrives;
        if (client.CutOffUntil > world.Timeline.Elapsed)
            return isWrite ? WriteFaults[world.Random.Next(4)] : ReadFaults[world.Random.Next(3)];
        if (!world.Chance(world.Scenario.Faults))
            return Fate.Arrives;
        return isWrite ? WriteFaults[world.Random.Next(WriteFaults.Length)] : ReadFaults[world.Random.Next(ReadFaults.Length)];
    }

    /// <summary>Carries something out at some later moment: after a few steps, or after a while.</summary>
    public void Later(Action carryOut)
    {
        if (world.Random.Next(2) == 0)
            world.Timeline.At(TimeSpan.FromMilliseconds(world.Random.Next(4000)), carryOut);
        else
            Linger(world.Random.Next(40));

        void Linger(int steps) => world.Ready(() =>
        {
            if (steps == 0)
                carryOut();
            else
                Linger(steps - 1);
        });
    }

    /// <summary>Before a step: somebody may die, or be cut off.</summary>
    public void Disturb()
    {
        if (IsCalm || world.Clients.Count == 0)
            return;
        var client = world.Clients[world.Random.Next(world.Clients.Count)];
        if (client.IsDead)
            return;
        if (world.Chance(world.Scenario.Deaths))
        {
            client.IsDead = true;
            world.Tell(client.Name, "DIES");
        }
        else if (world.Chance(world.Scenario.Outages))
        {
            client.CutOff(world.Timeline.Elapsed + TimeSpan.FromSeconds(world.Random.Next(1, 60)));
            world.Tell(client.Name, $"is cut off until {client.CutOffUntil.TotalSeconds:0.000}s");
        }
    }
}
