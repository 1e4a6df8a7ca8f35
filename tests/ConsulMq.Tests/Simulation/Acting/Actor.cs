namespace ConsulMq.Tests.Simulation.Acting;

/// <summary>Somebody who does something with a client, by chance of his own: what he wants to do does not depend on anybody else.</summary>
internal sealed class Actor(World world, string name, Client client)
{
    /// <summary>What a plan calls him: <c>consume2</c>.</summary>
    public string Name { get; } = name;

    public Client Client { get; } = client;

    public Random Random { get; } = Dice.Of(world.Plan.Seed, "actor " + name);

    /// <summary>How many messages he has made.</summary>
    public int Pushed { get; set; }

    /// <summary>How many operations he has begun.</summary>
    public int Begun { get; set; }

    public bool Chance(double probability) => probability > 0 && Random.NextDouble() < probability;

    /// <summary>How often he goes on, from <paramref name="least"/> up to, not including, <paramref name="end"/> times; a plan may say less.</summary>
    public int Times(int least, int end) => Math.Min(Random.Next(least, end), world.Plan.MostOf(Name));
}
