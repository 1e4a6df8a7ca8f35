namespace ConsulMq.Queueing;

/// <summary>Finds messages that are due and moves them into the queue.</summary>
#pragma warning disable CS9113, CA1822 // until messages are scheduled
internal sealed class Scheduler(QueueContext context)
{
    /// <summary>When to look at the due times again, in milliseconds since 1970; null: when somebody schedules.</summary>
    public long? NextLook => null;

    /// <summary>Moves what is due into the queue, the earliest first.</summary>
    /// <param name="signal">The signal as it was just read; null: nobody ever scheduled anything.</param>
    /// <param name="isWaiting">Whether the caller comes again at <see cref="NextLook"/>.</param>
    /// <param name="transactions">At most so many writes.</param>
    /// <param name="cancellation">Stops it; a write that was sent goes on.</param>
    /// <returns>Whether something was moved, by this client or another.</returns>
    public Task<bool> MoveDueAsync(DueSignal? signal, bool isWaiting, int transactions, CancellationToken cancellation) => Task.FromResult(false);
}
