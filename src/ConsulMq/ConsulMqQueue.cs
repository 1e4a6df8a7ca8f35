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

    /// <summary>How many messages are in the queue of its dead letters, <c>NAME.dead</c>; 0: none, or this is such a queue itself.</summary>
    public long Dead { get; init; }

    /// <summary>
    /// How many messages came in a second, since the last look at the queue over the same connection; null: this is the first one. Counted is what
    /// still stands in the queue; what came and went in between counts by the pages that it filled, a few hundred messages each, and is missed on a
    /// page that it did not fill. So of a queue that is emptied as fast as it fills this is at least, while the difference of the two rates is that of
    /// the depths, always.
    /// </summary>
    public double? PushRate { get; init; }

    /// <summary>How many messages went out a second: popped, leased, moved, cleared or expired; null: this is the first look. Exact as <see cref="PushRate"/> is.</summary>
    public double? PopRate { get; init; }

    /// <summary>When the oldest message was pushed; null: the queue is empty.</summary>
    public DateTimeOffset? OldestAt { get; init; }

    /// <summary>How long the oldest message has been waiting; null: the queue is empty.</summary>
    public TimeSpan? OldestAge { get; init; }

    /// <summary>When the queue was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How long messages live that are pushed without a time to live of their own; null: for ever.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>How often a message is delivered on a lease before it becomes a dead letter; 0: without end.</summary>
    public int MaxDeliveries { get; init; }

    /// <summary>How many messages may be ready at most; null: any number.</summary>
    public long? MaxDepth { get; init; }

    /// <summary>Whether consumers that compete keep the exact order too.</summary>
    public bool StrictOrder { get; init; }

    /// <summary>Whether messages that have expired become dead letters.</summary>
    public bool DeadLetterExpired { get; init; }

    /// <summary>For how long a deduplication ID is remembered.</summary>
    public TimeSpan DeduplicationWindow { get; init; }

    /// <summary>The longest body in bytes.</summary>
    public long MaxBodySize { get; init; }

    /// <summary>Its name, so that a queue stands for its name wherever text is wanted.</summary>
    public override string ToString() => Name;
}
