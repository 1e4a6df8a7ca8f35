using ConsulMq.Internal;
using ConsulMq.Queueing;
using ConsulMq.Storage;

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
    private readonly QueueContext _source;
    private readonly QueueContext _destination;
    private readonly QueueConsumer _consumer;
    private Rank? _limit;

    internal QueueMover(QueueContext source, QueueContext destination, QueueConsumer consumer)
    {
        _source = source;
        _destination = destination;
        _consumer = consumer;
        if (source == destination)
        {
            throw new ConsulMqException(ConsulMqError.InvalidDestination,
                $"Messages of queue '{source.Keys.Queue}' cannot be moved to that queue itself.", source.Keys.Queue)
            {
                RecommendedAction = "Name another -Destination.",
            };
        }
    }

    /// <summary>
    /// Moves up to <paramref name="max"/> messages, the next ones in order. An empty batch: of those that were there when it began, none is left; what
    /// comes meanwhile stays, so that a queue whose messages come back at once does not go round for ever.
    /// </summary>
    /// <param name="max">At most so many; 1 or more.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<PopBatch> NextAsync(int max, CancellationToken cancellation)
    {
        MoveHandover? last = null;
        var batch = await _consumer.MoveAsync(max, () => last = new MoveHandover(_source, _destination, Mover.Renew, _limit), cancellation).ConfigureAwait(false);
        // What is committed behind the first move was not there when it began.
        if (batch.Items.Count > 0)
            _limit ??= new Rank((long)last!.CommittedAt + 1);
        return batch;
    }

    /// <summary>
    /// Moves these messages: leased ones first, then those that somebody looked at and nobody has taken since. One outcome each, in that order.
    /// </summary>
    /// <param name="items">The messages, of this queue.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<IReadOnlyList<MoveOutcome>> MoveAsync(IReadOnlyList<QueueObject> items, CancellationToken cancellation)
    {
        var mover = new Mover(_source, _destination);
        var leased = items.Where(static item => item.Lease is not null).ToList();
        var outcomes = new List<MoveOutcome>(items.Count);
        if (leased.Count > 0)
            outcomes.AddRange(await Errors.Translate(mover.MoveLeasedAsync(leased)).WithCancellation(cancellation).ConfigureAwait(false));
        if (leased.Count < items.Count)
        {
            var ready = items.Where(static item => item.Lease is null).ToList();
            outcomes.AddRange(await MoveAsync(
                [.. ready.Select(static item => item.Id)], [.. ready.Select(static item => item.SeenIn).OfType<EntryKey>()], cancellation).ConfigureAwait(false));
        }

        return outcomes;
    }

    /// <summary>Moves the messages with these IDs. One that is not ready is <see cref="ConsulMqError.ItemNotFound"/>.</summary>
    /// <param name="ids">The IDs.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<IReadOnlyList<MoveOutcome>> MoveAsync(IReadOnlyList<Guid> ids, CancellationToken cancellation) => MoveAsync(ids, null, cancellation);

    /// <summary>Ends it.</summary>
    public void Dispose() => _consumer.Dispose();

    private async Task<IReadOnlyList<MoveOutcome>> MoveAsync(IReadOnlyList<Guid> ids, IReadOnlyList<EntryKey>? seen, CancellationToken cancellation) =>
        await Errors.Translate(new Mover(_source, _destination).MoveAsync(ids, seen, cancellation)).WithCancellation(cancellation).ConfigureAwait(false);
}
