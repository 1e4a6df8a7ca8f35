using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Pushes claimed messages to another queue: in one transaction they leave here and arrive there.</summary>
/// <param name="destination">The other queue.</param>
/// <param name="change">What changes on the way.</param>
/// <param name="limit">The messages from this rank on stay; null: none do.</param>
internal sealed class MoveHandover(QueueContext destination, Func<Message, Message> change, Rank? limit = null) : Handover
{
    /// <summary>How many operations a claim may have beside this.</summary>
    public const int ClaimBudget = 30;

    private readonly PushBatch _batch = new() { MaxEntries = 20 };
    private readonly List<Message> _messages = [];
    private Landing _landing;

    /// <summary>The Raft index of the transaction, once it committed.</summary>
    public ulong CommittedAt { get; private set; }

    public override bool TryAdd(Message message)
    {
        if (limit is not null && message.Rank!.CompareTo(limit) >= 0)
            return false;
        var changed = change(message) with { Rank = null };
        if (!_batch.TryAdd(new PushItem(changed, WasLetIn: true)))
            return false;
        _messages.Add(changed);
        return true;
    }

    public override Task PrepareAsync(CancellationToken cancellation) => destination.Tail.PrepareAsync();

    public override void AddTo(List<KvOperation> operations) => _landing = destination.Tail.Add(operations, _batch);

    public override bool Learn(Commit commit)
    {
        destination.Tail.Learn(_landing, commit);
        CommittedAt = commit.Index;
        return !commit.Succeeded && _landing.IsLost(commit);
    }

    public override QueueObject ToQueueObject(int number, Place place) => destination.ToQueueObject(_messages[number]);

    /// <summary>What was moved is where it should be, whether somebody waits for it or not.</summary>
    public override Task PutBackAsync() => Task.CompletedTask;

    public override void Dispose() => _batch.Dispose();
}
