namespace ConsulMq;

/// <summary>What became of a message that was to be moved.</summary>
/// <param name="Id">The message's ID.</param>
/// <param name="Item">The message as it is in the other queue; null if it was not moved.</param>
/// <param name="Error">Why it was not moved.</param>
public readonly record struct MoveOutcome(Guid Id, QueueObject? Item, ConsulMqException? Error);

/// <summary>
/// Moves messages to another queue, each transaction taking them from one and pushing them to the other: never in both, never in neither. A message
/// begins a new life there: at the end, with no deliveries; its ID, body, tags, headers and time to live go with it. For one caller at a time.
/// </summary>
public sealed class QueueMover : IDisposable
{
    /// <summary>
    /// Moves up to <paramref name="max"/> messages, the next ones in order. An empty batch: of those that were there when it began, none is left; what
    /// comes meanwhile stays, so that a queue whose messages come back at once does not go round for ever.
    /// </summary>
    /// <param name="max">At most so many; 1 or more.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<PopBatch> NextAsync(int max, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>Moves these messages: leased ones, or ones that somebody looked at and nobody has taken since.</summary>
    /// <param name="items">The messages, of this queue.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<IReadOnlyList<MoveOutcome>> MoveAsync(IReadOnlyList<QueueObject> items, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>Moves the messages with these IDs. One that is not there, or in flight, is <see cref="ConsulMqError.ItemNotFound"/>.</summary>
    /// <param name="ids">The IDs.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<IReadOnlyList<MoveOutcome>> MoveAsync(IReadOnlyList<Guid> ids, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
    }
}
