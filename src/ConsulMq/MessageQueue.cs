namespace ConsulMq;

/// <summary>A queue. All members may be used by many threads at once.</summary>
public sealed class MessageQueue
{
    /// <summary>Its name.</summary>
    public string Name => throw new NotImplementedException();

    /// <summary>Pushes one message and returns it once it is durable.</summary>
    public Task<QueueObject> PushAsync(MessageDraft draft, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Opens a stream of pushes: what arrives while a write is under way goes together with the next one.</summary>
    public PushStream OpenPush() => throw new NotImplementedException();

    /// <summary>Opens a consumer: its own view of the head of the queue. To be disposed, so that the next one can use that view.</summary>
    public QueueConsumer OpenConsumer() => throw new NotImplementedException();

    /// <summary>Looks at the messages in order without taking any, from the first one on.</summary>
    public QueueBrowser Browse() => throw new NotImplementedException();

    /// <summary>What there is to know of the queue; null if there is no such queue.</summary>
    public Task<ConsulMqQueue?> SummaryAsync(CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Empties the queue and leaves it: one write. A push under way lands behind it and stays.</summary>
    /// <param name="count">Whether to count, by one more read, what there is to remove.</param>
    /// <param name="cancellation">Stops waiting; what was sent may still happen.</param>
    /// <returns>How many messages there were just before, or -1 if not counted.</returns>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.QueueNotFound"/></exception>
    public Task<long> ClearAsync(bool count, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Removes the queue and all that is in it.</summary>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.QueueNotFound"/></exception>
    public Task RemoveAsync(CancellationToken cancellation) => throw new NotImplementedException();
}

/// <summary>A stream of pushes with group commit. For one caller at a time.</summary>
public sealed class PushStream : IDisposable
{
    /// <summary>
    /// Takes an item in. Completes at once while there is room, else when the write under way is done. A fault of the item itself (too large) comes out
    /// of <see cref="TryTake"/> in its turn, as do all others.
    /// </summary>
    /// <param name="draft">The message.</param>
    /// <param name="tag">Anything; comes back with the outcome.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public ValueTask AddAsync(MessageDraft draft, object? tag, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Takes the next outcome, in the order of the items. False: none is there yet.</summary>
    public bool TryTake(out PushOutcome outcome) => throw new NotImplementedException();

    /// <summary>Waits until every item has its outcome.</summary>
    public Task FlushAsync(CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Ends the stream. What was not sent is not sent any more.</summary>
    public void Dispose() => throw new NotImplementedException();
}

/// <summary>What became of an item of a <see cref="PushStream"/>.</summary>
/// <param name="Tag">What came with the item.</param>
/// <param name="Item">The pushed message, durable; null if it was not pushed.</param>
/// <param name="Error">Why it was not pushed.</param>
public readonly record struct PushOutcome(object? Tag, QueueObject? Item, ConsulMqException? Error);

/// <summary>A consumer with its own view of the head of the queue. For one caller at a time.</summary>
public sealed class QueueConsumer : IDisposable
{
    /// <summary>
    /// Takes up to <paramref name="max"/> messages, the next ones in order, in one write: the batch can be smaller though more are there. An empty
    /// batch without damage: the queue is empty.
    /// </summary>
    public Task<PopBatch> PopAsync(int max, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Waits without polling until a message may be there, or the time is over.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/>: for ever.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>False: the time is over and the queue was empty all the while.</returns>
    public Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Puts messages that this consumer popped, and nobody has seen, back in their places.</summary>
    public Task PutBackAsync(IReadOnlyList<QueueObject> items, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Ends the consumer.</summary>
    public void Dispose() => throw new NotImplementedException();
}

/// <summary>What a pop gave.</summary>
/// <param name="Items">The messages, in order. They are out of the queue.</param>
/// <param name="Damage">Errors on entries that cannot be read; they were passed over and left untouched. Each is told once a consumer.</param>
public sealed record PopBatch(IReadOnlyList<QueueObject> Items, IReadOnlyList<ConsulMqException> Damage);

/// <summary>Looks at a queue's messages in order. For one caller at a time.</summary>
public sealed class QueueBrowser
{
    /// <summary>The next messages, some hundreds at most, with their positions; expired ones are left out. Null: the end.</summary>
    public Task<PopBatch?> NextAsync(CancellationToken cancellation) => throw new NotImplementedException();
}

/// <summary>What there is to know of a queue.</summary>
public sealed record ConsulMqQueue
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>How many messages are ready, expired ones that nobody has met yet included.</summary>
    public required long Depth { get; init; }

    /// <summary>How many bytes their entries hold.</summary>
    public required long Bytes { get; init; }

    /// <summary>When the oldest message was pushed; null: the queue is empty.</summary>
    public DateTimeOffset? OldestAt { get; init; }

    /// <summary>How long the oldest message has been waiting; null: the queue is empty.</summary>
    public TimeSpan? OldestAge { get; init; }

    /// <summary>When the queue was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
