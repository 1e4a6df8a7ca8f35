using ConsulMq.Diagnostics;
using ConsulMq.Internal;
using ConsulMq.Queueing;

namespace ConsulMq;

/// <summary>A consumer with its own view of the head of the queue. For one caller at a time.</summary>
public sealed class QueueConsumer : IDisposable
{
    private readonly QueueContext _context;
    private readonly ConsumerPool _pool;
    private readonly ConsumerState _state;
    private readonly Taker _taker;
    private bool _disposed;

    internal QueueConsumer(QueueContext context, ConsumerPool pool)
    {
        _context = context;
        _pool = pool;
        _state = pool.Rent();
        _taker = new Taker(context, _state);
    }

    /// <summary>The shortest lease of a duration; Consul's limit.</summary>
    public static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(10);

    /// <summary>The longest lease of a duration; Consul's limit.</summary>
    public static readonly TimeSpan LongestLease = TimeSpan.FromHours(24);

    /// <summary>
    /// Takes up to <paramref name="max"/> messages, the next ones in order, in one write: the batch can be smaller though more are there. An empty
    /// batch: the queue is empty, as a read that is never stale has just said.
    /// </summary>
    /// <param name="max">At most so many; 1 or more.</param>
    /// <param name="cancellation">Stops waiting. What was taken after that goes back to its place.</param>
    /// <exception cref="ConsulMqException">Nothing was taken, or, <see cref="ConsulMqError.OutcomeUnknown"/>, nobody can tell.</exception>
    public Task<PopBatch> PopAsync(int max, CancellationToken cancellation) => PopAsync(max, null, cancellation);

    /// <summary>The same, the bodies going to a place of their own in place of memory: they are there, and whole, before a message is taken.</summary>
    internal Task<PopBatch> PopAsync(int max, IBodyDestination? destination, CancellationToken cancellation) => max <= 0
        ? throw new ArgumentOutOfRangeException(nameof(max), max, "At least one message has to be asked for.")
        : Telemetry.IsOn ? TellPopAsync(max, destination, cancellation) : PopOnceAsync(max, destination, cancellation);

    /// <summary>
    /// Takes up to <paramref name="max"/> messages on a lease: they are in flight until they are settled (<see cref="MessageQueue.OpenSettle"/>), and
    /// come back to their places, their delivery count raised, when the lease ends before that.
    /// </summary>
    /// <param name="max">At most so many; 1 or more.</param>
    /// <param name="duration">
    /// How long the lease lasts at least, 10 s to 24 h, whatever becomes of this process; it can be prolonged. Null: as long as this connection lives, and
    /// no longer than two TTLs of its session after that.
    /// </param>
    /// <param name="cancellation">Stops waiting. What was taken after that goes back to its place.</param>
    /// <exception cref="ConsulMqException">Nothing was taken, or, <see cref="ConsulMqError.OutcomeUnknown"/>, nobody can tell.</exception>
    public Task<PopBatch> LeaseAsync(int max, TimeSpan? duration, CancellationToken cancellation) => LeaseAsync(max, duration, null, cancellation);

    /// <summary>The same, the bodies going to a place of their own in place of memory.</summary>
    internal Task<PopBatch> LeaseAsync(int max, TimeSpan? duration, IBodyDestination? destination, CancellationToken cancellation) =>
        Telemetry.IsOn ? TellLeaseAsync(max, duration, destination, cancellation) : LeaseOnceAsync(max, duration, destination, cancellation);

    private async Task<PopBatch> LeaseOnceAsync(int max, TimeSpan? duration, IBodyDestination? destination, CancellationToken cancellation)
    {
        CheckLease(duration);
        if (max < 1)
            throw new ArgumentOutOfRangeException(nameof(max), max, "At least one message has to be asked for.");
        using var source = new LeaseSource(_context, duration);
        return await Errors.Translate(_taker.TakeAsync(max, () => new Claim(new LeaseHandover(_context, source), Claim.LeaseBudget), destination, cancellation)).ConfigureAwait(false);
    }

    /// <summary>Opens a picking of messages that are not the next ones: as many writes as their entries ask for.</summary>
    /// <param name="selection">Which ones.</param>
    /// <param name="max">At most so many; 1 or more. Does not matter where they are chosen one by one.</param>
    public MessagePicking Pick(MessageSelection selection, int max = int.MaxValue) => new(_context, selection, max);

    /// <summary>Takes messages that go to another queue in the same transaction.</summary>
    internal Task<PopBatch> MoveAsync(int max, Func<Handover> handover, CancellationToken cancellation) =>
        Errors.Translate(_taker.TakeAsync(max, () => new Claim(handover(), MoveHandover.ClaimBudget), null, cancellation));

    /// <summary>Waits without polling until a message is there, or the time is over.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/>: for ever.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>False: the time is over and the queue was empty all the while.</returns>
    public Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellation) =>
        Errors.Translate(new Waiter(_context, _taker.LookAsync).WaitAsync(timeout, cancellation));

    /// <summary>
    /// Puts messages that this consumer took, and nobody has seen, back in their places. While Consul is away it is tried for an hour.
    /// </summary>
    /// <param name="items">What <see cref="PopAsync(int, CancellationToken)"/> gave.</param>
    /// <param name="cancellation">Stops waiting; they go back all the same.</param>
    public Task PutBackAsync(IReadOnlyList<QueueObject> items, CancellationToken cancellation)
    {
        _state.DropView();
        var back = _context.Background.Track(PutBackAsync(items));
        return Errors.Translate(back).WithCancellation(cancellation);
    }

    /// <summary>
    /// Leaves a pop that was cancelled before it has come to its end: what it took at that very moment, and nobody will see, goes back to its place. The
    /// consumer is of no use after that.
    /// </summary>
    /// <param name="pop">What <see cref="PopAsync(int, CancellationToken)"/> gave.</param>
    public void Abandon(Task<PopBatch?> pop)
    {
        // Not for the next consumer: the pop still works on its state.
        _disposed = true;
        _context.Background.Add(PutBackAsync(pop));
    }

    /// <summary>Ends the consumer.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _pool.Return(_state);
    }

    internal static void CheckLease(TimeSpan? duration)
    {
        if (duration < ShortestLease || duration > LongestLease)
            throw new ConsulMqException(ConsulMqError.InvalidSetting, $"A lease lasts 10 seconds to 24 hours, not {duration}.", duration)
            {
                RecommendedAction = "Those are Consul's limits; prolong a lease with Update-ConsulMqLease.",
            };
    }

    private Task<PopBatch> PopOnceAsync(int max, IBodyDestination? destination, CancellationToken cancellation) =>
        Errors.Translate(_taker.TakeAsync(max, static () => new Claim(), destination, cancellation));

    // Methods of their own: what they capture is allocated only where somebody listens.
    private Task<PopBatch> TellPopAsync(int max, IBodyDestination? destination, CancellationToken cancellation) =>
        _context.Telemetry.ReceiveAsync(() => PopOnceAsync(max, destination, cancellation));

    private Task<PopBatch> TellLeaseAsync(int max, TimeSpan? duration, IBodyDestination? destination, CancellationToken cancellation) =>
        _context.Telemetry.ReceiveAsync(() => LeaseOnceAsync(max, duration, destination, cancellation));

    private async Task PutBackAsync(IReadOnlyList<QueueObject> items)
    {
        var leased = items.Where(static item => item.Lease is not null).ToList();
        if (leased.Count > 0)
            await _context.Settler.PutBackAsync([.. leased.Select(static item => Settlement.Of(SettlementKind.Return, item) with { Counts = false })]).ConfigureAwait(false);
        if (leased.Count < items.Count)
            await new Inserter(_context).PutBackAsync(items.Where(static item => item.Lease is null)).ConfigureAwait(false);
        foreach (var item in items)
            item.Kept?.Withdraw();
    }

    private async Task PutBackAsync(Task<PopBatch?> pop)
    {
        PopBatch? batch;
        try
        {
            batch = await pop.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (batch?.Items.Count > 0)
            await PutBackAsync(batch.Items).ConfigureAwait(false);
    }
}
