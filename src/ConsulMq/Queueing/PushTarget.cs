using ConsulMq.Consul;

namespace ConsulMq.Queueing;

/// <summary>Where a stream of pushes goes in its queue.</summary>
internal abstract class PushTarget
{
    /// <summary>Gets ready what the next transaction stands on.</summary>
    /// <param name="run">What is going to be pushed; learns the ranks of its messages, if they have any.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The tail as it is known; null: there is no queue, and the transaction creates it.</returns>
    /// <exception cref="ConsulMqException">There is no such place.</exception>
    public abstract Task<TailState?> PrepareAsync(PushRun run, CancellationToken cancellation);

    /// <summary>What is known of the queue has turned out to be old.</summary>
    public abstract void Doubt();

    /// <summary>Adds a batch to a transaction.</summary>
    public abstract Landing Add(List<KvOperation> operations, PushBatch batch, TailState? tail);

    /// <summary>Learns from what became of the transaction.</summary>
    public abstract void Learn(Landing landing, PushBatch batch, Commit commit);
}

/// <summary>The end of the log, where no producer conflicts with another.</summary>
internal sealed class EndTarget(QueueContext context) : PushTarget
{
    public override async Task<TailState?> PrepareAsync(PushRun run, CancellationToken cancellation)
    {
        await context.Tail.PrepareAsync().ConfigureAwait(false);
        return context.Index.CachedTail;
    }

    public override void Doubt()
    {
        // Whoever found out has read it anew.
    }

    public override Landing Add(List<KvOperation> operations, PushBatch batch, TailState? tail) => context.Tail.Add(operations, batch, tail);

    public override void Learn(Landing landing, PushBatch batch, Commit commit) => context.Tail.Learn(landing, commit);
}
