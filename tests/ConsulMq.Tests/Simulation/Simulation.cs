namespace ConsulMq.Tests.Simulation;

/// <summary>
/// A deterministic simulation: the queueing code as it is, on the model of Consul, through a network that loses, delays and repeats; one thread, one
/// source of chance. The same seed is the same schedule, step by step.
/// </summary>
internal static class Simulation
{
    /// <summary>Plays the schedule of a seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="mistake">A mistake to make on purpose.</param>
    /// <param name="tell">Whether to tell the story. It changes nothing else.</param>
    public static SimulationReport Run(int seed, Mistake mistake = Mistake.None, bool tell = false)
    {
        // A test framework's context would send whatever goes on after an await to another thread.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return Play(new World(seed, mistake, tell), seed);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private static SimulationReport Play(World world, int seed)
    {
        var auditor = new Auditor(world);
        var actors = new Actors(world, auditor);
        var scenario = world.Scenario;
        world.Tell("seed", $"{seed}: {scenario}");
        for (var i = 0; i < scenario.Clients; i++)
            world.Clients.Add(new Client(world, $"c{i}"));
        Start(scenario.Producers, c => scenario.Packed || world.Random.Next(2) == 0 ? actors.ProduceInStreams(c) : actors.ProduceSingly(c));
        Start(scenario.Consumers, actors.Consume);
        Start(scenario.Clears, actors.Clear);
        Start(scenario.Looks, actors.Look);
        var leases = new LeaseActors(world, auditor, actors);
        if (world.Leases is { } roles)
        {
            Start(roles.Consumers, leases.Consume);
            Start(roles.Settlers, leases.SettleForOthers);
            Start(roles.Destroyers, leases.DestroySessions);
            Start(roles.Moves, new MoveActors(world, actors).Move);
        }

        world.Run();
        if (world.Violation is null)
            world.Settlements.Rest();

        if (world.Violation is null)
        {
            // By now all faults are over, and all that was late has arrived.
            var last = new Client(world, "drain");
            foreach (var client in world.Clients)
                client.End();
            world.Start(last, () => world.Leases is null ? actors.Drain(last) : leases.Drain(last));
            world.Run();
        }

        if (world.Violation is null)
            auditor.Close();
        return new SimulationReport(seed, world.Violation, world.Step, world.Ledger.Messages.Count(), auditor.Popped, world.Server.RaftWrites, world.Story.Lines)
        {
            Settled = world.Settlements.Done,
            Lost = world.Settlements.Lost,
            Moved = world.Moves.Moved,
            Reaped = world.Whereabouts.Ends.Count(static e => e.Value.Why == Why.Reaped),
        };

        void Start(int count, Func<Client, Task> act)
        {
            for (; count > 0; count--)
            {
                var client = world.Clients[world.Random.Next(world.Clients.Count)];
                world.Start(client, () => act(client));
            }
        }
    }
}

/// <summary>How a schedule went.</summary>
/// <param name="Seed">Plays it again.</param>
/// <param name="Violation">What went wrong; null: nothing.</param>
/// <param name="Steps">How many steps it had.</param>
/// <param name="Messages">How many messages were committed.</param>
/// <param name="Popped">How many were handed out, put back ones again.</param>
/// <param name="Writes">How many entries Raft's log would have.</param>
/// <param name="Story">What happened, if it was told.</param>
internal sealed record SimulationReport(int Seed, string? Violation, int Steps, int Messages, int Popped, long Writes, IReadOnlyList<string> Story)
{
    /// <summary>How many settlements were reported done.</summary>
    public int Settled { get; init; }

    /// <summary>How many were reported lost.</summary>
    public int Lost { get; init; }

    /// <summary>How many messages came back from sessions that had ended.</summary>
    public int Reaped { get; init; }

    /// <summary>How many were reported moved to another queue.</summary>
    public int Moved { get; init; }

    public override string ToString() => $"Seed {Seed}, step {Steps}: {Violation ?? "all is well"}";
}
