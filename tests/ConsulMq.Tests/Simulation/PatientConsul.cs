using ConsulMq.Consul;
using ConsulMq.Tests.Support;

namespace ConsulMq.Tests.Simulation;

/// <summary>Repeats reads, and writes that certainly were not sent, for a while: what the product does below the queueing code.</summary>
internal sealed class PatientConsul(IConsul inner, Clock clock) : DelegatingConsul(inner)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public override Task<KvGet> GetAsync(string key, ReadOptions options, CancellationToken cancellation) =>
        Repeat(() => base.GetAsync(key, options, cancellation), cancellation);

    public override Task<KvListing> ListAsync(string prefix, ReadOptions options, CancellationToken cancellation) =>
        Repeat(() => base.ListAsync(prefix, options, cancellation), cancellation);

    public override Task<KvKeys> KeysAsync(string prefix, string? separator, ReadOptions options, CancellationToken cancellation) =>
        Repeat(() => base.KeysAsync(prefix, separator, options, cancellation), cancellation);

    public override Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation) =>
        Repeat(() => base.TransactAsync(operations, consistency, cancellation), cancellation, operations.All(static o => o.IsRead));

    private async Task<T> Repeat<T>(Func<Task<T>> send, CancellationToken cancellation, bool isRead = true)
    {
        var start = clock.Elapsed;
        while (true)
        {
            try
            {
                return await send().ConfigureAwait(false);
            }
            catch (ConsulException e) when (e.IsTransient && (isRead || !e.MayHaveCommitted) && clock.Elapsed - start < Patience)
            {
                await clock.Delay(TimeSpan.FromMilliseconds(300), cancellation).ConfigureAwait(false);
            }
        }
    }
}
