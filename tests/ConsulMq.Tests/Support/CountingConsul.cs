using ConsulMq.Consul;

namespace ConsulMq.Tests.Support;

/// <summary>Counts HTTP requests, and the Raft writes among them.</summary>
internal sealed class CountingConsul(IConsul inner) : DelegatingConsul(inner)
{
    private int _requests;
    private int _writes;

    public (int Requests, int Writes) Take() => (Interlocked.Exchange(ref _requests, 0), Interlocked.Exchange(ref _writes, 0));

    public override Task<KvGet> GetAsync(string key, ReadOptions options, CancellationToken cancellation)
    {
        Count(false);
        return base.GetAsync(key, options, cancellation);
    }

    public override Task<RawValue?> GetRawAsync(string key, ReadConsistency consistency, CancellationToken cancellation)
    {
        Count(false);
        return base.GetRawAsync(key, consistency, cancellation);
    }

    public override Task<KvListing> ListAsync(string prefix, ReadOptions options, CancellationToken cancellation)
    {
        Count(false);
        return base.ListAsync(prefix, options, cancellation);
    }

    public override Task<KvKeys> KeysAsync(string prefix, string? separator, ReadOptions options, CancellationToken cancellation)
    {
        Count(false);
        return base.KeysAsync(prefix, separator, options, cancellation);
    }

    public override Task PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellation)
    {
        Count(true);
        return base.PutAsync(key, value, cancellation);
    }

    public override Task DeleteAsync(string key, CancellationToken cancellation)
    {
        Count(true);
        return base.DeleteAsync(key, cancellation);
    }

    public override Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation)
    {
        Count(!operations.All(static o => o.IsRead));
        return base.TransactAsync(operations, consistency, cancellation);
    }

    private void Count(bool write)
    {
        Interlocked.Increment(ref _requests);
        if (write)
            Interlocked.Increment(ref _writes);
    }
}
