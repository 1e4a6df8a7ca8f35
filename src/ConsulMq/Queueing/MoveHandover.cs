using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Pushes claimed messages to another queue: in one transaction they leave here and arrive there.</summary>
/// <param name="source">The queue they come from.</param>
/// <param name="destination">The other queue.</param>
/// <param name="change">What changes on the way.</param>
/// <param name="limit">The messages from this rank on stay; null: none do.</param>
internal sealed class MoveHandover(QueueContext source, QueueContext destination, Func<Message, Message> change, Rank? limit = null) : Handover
{
    /// <summary>How many operations a claim may have beside this.</summary>
    public const int ClaimBudget = 30;

    private readonly BodyCopies _messages = new(source, destination, new PushBatch { MaxEntries = 20, MaxBodies = 2 });
    private Landing _landing;

    /// <summary>The Raft index of the transaction, once it committed.</summary>
    public ulong CommittedAt { get; private set; }

    public override bool CopiesBodies => true;

    public override bool TryAdd(Message message)
    {
        if (limit is not null && message.Rank!.CompareTo(limit) >= 0)
            return false;
        return _messages.TryAdd(change(message) with { Rank = null });
    }

    public override async Task PrepareAsync(CancellationToken cancellation)
    {
        await destination.Tail.PrepareAsync().ConfigureAwait(false);
        await _messages.CopyAsync(cancellation).ConfigureAwait(false);
    }

    public override void AddTo(List<KvOperation> operations) => _landing = destination.Tail.Add(operations, _messages.Batch);

    public override bool Learn(Commit commit)
    {
        destination.Tail.Learn(_landing, commit);
        CommittedAt = commit.Index;
        return _messages.Learn(commit) || (!commit.Succeeded && _landing.IsLost(commit));
    }

    public override QueueObject ToQueueObject(int number, Place place, LoadedBody? body) => destination.ToQueueObject(_messages.Items[number].Message);

    public override void Discard() => _messages.Discard();

    /// <summary>What was moved is where it should be, whether somebody waits for it or not.</summary>
    public override Task PutBackAsync() => Task.CompletedTask;

    public override void Dispose() => _messages.Dispose();
}
