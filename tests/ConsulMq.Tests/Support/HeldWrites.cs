using ConsulMq.Consul;

namespace ConsulMq.Tests.Support;

/// <summary>Holds writes back before they are sent, so that a test can let something else happen first.</summary>
internal sealed class HeldWrites(IConsul inner) : DelegatingConsul(inner)
{
    private volatile TaskCompletionSource? _hold;
    private int _held;

    /// <summary>How many writes wait.</summary>
    public int Count => Volatile.Read(ref _held);

    public void Hold() => _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release()
    {
        var hold = _hold!;
        _hold = null;
        hold.SetResult();
    }

    public override async Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation)
    {
        if (_hold is { } hold && !operations.All(static o => o.IsRead))
        {
            Interlocked.Increment(ref _held);
            await hold.Task;
            Interlocked.Decrement(ref _held);
        }

        return await base.TransactAsync(operations, consistency, cancellation);
    }
}
