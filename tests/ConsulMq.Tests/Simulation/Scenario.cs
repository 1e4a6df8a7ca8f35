using ConsulMq.Tests.Simulation.Shrinking;

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

    /// <summary>How likely a client dies in the middle.</summary>
    public required double Deaths { get; init; }

    /// <summary>How likely a client is cut off, once more, for so long that outcomes stay unknown.</summary>
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

    /// <summary>How likely a push goes to the front, or to a position.</summary>
    public double Inserts { get; init; }

    /// <summary>How likely a consumer takes something else than the next ones.</summary>
    public double Picks { get; init; }

    /// <summary>How often somebody removes messages that nobody is to get.</summary>
    public int Discards { get; init; }

    /// <summary>How likely what comes late comes minutes late, or an hour.</summary>
    public double VeryLate { get; init; }

    /// <summary>Whether most requests that meet a fault come a moment late, while their sender finds out what became of them.</summary>
    public bool Lingering { get; init; }

    /// <summary>How likely the clock of a client is set once more; 0: all clocks are right.</summary>
    public double Clocks { get; init; }

    /// <summary>Whether no consumer goes out of another's way.</summary>
    public bool Strict { get; init; }

    /// <summary>How many messages the queue holds at most; 0: without limit.</summary>
    public int MaxDepth { get; init; }

    /// <summary>How likely a message has a deduplication ID.</summary>
    public double PushedOnce { get; init; }

    /// <summary>One in which nothing happens, and nothing goes wrong: to be filled.</summary>
    public static Scenario Calm { get; } = new()
    {
        Clients = 0,
        Producers = 0,
        Consumers = 0,
        Stamina = 0,
        Packed = false,
        Clears = 0,
        Looks = 0,
        Faults = 0,
        Deaths = 0,
        Outages = 0,
        Cancellations = 0,
        PutBacks = 0,
        Expiring = 0,
        Delayed = 0,
        Big = 0,
        Rolls = 0,
    };

    /// <summary>Without what a plan leaves out.</summary>
    public Scenario Within(Plan plan) => this with
    {
        Cancellations = plan.Has("cancellations") ? Cancellations : 0,
        PutBacks = plan.Has("putbacks") ? PutBacks : 0,
        Expiring = plan.Has("expiry") ? Expiring : 0,
        Delayed = plan.Has("delays") ? Delayed : 0,
        Big = plan.Has("big") ? Big : 0,
        Rolls = plan.Has("rolls") ? Rolls : 0,
        Inserts = plan.Has("inserts") ? Inserts : 0,
        Picks = plan.Has("picks") ? Picks : 0,
        Strict = Strict && plan.Has("strict"),
        MaxDepth = plan.Has("depth") ? MaxDepth : 0,
        PushedOnce = plan.Has("once") ? PushedOnce : 0,
        Faults = plan.Has("faults") ? Faults : 0,
    };

    /// <summary>A scenario has fewer clients.</summary>
    public const int MostClients = 8;

    /// <summary>The parts that a plan can leave out, besides actors and faults.</summary>
    public static IReadOnlyList<string> Parts { get; } =
        ["faults", "deaths", "outages", "clocks", "sessions", "leaps", "cancellations", "putbacks", "expiry", "delays", "big", "rolls", "inserts", "picks", "strict", "depth", "once", "sleeps"];

    public static Scenario Draw(Random random)
    {
        var producers = 1 + random.Next(3);
        var consumers = 1 + random.Next(random.Next(2) == 0 ? 1 : 4);
        return new Scenario
        {
            Clients = 1 + random.Next(producers + consumers),
            Producers = producers,
            Consumers = consumers,
            Stamina = random.OneIn(4) ? 20 : 0,
            Packed = random.OneIn(3),
            Clears = random.OneIn(5) ? 1 + random.Next(2) : 0,
            Looks = random.OneIn(3) ? 1 + random.Next(3) : 0,
            Faults = random.Pick(0, 0.02, 0.1, 0.3),
            Deaths = random.OneIn(4) ? 0.6 : 0,
            Outages = random.OneIn(8) ? 0.6 : 0,
            Cancellations = random.Pick(0, 0, 0.1, 0.4),
            PutBacks = random.Pick(0, 0.1, 0.4),
            Expiring = random.Pick(0, 0, 0.3),
            Delayed = random.Pick(0, 0, 0.2, 0.6),
            Big = random.OneIn(16) ? 0.3 : 0,
            Rolls = random.Pick(0, 0.05, 0.3),
            Inserts = random.Pick(0, 0, 0.2, 0.6),
            Picks = random.Pick(0, 0, 0.3),
            Discards = random.OneIn(5) ? 1 + random.Next(2) : 0,
            VeryLate = random.OneIn(6) ? 0.5 : 0,
            Lingering = random.OneIn(10),
            Clocks = random.OneIn(4) ? 0.7 : 0,
            Strict = random.OneIn(5),
            MaxDepth = random.OneIn(10) ? 2 + random.Next(8) : 0,
            PushedOnce = random.OneIn(8) ? 0.4 : 0,
        };
    }
}
