using ConsulMq.Queueing;

namespace ConsulMq;

/// <summary>
/// Takes messages that were chosen by ID, by position, or from the end, batch by batch; what is not handed on goes back by
/// <see cref="QueueConsumer.PutBackAsync(IReadOnlyList{QueueObject}, CancellationToken)"/>. For one caller at a time.
/// </summary>
public sealed class MessagePicking
{
    private readonly QueueContext _context;
    private readonly Picker _picker;

    internal MessagePicking(QueueContext context, MessageSelection selection, int max)
    {
        if (max < 1)
            throw new ArgumentOutOfRangeException(nameof(max), max, "At least one message has to be asked for.");
        _context = context;
        _picker = new Picker(context, selection, max);
    }

    /// <summary>
    /// Takes the next ones. Null: all were taken that are there. Messages that were chosen by their IDs, and are not ready, are
    /// <see cref="ConsulMqError.ItemNotFound"/> among the damage.
    /// </summary>
    /// <param name="cancellation">Stops waiting. What was taken after that goes back to its place.</param>
    /// <exception cref="ConsulMqException">
    /// <see cref="ConsulMqError.PositionOutOfRange"/>, or nothing was taken, or, <see cref="ConsulMqError.OutcomeUnknown"/>, nobody can tell.
    /// </exception>
    public Task<PopBatch?> PopAsync(CancellationToken cancellation) => PopAsync(int.MaxValue, null, cancellation);

    /// <summary>The same, so many at most, the bodies going to a place of their own in place of memory.</summary>
    internal Task<PopBatch?> PopAsync(int atOnce, IBodyDestination? destination, CancellationToken cancellation) =>
        Errors.Translate(_picker.TakeAsync(static () => new Claim(), atOnce, destination, cancellation));

    /// <summary>Takes the next ones on a lease.</summary>
    /// <param name="duration">As for <see cref="QueueConsumer.LeaseAsync(int, TimeSpan?, CancellationToken)"/>.</param>
    /// <param name="cancellation">Stops waiting. What was taken after that goes back to its place.</param>
    /// <inheritdoc cref="PopAsync(CancellationToken)" path="/exception"/>
    public Task<PopBatch?> LeaseAsync(TimeSpan? duration, CancellationToken cancellation) => LeaseAsync(duration, int.MaxValue, null, cancellation);

    /// <summary>The same, so many at most, the bodies going to a place of their own in place of memory.</summary>
    internal async Task<PopBatch?> LeaseAsync(TimeSpan? duration, int atOnce, IBodyDestination? destination, CancellationToken cancellation)
    {
        QueueConsumer.CheckLease(duration);
        using var source = new LeaseSource(_context, duration);
        return await Errors.Translate(_picker.TakeAsync(() => new Claim(new LeaseHandover(_context, source), Claim.LeaseBudget), atOnce, destination, cancellation)).ConfigureAwait(false);
    }
}
