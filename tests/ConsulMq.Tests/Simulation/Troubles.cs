namespace ConsulMq.Tests.Simulation;

/// <summary>
/// What happens to a client besides its requests: it dies, is cut off, or somebody sets its clock. Each at a certain one of its moments, which are the
/// arrivals of its requests and of their answers: so it happens there whatever the others do.
/// </summary>
internal sealed class Troubles
{
    /// <summary>The kinds, by what leaves each of them out of a plan; with a colon and a client's name, for that client.</summary>
    public static readonly string[] Kinds = ["deaths", "outages", "clocks"];

    private readonly World _world;
    private readonly Client _client;
    private readonly List<(int At, string Kind, Action Happen)> _troubles = [];
    private int _moment;

    public Troubles(World world, Client client, bool isReliable)
    {
        _world = world;
        _client = client;
        if (isReliable)
            return;
        var random = Dice.Of(world.Plan.Seed, "troubles " + client.Name);
        var scenario = world.Scenario;
        if (random.NextDouble() < scenario.Deaths)
            Add(random.Next(1, 150), "deaths", Die);
        for (var at = random.Next(1, 300); random.NextDouble() < scenario.Outages; at += random.Next(20, 300))
        {
            var length = TimeSpan.FromSeconds(random.Next(1, 60));
            Add(at, "outages", () => CutOff(length));
        }

        if (scenario.Clocks == 0 || !world.Plan.Has("clocks"))
            return;
        client.Clock.Set(Away(), TimeSpan.Zero);
        for (var at = random.Next(1, 60); random.NextDouble() < scenario.Clocks; at += random.Next(1, 80))
        {
            var (away, forward) = (Away(), TimeSpan.FromSeconds(random.Next(3) == 0 ? random.Next(40) : 0));
            Add(at, "clocks", () => SetClock(away, forward));
        }

        // Never more than a day between two of them: that is what the collecting of receipts allows for.
        TimeSpan Away() => random.Next(3) switch
        {
            0 => TimeSpan.FromMilliseconds(random.Next(-3000, 3000)),
            1 => TimeSpan.FromMinutes(random.Next(-120, 120)),
            _ => TimeSpan.FromHours(random.Next(-20, 20)),
        };
    }

    /// <summary>Lets the client die at one of its moments, from 1 on.</summary>
    public void DieAt(int moment) => Add(moment, "deaths", Die);

    /// <summary>How many moments there were.</summary>
    public int Moments => _moment;

    /// <summary>A moment of the client comes.</summary>
    public void Pass()
    {
        _moment++;
        if (_client.IsDead || _world.Network.IsCalm)
            return;
        foreach (var (at, kind, happen) in _troubles)
        {
            if (at == _moment && _world.Plan.Has(kind) && _world.Plan.Has(kind + ":" + _client.Name))
                happen();
        }
    }

    private void Add(int at, string kind, Action happen) => _troubles.Add((at, kind, happen));

    private void Die()
    {
        _client.IsDead = true;
        _world.Tell(_client.Name, "DIES");
    }

    private void CutOff(TimeSpan length)
    {
        _client.CutOff(_world.Timeline.Elapsed + length);
        _world.Tell(_client.Name, $"is cut off until {_client.CutOffUntil.TotalSeconds:0.000}s");
    }

    private void SetClock(TimeSpan away, TimeSpan forward)
    {
        _client.Clock.Set(away, forward);
        _world.Tell(_client.Name, $"has its clock set: {away} beside the true time, {forward} of its time have passed at once");
    }
}
