namespace ConsulMq;

/// <summary>What can be set for a queue. It holds for all who use it, from the moment in which it is written.</summary>
public sealed record QueueSettings
{
    /// <summary>How often a message may be delivered on a lease, unless the queue says otherwise.</summary>
    public const int DefaultMaxDeliveries = 5;

    /// <summary>The longest body in bytes, unless the queue says otherwise: 64 MiB.</summary>
    public const long DefaultMaxBodyBytes = 64L * 1024 * 1024;

    /// <summary>The most that <see cref="MaxDeliveries"/> can be.</summary>
    internal const int MostDeliveries = 1000;

    /// <summary>The most that <see cref="MaxBodyBytes"/> can be: 1 GiB.</summary>
    internal const long MostBodyBytes = 1024L * 1024 * 1024;

    /// <summary>For how long a deduplication ID is remembered, unless the queue says otherwise.</summary>
    public static readonly TimeSpan DefaultDeduplicationWindow = TimeSpan.FromMinutes(5);

    /// <summary>How long messages live that are pushed without a time to live of their own; null: for ever. A millisecond or more.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>How often a message is delivered on a lease before it becomes a dead letter, 0 to 1,000; 0: without end.</summary>
    public int MaxDeliveries { get; init; } = DefaultMaxDeliveries;

    /// <summary>
    /// How many messages may be ready at most, 1 or more; null: any number. What comes back from a lease is let in beyond it, and so is what was
    /// scheduled and is due.
    /// </summary>
    public long? MaxDepth { get; init; }

    /// <summary>Whether consumers that compete keep the exact order too, at the price of fewer messages a second.</summary>
    public bool StrictOrder { get; init; }

    /// <summary>Whether messages that have expired become dead letters in place of being dropped.</summary>
    public bool DeadLetterExpired { get; init; }

    /// <summary>For how long a deduplication ID is remembered, 1 s to 7 days. A change of it forgets what was seen before.</summary>
    public TimeSpan DeduplicationWindow { get; init; } = DefaultDeduplicationWindow;

    /// <summary>The longest body in bytes, up to 1 GiB.</summary>
    public long MaxBodyBytes { get; init; } = DefaultMaxBodyBytes;

    /// <summary>What of it is out of its range, as a sentence without its stop; null: nothing.</summary>
    internal string? Problem()
    {
        if (TimeToLive < TimeSpan.FromMilliseconds(1))
            return $"The time to live has to be a millisecond or more, not {TimeToLive}";
        if (MaxDeliveries is < 0 or > MostDeliveries)
            return $"The deliveries have to be 0 (without end) to {MostDeliveries:N0}, not {MaxDeliveries}";
        if (MaxDepth < 1)
            return $"The depth has to be 1 or more, or 0 for any number, not {MaxDepth}";
        if (DeduplicationWindow < TimeSpan.FromSeconds(1) || DeduplicationWindow > TimeSpan.FromDays(7))
            return $"The deduplication window has to be 1 second to 7 days, not {DeduplicationWindow}";
        return MaxBodyBytes is < 1 or > MostBodyBytes ? $"The body size has to be 1 byte to {MostBodyBytes:N0} bytes (1 GiB), not {MaxBodyBytes}" : null;
    }
}
