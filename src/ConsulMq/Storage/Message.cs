namespace ConsulMq.Storage;

/// <summary>A message as it is stored. Immutable.</summary>
internal sealed record Message
{
    public required Guid Id { get; init; }

    /// <summary>When it was pushed, by the producer's clock. Informs people; nothing is ordered by it.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on it is never returned; null: never expires.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What the producer said the body is; null: what <see cref="Body"/> says by itself.</summary>
    public string? ContentType { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyDictionary<string, string> Headers { get; init; } = NoHeaders;

    /// <summary>How often it was leased and came back.</summary>
    public int Deliveries { get; init; }

    /// <summary>Its place, where that does not follow from where it is stored: in the front set and in flight.</summary>
    public Rank? Rank { get; init; }

    public required MessageBody Body { get; init; }

    public static IReadOnlyDictionary<string, string> NoHeaders { get; } = new Dictionary<string, string>();

    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;

    /// <summary>The same message at a place of its own.</summary>
    public Message At(Rank rank) => this with { Rank = rank };
}
