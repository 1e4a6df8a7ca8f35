using ConsulMq.Consul;

namespace ConsulMq.Tests.Support;

/// <summary>Knows the Raft index of the last write of a client that does one thing at a time.</summary>
internal sealed class LastCommit(IConsul inner) : DelegatingConsul(inner)
{
    public ulong Index { get; private set; }

    public override async Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation)
    {
        var isWrite = !operations.All(static o => o.IsRead);
        var result = await base.TransactAsync(operations, consistency, cancellation);
        if (isWrite && result.Committed)
            Index = result.Index;
        return result;
    }
}
