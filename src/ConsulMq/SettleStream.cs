using ConsulMq.Internal;
using ConsulMq.Queueing;

namespace ConsulMq;

/// <summary>What became of a settlement.</summary>
/// <param name="Tag">What came with it.</param>
/// <param name="IsDeadLetter">Whether the message is a dead letter now.</param>
/// <param name="Error">Why it was not settled.</param>
public readonly record struct SettleOutcome(object? Tag, bool IsDeadLetter, ConsulMqException? Error);

/// <summary>
/// A stream of settlements with group commit: the first one is sent at once, and what arrives while a write is under way goes together with the next
/// one. Each has its own outcome: a lease that was lost does not keep the others from being settled. For one caller at a time.
/// </summary>
public sealed class SettleStream : IDisposable
{
    private readonly GroupCommit<(Settlement Settlement, object? Tag), SettleOutcome> _commits;

    internal SettleStream(QueueContext context) =>
        _commits = new(new SettleGroup(context), new SettleGroup(context), context.Settings.Continuations);

    /// <summary>Takes a settlement in. Completes at once while there is room, else when the write under way is done.</summary>
    /// <param name="settlement">What shall become of which message.</param>
    /// <param name="tag">Anything; comes back with the outcome.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public ValueTask AddAsync(Settlement settlement, object? tag, CancellationToken cancellation) => _commits.AddAsync((settlement, tag), cancellation);

    /// <summary>Takes the next outcome, in the order of the settlements. False: none is there yet.</summary>
    public bool TryTake(out SettleOutcome outcome) => _commits.TryTake(out outcome);

    /// <summary>Waits until every settlement has its outcome.</summary>
    public Task FlushAsync(CancellationToken cancellation) => _commits.FlushAsync(cancellation);

    /// <summary>Ends the stream. What was not sent is not sent any more; what is under way comes to its end.</summary>
    public void Dispose() => _commits.Dispose();
}
