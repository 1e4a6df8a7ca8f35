using ConsulMq.Internal;
using ConsulMq.Queueing;

namespace ConsulMq;

/// <summary>A queue. All members may be used by many threads at once.</summary>
public sealed class MessageQueue
{
    private readonly QueueContext _context;
    private readonly Pusher _pusher;
    private readonly ConsumerPool _consumers;

    internal MessageQueue(QueueContext context)
    {
        _context = context;
        _pusher = new Pusher(context);
        _consumers = new ConsumerPool(context);
    }

    /// <summary>Its name.</summary>
    public string Name => _context.Keys.Queue;

    /// <summary>Pushes one message and returns it once it is durable.</summary>
    /// <exception cref="ConsulMqException">It was not pushed, or, <see cref="ConsulMqError.OutcomeUnknown"/>, nobody can tell.</exception>
    public async Task<QueueObject> PushAsync(MessageDraft draft, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var item = _pusher.Compose(draft);
        await PushAsync(item).WithCancellation(cancellation).ConfigureAwait(false);
        return _context.ToQueueObject(item.Message, source: draft.Source, due: item.Due);
    }

    /// <summary>Opens a stream of pushes: what arrives while a write is under way goes together with the next one.</summary>
    public PushStream OpenPush() => new(_context, _pusher);

    /// <summary>Opens a consumer: its own view of the head of the queue. To be disposed, so that the next one can use that view.</summary>
    public QueueConsumer OpenConsumer() => new(_context, _consumers);

    /// <summary>Opens a stream that completes, returns and denies leased messages: what arrives while a write is under way goes together with the next one.</summary>
    public SettleStream OpenSettle() => new(_context);

    /// <summary>Opens a move of messages from here to another queue of the same connection.</summary>
    /// <param name="destination">The other queue; it comes into being if it is not there.</param>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.InvalidDestination"/>: it is this queue.</exception>
    public QueueMover OpenMove(MessageQueue destination) => new(_context, destination._context, OpenConsumer());

    /// <summary>Prolongs a lease that was taken for a duration: it lasts that duration again from now on, for all messages that were leased with it.</summary>
    /// <param name="id">The message's ID.</param>
    /// <param name="receiptHandle">Its receipt handle.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The lease as it is now.</returns>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.LeaseLost"/>, <see cref="ConsulMqError.InvalidReceiptHandle"/></exception>
    public Task<ConsulMqLease> ProlongAsync(Guid id, string receiptHandle, CancellationToken cancellation) =>
        Errors.Translate(_context.Settler.ProlongAsync(id, receiptHandle, cancellation));

    /// <summary>Looks at the messages in order without taking any, from the first one on.</summary>
    public QueueBrowser Browse() => new(_context);

    /// <summary>What there is to know of the queue; null if there is no such queue.</summary>
    public Task<ConsulMqQueue?> SummaryAsync(CancellationToken cancellation) => Errors.Translate(new Inspector(_context).SummaryAsync(cancellation));

    /// <summary>Empties the queue and leaves it: one write. A push under way lands behind it and stays.</summary>
    /// <param name="count">Whether to count, by two more reads, what there is to remove.</param>
    /// <param name="cancellation">Stops waiting; what was sent may still happen.</param>
    /// <returns>How many messages there were just before, or -1 if not counted.</returns>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.QueueNotFound"/></exception>
    public Task<long> ClearAsync(bool count, CancellationToken cancellation) => Errors.Translate(new Remover(_context).ClearAsync(count, cancellation));

    /// <summary>Removes the queue and all that is in it.</summary>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.QueueNotFound"/></exception>
    public Task RemoveAsync(CancellationToken cancellation) => Errors.Translate(new Remover(_context).RemoveAsync(cancellation));

    private async Task PushAsync(PushItem item)
    {
        var batch = _pusher.RentBatch();
        try
        {
            batch.TryAdd(item);
            await Errors.Translate(_pusher.CommitAsync(batch)).ConfigureAwait(false);
        }
        finally
        {
            _pusher.ReturnBatch(batch);
        }
    }
}
