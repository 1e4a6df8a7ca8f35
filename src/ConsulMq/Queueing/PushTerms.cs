namespace ConsulMq.Queueing;

/// <summary>On what terms a stream pushes into a queue that is full.</summary>
/// <param name="Wait">How long it waits for room each time; null: not at all.</param>
/// <param name="Closed">Cancelled when nobody waits for the stream any more.</param>
internal sealed record PushTerms(TimeSpan? Wait, CancellationToken Closed)
{
    /// <summary>Not to wait.</summary>
    public static PushTerms NoWait { get; } = new(null, CancellationToken.None);
}
