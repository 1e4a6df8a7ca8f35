namespace ConsulMq.Tests.Simulation;

/// <summary>What a seed plays beside <see cref="Scenario"/> where there are leases and moves.</summary>
internal sealed record LeaseScenario
{
    /// <summary>Consumers that lease.</summary>
    public required int Consumers { get; init; }

    /// <summary>Clients that settle what others have leased, by ID and receipt handle.</summary>
    public required int Settlers { get; init; }

    /// <summary>How often somebody moves messages from one queue to another.</summary>
    public required int Moves { get; init; }

    /// <summary>How often somebody destroys a session by hand.</summary>
    public required int Destroyers { get; init; }

    /// <summary>How likely a lease is one of a duration.</summary>
    public required double Durations { get; init; }

    /// <summary>How likely a consumer sleeps, cut off from Consul, for so long that its session may end.</summary>
    public required double Sleeps { get; init; }

    public required int MaxDeliveries { get; init; }

    public required bool DeadLetterExpired { get; init; }

    /// <summary>Settings, and nobody who acts.</summary>
    public static LeaseScenario Calm { get; } = new()
    {
        Consumers = 0,
        Settlers = 0,
        Moves = 0,
        Destroyers = 0,
        Durations = 0,
        Sleeps = 0,
        MaxDeliveries = 3,
        DeadLetterExpired = false,
    };

    /// <summary>Null: there are none, in half of the schedules.</summary>
    public static LeaseScenario? Draw(int seed)
    {
        // Chance of its own: schedules without leases do not change with what is drawn here.
        var random = new Random(unchecked((seed * 7919) + 13));
        if (random.Next(2) == 0)
            return null;
        return new LeaseScenario
        {
            Consumers = 1 + random.Next(3),
            Settlers = random.Next(2),
            Moves = random.OneIn(2) ? 1 + random.Next(2) : 0,
            Destroyers = random.OneIn(4) ? 1 + random.Next(2) : 0,
            Durations = random.Pick(0, 0.3, 0.7),
            Sleeps = random.Pick(0, 0.1, 0.4),
            MaxDeliveries = (int)random.Pick(QueueSettings.DefaultMaxDeliveries, 1, 2, 3, 0),
            DeadLetterExpired = random.OneIn(3),
        };
    }
}
