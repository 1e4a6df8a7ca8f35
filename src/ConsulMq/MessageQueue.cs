using ConsulMq.Diagnostics;
using ConsulMq.Internal;
using ConsulMq.Queueing;

namespace ConsulMq;

/// <summary>A queue. All members may be used by many threads at once.</summary>
public sealed class MessageQueue
{
    private readonly QueueContext _context;
    private readonly Pusher _pusher;
    private readonly PushSender _sender;
    private readonly ConsumerPool _consumers;

    internal MessageQueue(QueueContext context)
    {
        _context = context;
        _pusher = new Pusher(context);
        _sender = new PushSender(context, new EndTarget(context));
        _consumers = new ConsumerPool(context);
    }

    /// <summary>Its name.</summary>
    public string Name => _context.Keys.Queue;

    /// <summary>
    /// Pushes one message and returns it once it is durable; where its deduplication ID was pushed before, returns the first one's ID
    /// (<see cref="QueueObject.IsDuplicate"/>).
    /// </summary>
    /// <exception cref="ConsulMqException">It was not pushed, or, <see cref="ConsulMqError.OutcomeUnknown"/>, nobody can tell.</exception>
    public Task<QueueObject> PushAsync(MessageDraft draft, CancellationToken cancellation) =>
        Telemetry.IsOn ? TellPushAsync(draft, cancellation) : PushOnceAsync(draft, cancellation);

    /// <summary>Opens a stream of pushes: what arrives while a write is under way goes together with the next one.</summary>
    /// <param name="wait">
    /// Where the queue has a most depth (<see cref="QueueSettings.MaxDepth"/>): how long to wait for room, each time it is full;
    /// <see cref="Timeout.InfiniteTimeSpan"/>: for ever. Null: not at all, it fails with <see cref="ConsulMqError.QueueFull"/>.
    /// </param>
    public PushStream OpenPush(TimeSpan? wait = null) => new(_context, _pusher, new EndTarget(_context), wait);

    /// <summary>
    /// Opens a stream of pushes that go to a position in place of the end: all of them as one block there, in the order in which they are added. Costs a
    /// read of the pages before the position, for the first write; nothing for position 0, the front. Messages that are due later cannot go this way.
    /// </summary>
    /// <param name="position">How many messages come before the first one, 0 or more, at most as many as there are: those that are ready, expired ones not counted.</param>
    /// <param name="wait">As for <see cref="OpenPush(TimeSpan?)"/>.</param>
    /// <exception cref="ConsulMqException">
    /// <see cref="ConsulMqError.PositionOutOfRange"/>: it is negative. That there are not so many messages is the outcome of each item.
    /// </exception>
    public PushStream OpenInsert(long position, TimeSpan? wait = null) => position < 0
        ? throw Errors.NegativePosition(Name, position)
        : new(_context, _pusher, new PlaceTarget(_context, position), wait);

    /// <summary>Opens an export of the messages, which stay where they are.</summary>
    /// <param name="target">Where the lines go; stays the caller's.</param>
    /// <param name="states">Which messages; null: all that a backup must not lose.</param>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.InvalidSetting"/>: dead letters are in a queue of their own.</exception>
    public QueueExport OpenExport(Stream target, IReadOnlyCollection<MessageState>? states = null) => new(_context, target, states);

    /// <summary>Opens a consumer: its own view of the head of the queue. To be disposed, so that the next one can use that view.</summary>
    public QueueConsumer OpenConsumer() => new(_context, _consumers);

    /// <summary>Opens a stream that completes, returns and denies leased messages: what arrives while a write is under way goes together with the next one.</summary>
    public SettleStream OpenSettle() => new(_context);

    /// <summary>Completes, returns or denies one leased message.</summary>
    /// <param name="settlement">What shall become of which message.</param>
    /// <param name="cancellation">Stops waiting; what was sent happens all the same.</param>
    /// <returns>Whether the message is a dead letter now.</returns>
    /// <exception cref="ConsulMqException">
    /// <see cref="ConsulMqError.LeaseLost"/>, <see cref="ConsulMqError.InvalidReceiptHandle"/> and others; or, <see cref="ConsulMqError.OutcomeUnknown"/>,
    /// nobody can tell.
    /// </exception>
    public async Task<bool> SettleAsync(Settlement settlement, CancellationToken cancellation)
    {
        var outcome = (await _context.Telemetry.SettleAsync(_context.Settler, [settlement]).WithCancellation(cancellation).ConfigureAwait(false))[0];
        return outcome.Error is null ? outcome.IsDeadLetter : throw outcome.Error;
    }

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
    /// <param name="bodies">Whether big bodies are read too; if not, those messages have none to look at.</param>
    public QueueBrowser Browse(bool bodies = true) => new(_context, bodies);

    /// <summary>
    /// Looks at the messages that are in a state, without taking any: those that are ready in order, those in flight in the order in which they were leased,
    /// scheduled ones in the order in which they are due, and the dead letters in the order of their queue. Expired ones are left out, unless they are in flight.
    /// </summary>
    /// <param name="state">In which state.</param>
    /// <param name="bodies">Whether big bodies are read too; if not, those messages have none to look at.</param>
    /// <param name="filter">Asked of each message before its big body is read; null: all are read. Those for which it says no are left out.</param>
    public QueueBrowser Browse(MessageState state, bool bodies = true, Func<QueueObject, bool>? filter = null) => new(_context, bodies, state, filter);

    /// <summary>Removes messages that were chosen. Nobody gets them.</summary>
    /// <param name="selection">Which ones: those that are ready.</param>
    /// <param name="cancellation">Stops waiting; what was sent happens all the same.</param>
    /// <returns>The IDs of those that were removed, and why others were not: <see cref="ConsulMqError.ItemNotFound"/>.</returns>
    public Task<DiscardOutcome> DiscardAsync(MessageSelection selection, CancellationToken cancellation) =>
        Errors.Translate(new Discarder(_context).DiscardAsync(selection, cancellation));

    /// <summary>Removes messages that somebody looked at, whatever state they are in; one that was leased is lost to who holds it.</summary>
    /// <param name="items">The messages, of this queue.</param>
    /// <param name="cancellation">Stops waiting; what was sent happens all the same.</param>
    /// <inheritdoc cref="DiscardAsync(MessageSelection, CancellationToken)" path="/returns"/>
    public Task<DiscardOutcome> DiscardAsync(IReadOnlyList<QueueObject> items, CancellationToken cancellation) =>
        Errors.Translate(new Discarder(_context).DiscardAsync(items, cancellation));

    /// <summary>Looks at messages that are not the next ones, without taking any.</summary>
    /// <param name="selection">Which ones.</param>
    /// <param name="max">At most so many; 1 or more. Does not matter where they are chosen one by one.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.PositionOutOfRange"/></exception>
    public Task<PopBatch> LookAsync(MessageSelection selection, int max, CancellationToken cancellation) =>
        Errors.Translate(new SpotReader(_context, bodies: true).ReadAsync(selection, max, cancellation));

    /// <summary>Creates the queue, with settings. The first push creates it too, with none.</summary>
    /// <param name="settings">What holds for it; null: the defaults.</param>
    /// <param name="cancellation">Stops waiting; what was sent may still happen.</param>
    /// <exception cref="ConsulMqException">
    /// <see cref="ConsulMqError.QueueExists"/>; <see cref="ConsulMqError.InvalidSetting"/>: a setting is out of its range.
    /// </exception>
    public Task CreateAsync(QueueSettings? settings, CancellationToken cancellation) =>
        Errors.Translate(new SettingsWriter(_context).CreateAsync(settings ?? new QueueSettings(), cancellation));

    /// <summary>
    /// Changes the queue's settings. Effective with the write, for all processes that use the queue: whoever pushes or pops after it does so by them.
    /// </summary>
    /// <param name="change">Makes the new settings of those that are there. Called again where somebody else changed them at the same time.</param>
    /// <param name="cancellation">Stops waiting; what was sent may still happen.</param>
    /// <returns>The settings as they are now.</returns>
    /// <exception cref="ConsulMqException">
    /// <see cref="ConsulMqError.QueueNotFound"/>; <see cref="ConsulMqError.InvalidSetting"/>: a setting is out of its range, nothing was changed.
    /// </exception>
    public Task<QueueSettings> ChangeAsync(Func<QueueSettings, QueueSettings> change, CancellationToken cancellation) =>
        Errors.Translate(new SettingsWriter(_context).ChangeAsync(change, cancellation));

    /// <summary>What there is to know of the queue; null if there is no such queue.</summary>
    public Task<ConsulMqQueue?> SummaryAsync(CancellationToken cancellation) => Errors.Translate(new Inspector(_context).SummaryAsync(cancellation));

    /// <summary>Empties the queue and leaves it: one write. A push under way lands behind it and stays.</summary>
    /// <param name="count">Whether to count, by two more reads, what there is to remove.</param>
    /// <param name="cancellation">Stops waiting; what was sent may still happen.</param>
    /// <returns>How many messages there were just before, or -1 if not counted.</returns>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.QueueNotFound"/></exception>
    public Task<long> ClearAsync(bool count, CancellationToken cancellation) => Errors.Translate(new Remover(_context).ClearAsync(count, cancellation));

    /// <summary>
    /// Removes the messages that are ready and have expired, and nothing else: page by page, each in as few writes as hold them. They do not become dead
    /// letters, whatever <see cref="QueueSettings.DeadLetterExpired"/> says.
    /// </summary>
    /// <param name="cancellation">Stops it between two writes.</param>
    /// <returns>How many were removed by this.</returns>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.QueueNotFound"/></exception>
    public Task<long> ClearExpiredAsync(CancellationToken cancellation) => Errors.Translate(new ExpiredRemover(_context).RemoveAsync(cancellation));

    /// <summary>Removes the queue and all that is in it.</summary>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.QueueNotFound"/></exception>
    public Task RemoveAsync(CancellationToken cancellation) => Errors.Translate(new Remover(_context).RemoveAsync(cancellation));

    private Task<QueueObject> TellPushAsync(MessageDraft draft, CancellationToken cancellation) =>
        _context.Telemetry.SendAsync(draft, marked => PushOnceAsync(marked, cancellation));

    private async Task<QueueObject> PushOnceAsync(MessageDraft draft, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var item = _pusher.Compose(draft);
        return draft.OpenBody is not null || BigBodies.IsBig(item)
            ? await PushBigAsync(draft, cancellation).ConfigureAwait(false)
            : await PushAsync(new PushEntry(item, draft.Source, null)).WithCancellation(cancellation).ConfigureAwait(false);
    }

    /// <summary>A stream of one message: it knows how to upload.</summary>
    private async Task<QueueObject> PushBigAsync(MessageDraft draft, CancellationToken cancellation)
    {
        using var push = new PushStream(_context, _pusher, new EndTarget(_context), null, isTold: false);
        await push.AddAsync(draft, null, cancellation).ConfigureAwait(false);
        await push.FlushAsync(cancellation).ConfigureAwait(false);
        push.TryTake(out var outcome);
        return outcome.Item ?? throw outcome.Error!;
    }

    private async Task<QueueObject> PushAsync(PushEntry entry)
    {
        var batch = _pusher.RentBatch();
        try
        {
            var run = new PushRun(batch);
            run.TryAdd(entry, _context.Index.CachedTail?.Settings ?? _context.Index.Settings);
            await Errors.Translate(_sender.SendAsync(run, PushTerms.NoWait)).ConfigureAwait(false);
            return run.Items[0].Error is { } error ? throw error : run.Items[0].ToQueueObject(_context);
        }
        finally
        {
            _pusher.ReturnBatch(batch);
        }
    }
}
