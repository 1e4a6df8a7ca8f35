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

    /// <summary>The client sees a time-out, and it is carried out minutes or an hour after that: whatever it stood on is long over.</summary>
    VeryLate,

    /// <summary>An HTTP library or a proxy sends it again: it is carried out twice, and the client sees the second answer.</summary>
    Resent,

    /// <summary>It is carried out and answered, and a copy of it arrives some time later.</summary>
    Echoed,
}

/// <summary>Decides the fates of requests. Each depends on the request alone: which one of its client it is.</summary>
internal sealed class Network(World world)
{
    private static readonly Fate[] WriteFaults = [Fate.NeverSent, Fate.RequestLost, Fate.ReplyLost, Fate.Late, Fate.Resent, Fate.Echoed];
    private static readonly Fate[] LingeringFaults = [Fate.NeverSent, Fate.RequestLost, Fate.Late, Fate.Late];
    private static readonly Fate[] ReadFaults = [Fate.NeverSent, Fate.RequestLost, Fate.ReplyLost];

    /// <summary>Whether all faults are over.</summary>
    public bool IsCalm { get; set; }

    /// <summary>The faults that there were, by what leaves each of them out of a plan.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>The fate of a client's next request, and the dice for what else is random about it.</summary>
    public (Fate Fate, Dice Dice) FateOf(Client client, bool isWrite)
    {
        var number = ++client.Arrived;
        var dice = new Dice(world.Plan.Seed, client.Name, number);
        if (IsCalm)
            return (Fate.Arrives, dice);
        var isCutOff = client.CutOffUntil > world.Timeline.Elapsed;
        if (dice.NextDouble() >= world.Scenario.Faults && !isCutOff)
            return (Fate.Arrives, dice);
        var faults = !isWrite ? ReadFaults : world.Scenario.Lingering ? LingeringFaults : WriteFaults;
        var fate = faults[dice.Next(isCutOff ? Math.Min(4, faults.Length) : faults.Length)];
        if (fate == Fate.Late && dice.NextDouble() < world.Scenario.VeryLate)
            fate = Fate.VeryLate;
        var name = FormattableString.Invariant($"{client.Name}#{number}");
        if (!isCutOff)
        {
            if (!world.Plan.Has(fate.ToString()) || !world.Plan.Has(name))
                return (Fate.Arrives, dice);
            Faults.Add(name);
        }

        client.Faults++;
        return (fate, dice);
    }

    /// <summary>Carries something out at some later moment: after a few steps, or after a while.</summary>
    public void Later(Fate fate, Dice dice, Action carryOut)
    {
        if (fate == Fate.VeryLate)
            world.Timeline.At(dice.Next(8) == 0 ? TimeSpan.FromMinutes(1 + dice.Next(55)) : TimeSpan.FromSeconds(5 + dice.Next(200)), carryOut);
        else if (world.Scenario.Lingering)
            Linger(dice.Next(12));
        else if (dice.Next(2) == 0)
            world.Timeline.At(TimeSpan.FromMilliseconds(dice.Next(4000)), carryOut);
        else
            Linger(dice.Next(40));

        void Linger(int steps) => world.Ready(() =>
        {
            if (steps == 0)
                carryOut();
            else
                Linger(steps - 1);
        });
    }
}
