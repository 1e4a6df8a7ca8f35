namespace ConsulMq.Tests.Simulation.Checks;

/// <summary>Which moves clients were asked for, and whether what they were told of them is true.</summary>
internal sealed class MoveAuditor(World world)
{
    private readonly HashSet<(Client, string, string)> _ways = [];
    private readonly HashSet<(Client, string)> _named = [];

    /// <summary>How many messages were reported moved.</summary>
    public int Moved { get; private set; }

    /// <summary>A client is asked to move from one queue to another.</summary>
    public void Ask(Client client, string from, string to) => _ways.Add((client, from, to));

    /// <summary>A client is asked to move a message by its ID, wherever it stands.</summary>
    public void AskByName(Client client, string text) => _named.Add((client, text));

    public bool Asked(Client client, string from, string to) => _ways.Contains((client, from, to));

    /// <summary>Whether a client may take a message that is not the first one.</summary>
    public bool MayPickOut(Client client, string text) => _named.Contains((client, text));

    /// <summary>A caller was told that a message is in the other queue.</summary>
    public void Told(Client client, int since, string from, QueueObject item)
    {
        Moved++;
        var passage = world.Whereabouts.Find(item.ReadContent().Text!)?.Passages.FindLast(p =>
            p.By == client && p.Step >= since && p is { Why: Why.Moved, IsClaimed: false } && p.From!.Queue == from && p.To!.Queue == item.Queue);
        if (passage is null)
            world.Fail($"{client.Name} was told that {LedgerMessage.Short(item.ReadContent().Text!)} was moved from {from} to {item.Queue}, and it was not.");
        else
            passage.IsClaimed = true;
        if (item.DeliveryCount != 0)
            world.Fail($"{LedgerMessage.Short(item.ReadContent().Text!)} begins its new life with {item.DeliveryCount} deliveries.");
    }

    /// <summary>A caller was told that a message is not there to be moved.</summary>
    public void NotFound(Client client, int since, string from, string text)
    {
        if (world.LedgerOf(from).Find(text) is { IsPresent: true, ExpiresAt: null } message && message.ChangedAt < since)
            world.Fail($"{client.Name} was told that {message} is not in {from}, and it was all the while.");
    }

    /// <summary>A caller was told that nothing is left of what was there when the move began.</summary>
    public void Over(Client client, int since, string from)
    {
        var left = world.LedgerOf(from).Present.FirstOrDefault(m => m.ExpiresAt is null && m.ChangedAt < since);
        if (left is not null)
            world.Fail($"{client.Name} was told that all of {from} is moved, and {left} was there all the while.");
    }
}
