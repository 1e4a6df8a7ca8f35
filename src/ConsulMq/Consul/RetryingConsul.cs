namespace ConsulMq.Consul;

/// <summary>
/// Repeats what may be repeated. Reads, and calls whose second time does nothing new, are repeated whenever a moment later may do better; writes only
/// where it is certain that nothing was written. What else may have become of a write is for the queue's receipts to find out.
/// </summary>
/// <param name="inner">Sends each request once. Disposed with this.</param>
/// <param name="clock">The time, and the only thing ever waited on besides <paramref name="inner"/>.</param>
/// <param name="random">Gives numbers from 0 up to, not including, 1.</param>
/// <param name="policy">How long, how often.</param>
/// <param name="scope">Gives the prefix that a key belongs to, by which people grant permissions; null: keys are named as they are.</param>
public sealed class RetryingConsul(IConsul inner, Clock clock, Func<double> random, RetryPolicy policy, Func<string, string>? scope = null) : IConsul
{
    private readonly RetryLoop _loop = new(inner.Address, clock, random, policy, scope);

    /// <inheritdoc />
    public string Address => inner.Address;

    /// <inheritdoc cref="RetryLoop.Trouble"/>
    internal ConsulException? Trouble => _loop.Trouble;

    /// <inheritdoc />
    public Task<KvGet> GetAsync(string key, ReadOptions options, CancellationToken cancellation) =>
        _loop.ReadAsync((inner, key, options), static (x, ct) => x.inner.GetAsync(x.key, x.options, ct), options, cancellation);

    /// <inheritdoc />
    public Task<RawValue?> GetRawAsync(string key, ReadConsistency consistency, CancellationToken cancellation) =>
        _loop.ReadAsync((inner, key, consistency), static (x, ct) => x.inner.GetRawAsync(x.key, x.consistency, ct), default, cancellation);

    /// <inheritdoc />
    public Task<KvListing> ListAsync(string prefix, ReadOptions options, CancellationToken cancellation) =>
        _loop.ReadAsync((inner, prefix, options), static (x, ct) => x.inner.ListAsync(x.prefix, x.options, ct), options, cancellation);

    /// <inheritdoc />
    public Task<KvKeys> KeysAsync(string prefix, string? separator, ReadOptions options, CancellationToken cancellation) =>
        _loop.ReadAsync((inner, prefix, separator, options), static (x, ct) => x.inner.KeysAsync(x.prefix, x.separator, x.options, ct), options, cancellation);

    /// <inheritdoc />
    public Task PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellation) =>
        _loop.WriteAsync((inner, key, value), static (x, ct) => Done(x.inner.PutAsync(x.key, x.value, ct)), cancellation);

    /// <inheritdoc />
    public Task DeleteAsync(string key, CancellationToken cancellation) =>
        _loop.WriteAsync((inner, key), static (x, ct) => Done(x.inner.DeleteAsync(x.key, ct)), cancellation);

    /// <inheritdoc />
    public Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation) =>
        Http.OperationLists.AnyWrite(operations)
            ? _loop.WriteAsync((inner, operations, consistency), static (x, ct) => x.inner.TransactAsync(x.operations, x.consistency, ct), cancellation)
            : _loop.ReadAsync((inner, operations, consistency), static (x, ct) => x.inner.TransactAsync(x.operations, x.consistency, ct), default, cancellation);

    /// <inheritdoc />
    public Task<string> CreateSessionAsync(SessionRequest request, CancellationToken cancellation) => request is { Ttl.Ticks: > 0 }
        // One that nobody heard of holds nothing, and its time ends by itself.
        ? _loop.ReadAsync((inner, request), static (x, ct) => x.inner.CreateSessionAsync(x.request, ct), default, cancellation)
        : _loop.WriteAsync((inner, request), static (x, ct) => x.inner.CreateSessionAsync(x.request, ct), cancellation);

    /// <inheritdoc />
    public Task<bool> RenewSessionAsync(string sessionId, CancellationToken cancellation) =>
        _loop.ReadAsync((inner, sessionId), static (x, ct) => x.inner.RenewSessionAsync(x.sessionId, ct), default, cancellation);

    /// <inheritdoc />
    public Task DestroySessionAsync(string sessionId, CancellationToken cancellation) =>
        // An ID is never given twice, so a second time finds nothing.
        _loop.ReadAsync((inner, sessionId), static (x, ct) => Done(x.inner.DestroySessionAsync(x.sessionId, ct)), default, cancellation);

    /// <inheritdoc />
    public Task<SessionListing> ListSessionsAsync(ReadOptions options, CancellationToken cancellation) =>
        _loop.ReadAsync((inner, options), static (x, ct) => x.inner.ListSessionsAsync(x.options, ct), options, cancellation);

    /// <inheritdoc />
    public Task<AgentSelf> SelfAsync(CancellationToken cancellation) =>
        _loop.ReadAsync(inner, static (x, ct) => x.SelfAsync(ct), default, cancellation);

    /// <inheritdoc />
    public Task RegisterServiceAsync(ServiceRegistration registration, CancellationToken cancellation) =>
        _loop.WriteAsync((inner, registration), static (x, ct) => Done(x.inner.RegisterServiceAsync(x.registration, ct)), cancellation);

    /// <inheritdoc />
    public Task DeregisterServiceAsync(string serviceId, CancellationToken cancellation) =>
        // A second time finds nothing.
        _loop.ReadAsync((inner, serviceId), static (x, ct) => Done(x.inner.DeregisterServiceAsync(x.serviceId, ct)), default, cancellation);

    /// <inheritdoc />
    public Task UpdateCheckAsync(string checkId, CheckStatus status, string? output, CancellationToken cancellation) =>
        _loop.WriteAsync((inner, checkId, status, output), static (x, ct) => Done(x.inner.UpdateCheckAsync(x.checkId, x.status, x.output, ct)), cancellation);

    /// <inheritdoc />
    public Task<ServiceListing> ListServiceAsync(string serviceName, ReadOptions options, CancellationToken cancellation) =>
        _loop.ReadAsync((inner, serviceName, options), static (x, ct) => x.inner.ListServiceAsync(x.serviceName, x.options, ct), options, cancellation);

    /// <inheritdoc />
    public void Dispose() => inner.Dispose();

    private static async Task<bool> Done(Task task)
    {
        await task.ConfigureAwait(false);
        return true;
    }
}
