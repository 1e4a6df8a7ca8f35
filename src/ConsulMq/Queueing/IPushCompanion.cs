using ConsulMq.Consul;

namespace ConsulMq.Queueing;

/// <summary>What else every transaction of a stream of pushes writes. The stream has one write under way at a time.</summary>
internal interface IPushCompanion
{
    /// <summary>Looks at what is going to be sent.</summary>
    /// <returns>Whether items of the run need not be sent any more: they have an error now.</returns>
    bool Prepare(PushRun run);

    /// <summary>Adds it, for the items that the run covers.</summary>
    void AddTo(List<KvOperation> operations, PushRun run);

    /// <summary>Learns from what became of the transaction.</summary>
    Task LearnAsync(Commit commit);
}
