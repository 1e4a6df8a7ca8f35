namespace ConsulMq;

/// <summary>A message to push.</summary>
public sealed record MessageDraft
{
    /// <summary>What it carries.</summary>
    public MessageBody Body { get; init; } = Storage.Message.NotRead;

    /// <summary>
    /// Opens what it carries, from its beginning on, where that is to be read as it goes and never to be in memory as a whole; null: it carries
    /// <see cref="Body"/>, which is not looked at else. Called more than once if the body has to be sent again. The streams are disposed of.
    /// </summary>
    public Func<Stream>? OpenBody { get; init; }

    /// <summary>What the body is, for its reader; null: told by the body's kind.</summary>
    public string? ContentType { get; init; }

    /// <summary>How long it may be returned, from now; null: for ever.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>
    /// From when on it may be popped; null or past: at once. Until then it is not in the queue, and then it goes to its end. Each client goes by its own
    /// clock: a consumer whose clock is ahead gets it that much earlier.
    /// </summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>
    /// The ID under which it is pushed once: of several pushes with it, within the queue's <see cref="QueueSettings.DeduplicationWindow"/>, the first one
    /// counts. Null: each push counts.
    /// </summary>
    public string? DeduplicationId { get; init; }

    /// <summary>Words to find it by.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Short strings by name.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = Storage.Message.NoHeaders;

    /// <summary>The object that the body was made of, if the pushed item's <see cref="QueueObject.Body"/> shall give that.</summary>
    public object? Source { get; init; }
}
