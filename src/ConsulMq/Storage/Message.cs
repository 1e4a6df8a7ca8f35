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

    /// <summary>The body; of a big one, empty bytes unless <see cref="HasBody"/>.</summary>
    public required MessageBody Body { get; init; }

    /// <summary>Where a big body lies; null: it stands in the line.</summary>
    public BodyReference? Blob { get; init; }

    /// <summary>Whether <see cref="Body"/> is the body, or it has still to be read from where it lies.</summary>
    public bool HasBody { get; init; } = true;

    /// <summary>What stands for a body that was not read.</summary>
    public static MessageBody NotRead { get; } = MessageBody.FromBytes(default);

    public static IReadOnlyDictionary<string, string> NoHeaders { get; } = new Dictionary<string, string>();

    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;

    /// <summary>The same message at a place of its own.</summary>
    public Message At(Rank rank) => this with { Rank = rank };
}
