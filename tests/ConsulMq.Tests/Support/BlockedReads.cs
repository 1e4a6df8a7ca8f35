using ConsulMq.Consul;

namespace ConsulMq.Tests.Support;

/// <summary>Knows how many blocking queries are under way: a test need not guess when somebody has begun to wait.</summary>
internal sealed class BlockedReads(IConsul inner) : DelegatingConsul(inner)
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public override Task<KvGet> GetAsync(string key, ReadOptions options, CancellationToken cancellation) =>
        Watch(options, base.GetAsync(key, options, cancellation));

    public override Task<KvListing> ListAsync(string prefix, ReadOptions options, CancellationToken cancellation) =>
        Watch(options, base.ListAsync(prefix, options, cancellation));

    public override Task<KvKeys> KeysAsync(string prefix, string? separator, ReadOptions options, CancellationToken cancellation) =>
        Watch(options, base.KeysAsync(prefix, separator, options, cancellation));

    private async Task<T> Watch<T>(ReadOptions options, Task<T> read)
    {
        if (options.WaitIndex == 0)
            return await read;
        Interlocked.Increment(ref _count);
        try
        {
            return await read;
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
