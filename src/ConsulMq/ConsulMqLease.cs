namespace ConsulMq;

/// <summary>A lease on a message. As long as it lasts nobody else gets the message, and its end gives the message back.</summary>
public sealed class ConsulMqLease
{
    internal ConsulMqLease(string receiptHandle, TimeSpan? duration, DateTimeOffset? expiresAt)
    {
        ReceiptHandle = receiptHandle;
        Duration = duration;
        ExpiresAt = expiresAt;
    }

    /// <summary>What another process needs, beside the message's ID, to settle it.</summary>
    public string ReceiptHandle { get; }

    /// <summary>For how long it was taken; null: for as long as the process that took it lives.</summary>
    public TimeSpan? Duration { get; }

    /// <summary>Until when it lasts at least, by the clock of the machine that took it, for people; null: as long as that process lives.</summary>
    public DateTimeOffset? ExpiresAt { get; }

    /// <summary>The client that holds it, where somebody else looked: its machine and process. Null: it is one's own, or nobody knows.</summary>
    public string? Holder { get; internal init; }

    /// <summary>Until when it lasts, for people.</summary>
    public override string ToString() => ExpiresAt is { } at ? $"until {at:u}"
        : Holder is not null ? $"held by {Holder}{(Duration is { } time ? $" for {time.TotalSeconds:0} s" : "")}"
        : "while the process lives";
}
