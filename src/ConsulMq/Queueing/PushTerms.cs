namespace ConsulMq.Queueing;

/// <summary>On what terms a stream pushes: what it does where the queue is full, and what goes with it.</summary>
/// <param name="Wait">How long it waits for room each time; null: not at all.</param>
/// <param name="Closed">Cancelled when nobody waits for the stream any more.</param>
/// <param name="Companion">What else each transaction writes; null: nothing.</param>
internal sealed record PushTerms(TimeSpan? Wait, CancellationToken Closed, IPushCompanion? Companion = null)
{
    /// <summary>Not to wait.</summary>
    public static PushTerms NoWait { get; } = new(null, CancellationToken.None);
}
