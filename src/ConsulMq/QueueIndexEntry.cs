namespace ConsulMq;

/// <summary>A line of a queue's index: a message's place and size, without its body.</summary>
public sealed record QueueIndexEntry
{
    /// <summary>Its place, 0 being the next to be popped.</summary>
    public required long Position { get; init; }

    /// <summary>The message's ID.</summary>
    public required Guid Id { get; init; }

    /// <summary>The queue's name.</summary>
    public required string Queue { get; init; }

    /// <summary>When it was pushed, in UTC, by its producer's clock.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on it is never returned; null: it does not expire.</summary>
    public DateTimeOffset? TtlDeadline { get; init; }

    /// <summary>The body's size in bytes.</summary>
    public required int Size { get; init; }

    /// <summary>What the body is.</summary>
    public required string ContentType { get; init; }

    /// <summary>Words to find it by.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>How often it was handed out on a lease and came back.</summary>
    public int DeliveryCount { get; init; }

    /// <summary>The entry of a message that was looked at, without holding on to its body.</summary>
    public static QueueIndexEntry Of(QueueObject item) => new()
    {
        Position = item.Position ?? throw new ArgumentException("The message was not looked at in its place.", nameof(item)),
        Id = item.Id,
        Queue = item.Queue,
        CreatedAt = item.CreatedAt,
        TtlDeadline = item.TtlDeadline,
        Size = item.Size,
        ContentType = item.ContentType,
        Tags = item.Tags,
        DeliveryCount = item.DeliveryCount,
    };

    /// <summary>Queue and ID.</summary>
    public override string ToString() => $"{Queue}/{Id}";
}
