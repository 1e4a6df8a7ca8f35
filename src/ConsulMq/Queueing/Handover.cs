using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// What becomes, in the same transaction, of the messages that a claim takes, where they are not just handed to the caller: they go in flight, or to
/// another queue. One for each claim.
/// </summary>
internal abstract class Handover : IDisposable
{
    /// <summary>Whether the messages stay in their queue, and with them their big bodies.</summary>
    public virtual bool KeepsBodies => false;

    /// <summary>Whether the big bodies go along from queue to queue, and nobody has to read them.</summary>
    public virtual bool CopiesBodies => false;

    /// <summary>Takes a message in. False: there is no room for it beside the others.</summary>
    /// <param name="message">The message, with its rank.</param>
    public abstract bool TryAdd(Message message);

    /// <summary>Gets ready what the operations need.</summary>
    public abstract Task PrepareAsync(CancellationToken cancellation);

    /// <summary>Adds the operations.</summary>
    public abstract void AddTo(List<KvOperation> operations);

    /// <summary>Learns what became of the transaction. True: it was refused because of this part, and may succeed the next time.</summary>
    public abstract bool Learn(Commit commit);

    /// <summary>What the caller gets for the message that was added as number <paramref name="number"/>, once the transaction committed.</summary>
    public abstract QueueObject ToQueueObject(int number, Place place, LoadedBody? body);

    /// <summary>The transaction did not happen, and never will.</summary>
    public virtual void Discard()
    {
    }

    /// <summary>Puts back what the transaction took, because nobody has seen it.</summary>
    public abstract Task PutBackAsync();

    public abstract void Dispose();
}
