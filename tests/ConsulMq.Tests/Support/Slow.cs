using ConsulMq.Consul;

namespace ConsulMq.Tests.Support;

/// <summary>A Consul whose answers take a moment, as real ones do: what arrives meanwhile gathers.</summary>
internal sealed class Slow(IConsul inner) : DelegatingConsul(inner)
{
    public override async Task<TransactionResult> TransactAsync(
        IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation)
    {
        await Task.Delay(20, cancellation);
        return await base.TransactAsync(operations, consistency, cancellation);
    }
}
