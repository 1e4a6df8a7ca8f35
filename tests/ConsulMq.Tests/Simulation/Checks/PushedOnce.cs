namespace ConsulMq.Tests.Simulation.Checks;

/// <summary>Checks deduplication IDs: of two messages with the same one, which were pushed within a window, one is in the queue.</summary>
internal sealed class PushedOnce(World world)
{
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _pushed = new(StringComparer.Ordinal);

    /// <summary>How many were reported duplicates.</summary>
    public int Duplicates { get; private set; }

    /// <summary>A message is going to be pushed under an ID.</summary>
    public void Note(string text, string id) => _ids[text] = id;

    /// <summary>A message was pushed.</summary>
    public void Committed(Journey journey)
    {
        if (!_ids.TryGetValue(journey.Text, out var id))
            return;
        // What is remembered is when it was pushed first, by its producer, which may be long before it arrives.
        if (world.Scenario.Clocks == 0 && _pushed.TryGetValue(id, out var at) && world.Timeline.UtcNow - at < QueueSettings.DefaultDeduplicationWindow)
            world.Fail($"{journey} was pushed under the ID {id}, which was pushed at {at:O}.");
        _pushed[id] = journey.Stays[^1].Message.CreatedAt;
    }

    /// <summary>A producer was told that its message was pushed before.</summary>
    public void ToldDuplicate(string text)
    {
        Duplicates++;
        if (!_ids.TryGetValue(text, out var id) || !_pushed.ContainsKey(id))
            world.Fail($"A producer was told that {LedgerMessage.Short(text)} is a duplicate, and nothing was ever pushed under its ID.");
    }
}
