namespace ConsulMq.Tests.Simulation;

/// <summary>A process with a connection of its own. When it dies, nothing of it ever goes on; what it sent may still arrive.</summary>
internal sealed class Client
{
    /// <param name="world">The world.</param>
    /// <param name="name">Its name.</param>
    /// <param name="isReliable">Whether nothing ever happens to it, and it does all the chores.</param>
    public Client(World world, string name, bool isReliable = false)
    {
        Name = name;
        Clock = new ClientClock(world.Timeline, this);
        Troubles = new Troubles(world, this, isReliable);
        Connection = new ConsulMqConnection(new SimulatedConsul(world, this), new ConnectionSettings
        {
            ClientName = name,
            Clock = Clock,
            Random = new SimulatedRandom(Dice.Of(world.Plan.Seed, "client " + name), world.Scenario.Rolls),
            Continuations = TaskCreationOptions.None,
            FirstChores = isReliable ? 1 : 0.5,
        });
        Queue = Connection.Queue(World.QueueName);
    }

    public string Name { get; }

    public ClientClock Clock { get; }

    public Troubles Troubles { get; }

    public ConsulMqConnection Connection { get; }

    public MessageQueue Queue { get; }

    public bool IsDead { get; set; }

    /// <summary>Whether it ended when it had nothing to do any more, and did not die in the middle.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Until when nothing gets through.</summary>
    public TimeSpan CutOffUntil { get; set; }

    /// <summary>The step in which it last read a receipt.</summary>
    public int HasReadReceiptAt { get; set; }

    /// <summary>How many requests it made, but for those that had no chance because it was cut off.</summary>
    public int Requests { get; set; }

    /// <summary>How many of its writes were carried out, refused ones too.</summary>
    public int Writes { get; set; }

    /// <summary>How many requests have come to their fates.</summary>
    public int Arrived { get; set; }

    /// <summary>How many of them met a fault.</summary>
    public int Faults { get; set; }

    /// <summary>How many operations it has under way, and how many it ever began.</summary>
    public int Busy { get; set; }

    public int Begun { get; set; }

    /// <summary>Whether it has ever lost an entry to another consumer: from then on its consumers may spread, and take out of order.</summary>
    public bool HasLostRaces { get; set; }

    /// <summary>Whether it was told that the outcome of a pop is unknown: what that pop took may be gone for good.</summary>
    public bool HasUnknownPops { get; set; }

    /// <summary>Whether it was ever cut off, and whether it has ever cancelled a pop: what a cancelled pop took and cannot put back is gone with it.</summary>
    public bool WasCutOff { get; set; }

    public bool HasCancelledPops { get; set; }

    /// <summary>Lets nothing get through until then.</summary>
    public void CutOff(TimeSpan until)
    {
        CutOffUntil = until;
        WasCutOff = true;
    }

    /// <summary>Ends the process; nobody renews its sessions any more.</summary>
    public void End()
    {
        HasEnded = !IsDead;
        IsDead = true;
    }

    public bool MayHaveLostWhatItTook => (IsDead && !HasEnded) || HasUnknownPops || (WasCutOff && HasCancelledPops);
}
