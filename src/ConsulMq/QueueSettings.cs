namespace ConsulMq;

/// <summary>What can be set for a queue. It holds for all who use it, from the moment in which it is written.</summary>
public sealed record QueueSettings
{
    /// <summary>How often a message may be delivered on a lease, unless the queue says otherwise.</summary>
    public const int DefaultMaxDeliveries = 5;

    /// <summary>The longest body in bytes, unless the queue says otherwise: 64 MiB.</summary>
    public const long DefaultMaxBodyBytes = 64L * 1024 * 1024;

    /// <summary>For how long a deduplication ID is remembered, unless the queue says otherwise.</summary>
    public static readonly TimeSpan DefaultDeduplicationWindow = TimeSpan.FromMinutes(5);

    /// <summary>How long messages live that are pushed without a time to live of their own; null: for ever.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>How often a message is delivered on a lease before it becomes a dead letter; 0: without end.</summary>
    public int MaxDeliveries { get; init; } = DefaultMaxDeliveries;

    /// <summary>How many messages may be ready at most; null: any number. What comes back from a lease is let in beyond it.</summary>
    public long? MaxDepth { get; init; }

    /// <summary>Whether consumers that compete keep the exact order too, at the price of fewer messages a second.</summary>
    public bool StrictOrder { get; init; }

    /// <summary>Whether messages that have expired become dead letters in place of being dropped.</summary>
    public bool DeadLetterExpired { get; init; }

    /// <summary>For how long a deduplication ID is remembered.</summary>
    public TimeSpan DeduplicationWindow { get; init; } = DefaultDeduplicationWindow;

    /// <summary>The longest body in bytes.</summary>
    public long MaxBodyBytes { get; init; } = DefaultMaxBodyBytes;
}
