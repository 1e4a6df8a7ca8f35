namespace ConsulMq;

/// <summary>What there is to know of a queue.</summary>
public sealed record ConsulMqQueue
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>How many messages are ready, expired ones that nobody has met yet included.</summary>
    public required long Depth { get; init; }

    /// <summary>How many bytes their entries hold.</summary>
    public required long Bytes { get; init; }

    /// <summary>How many messages were pushed with a delay and are not in the queue yet; those that are due come in with the next consumer.</summary>
    public required long Scheduled { get; init; }

    /// <summary>How many messages are leased and neither completed nor returned.</summary>
    public required long InFlight { get; init; }

    /// <summary>When the oldest message was pushed; null: the queue is empty.</summary>
    public DateTimeOffset? OldestAt { get; init; }

    /// <summary>How long the oldest message has been waiting; null: the queue is empty.</summary>
    public TimeSpan? OldestAge { get; init; }

    /// <summary>When the queue was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
