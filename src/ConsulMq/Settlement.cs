namespace ConsulMq;

/// <summary>How a leased message is settled.</summary>
public enum SettlementKind
{
    /// <summary>It is done, and gone.</summary>
    Complete,

    /// <summary>It goes back to its place, at once or later; past the queue's deliveries it becomes a dead letter.</summary>
    Return,

    /// <summary>It becomes a dead letter.</summary>
    Deny,
}

/// <summary>What shall become of a leased message.</summary>
public sealed record Settlement
{
    /// <summary>How it is settled.</summary>
    public required SettlementKind Kind { get; init; }

    /// <summary>The message's ID.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its receipt handle.</summary>
    public required string ReceiptHandle { get; init; }

    /// <summary>Returned: how long it stays away before it is back in its place. Default: not at all.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Returned: whether that counts as a delivery. Not for what nobody has looked at.</summary>
    public bool Counts { get; init; } = true;

    /// <summary>Denied, or returned for the last time: why, for people; goes into the dead letter's headers. Cut at 4,096 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>Completed: the queue to which the message goes in the same transaction; null: none, it is done.</summary>
    internal Queueing.QueueContext? Destination { get; init; }

    /// <summary>A leased message of this process, or one that came from another.</summary>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.NotLeased"/></exception>
    public static Settlement Of(SettlementKind kind, QueueObject item) => new()
    {
        Kind = kind,
        Id = item.Id,
        ReceiptHandle = item.ReceiptHandle ?? throw new ConsulMqException(ConsulMqError.NotLeased,
            $"Message {item.Id} is not leased: it was popped, pushed or looked at without a lease, and there is nothing to settle.", item)
        {
            RecommendedAction = "Take messages with Pop-ConsulMqItem -Lease.",
        },
    };
}
