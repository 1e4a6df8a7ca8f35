namespace ConsulMq.Tests.Simulation;

/// <summary>What a seed plays: who takes part, and how bad the network is. All of it is drawn from the seed before the first step.</summary>
internal sealed record Scenario
{
    public required int Clients { get; init; }

    public required int Producers { get; init; }

    public required int Consumers { get; init; }

    /// <summary>How much longer than usual a consumer goes on.</summary>
    public required int Stamina { get; init; }

    /// <summary>Whether several messages share an entry wherever they can, so that consumers meet in the middle of entries.</summary>
    public required bool Packed { get; init; }

    public required int Clears { get; init; }

    public required int Looks { get; init; }

    /// <summary>How likely a request meets a fault.</summary>
    public required double Faults { get; init; }

    /// <summary>Whether clients die in the middle.</summary>
    public required double Deaths { get; init; }

    /// <summary>Whether clients are cut off for so long that outcomes stay unknown.</summary>
    public required double Outages { get; init; }

    public required double Cancellations { get; init; }

    public required double PutBacks { get; init; }

    public required double Expiring { get; init; }

    /// <summary>How likely a message is pushed for later.</summary>
    public required double Delayed { get; init; }

    /// <summary>How likely a message is so big that a batch of them needs several entries.</summary>
    public required double Big { get; init; }

    /// <summary>How likely, roughly, a push begins a new page.</summary>
    public required double Rolls { get; init; }

    public static Scenario Draw(Random random)
    {
        var producers = 1 + random.Next(3);
        var consumers = 1 + random.Next(random.Next(2) == 0 ? 1 : 4);
        return new Scenario
        {
            Clients = 1 + random.Next(producers + consumers),
            Producers = producers,
            Consumers = consumers,
            Stamina = OneIn(4) ? 20 : 0,
            Packed = OneIn(3),
            Clears = OneIn(5) ? 1 + random.Next(2) : 0,
            Looks = OneIn(3) ? 1 + random.Next(3) : 0,
            Faults = Pick(0, 0.02, 0.1, 0.3),
            Deaths = OneIn(4) ? 0.01 : 0,
            Outages = OneIn(8) ? 0.003 : 0,
            Cancellations = Pick(0, 0, 0.1, 0.4),
            PutBacks = Pick(0, 0.1, 0.4),
            Expiring = Pick(0, 0, 0.3),
            Delayed = Pick(0, 0, 0.2, 0.6),
            Big = OneIn(16) ? 0.3 : 0,
            Rolls = Pick(0, 0.05, 0.3),
        };

        bool OneIn(int n) => random.Next(n) == 0;
        double Pick(params double[] values) => values[random.Next(values.Length)];
    }
}
