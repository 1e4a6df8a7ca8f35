using System.Diagnostics;
using ConsulMq.Consul;

namespace ConsulMq.Diagnostics;

/// <summary>
/// Tells the requests of a Consul that has no HTTP, the model in this process, as operations with their keys, never with values. Where nobody wants to know it
/// does nothing but pass them on.
/// </summary>
/// <param name="inner">The Consul; disposed with this.</param>
internal sealed class LoggingConsul(IConsul inner) : IConsul
{
    /// <inheritdoc />
    public string Address => inner.Address;

    /// <inheritdoc />
    public Task<KvGet> GetAsync(string key, ReadOptions options, CancellationToken cancellation) =>
        Tell((key, options), static x => "Get " + x.key + Blocking(x.options), inner.GetAsync(key, options, cancellation), static r => r.Pair is null ? "none" : "1 key");

    /// <inheritdoc />
    public Task<RawValue?> GetRawAsync(string key, ReadConsistency consistency, CancellationToken cancellation) =>
        Tell(key, static key => "Get raw " + key, inner.GetRawAsync(key, consistency, cancellation), static r => r is null ? "none" : "1 value");

    /// <inheritdoc />
    public Task<KvListing> ListAsync(string prefix, ReadOptions options, CancellationToken cancellation) =>
        Tell((prefix, options), static x => "List " + x.prefix + Blocking(x.options), inner.ListAsync(prefix, options, cancellation), static r => Keys(r.Pairs.Count));

    /// <inheritdoc />
    public Task<KvKeys> KeysAsync(string prefix, string? separator, ReadOptions options, CancellationToken cancellation) =>
        Tell((prefix, options), static x => "Keys " + x.prefix + Blocking(x.options), inner.KeysAsync(prefix, separator, options, cancellation), static r => Keys(r.Keys.Count));

    /// <inheritdoc />
    public Task PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellation) => Tell(key, static key => "Put " + key, Done(inner.PutAsync(key, value, cancellation)));

    /// <inheritdoc />
    public Task DeleteAsync(string key, CancellationToken cancellation) => Tell(key, static key => "Delete " + key, Done(inner.DeleteAsync(key, cancellation)));

    /// <inheritdoc />
    public Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation) =>
        Tell(operations, static x => $"Transaction of {OperationLog.Count(x.Count, "operation", "operations")}", inner.TransactAsync(operations, consistency, cancellation),
            static r => r.Committed ? "committed" : "refused");

    /// <inheritdoc />
    public Task<string> CreateSessionAsync(SessionRequest request, CancellationToken cancellation) => Tell(request, static _ => "Create session", inner.CreateSessionAsync(request, cancellation));

    /// <inheritdoc />
    public Task<bool> RenewSessionAsync(string sessionId, CancellationToken cancellation) => Tell(sessionId, static x => "Renew session " + x, inner.RenewSessionAsync(sessionId, cancellation));

    /// <inheritdoc />
    public Task DestroySessionAsync(string sessionId, CancellationToken cancellation) => Tell(sessionId, static x => "Destroy session " + x, Done(inner.DestroySessionAsync(sessionId, cancellation)));

    /// <inheritdoc />
    public Task<SessionListing> ListSessionsAsync(ReadOptions options, CancellationToken cancellation) => Tell(0, static _ => "List sessions", inner.ListSessionsAsync(options, cancellation));

    /// <inheritdoc />
    public Task<AgentSelf> SelfAsync(CancellationToken cancellation) => Tell(0, static _ => "Agent self", inner.SelfAsync(cancellation));

    /// <inheritdoc />
    public Task RegisterServiceAsync(ServiceRegistration registration, CancellationToken cancellation) =>
        Tell(registration, static _ => "Register service", Done(inner.RegisterServiceAsync(registration, cancellation)));

    /// <inheritdoc />
    public Task DeregisterServiceAsync(string serviceId, CancellationToken cancellation) => Tell(serviceId, static x => "Deregister service " + x, Done(inner.DeregisterServiceAsync(serviceId, cancellation)));

    /// <inheritdoc />
    public Task UpdateCheckAsync(string checkId, CheckStatus status, string? output, CancellationToken cancellation) =>
        Tell(checkId, static x => "Update check " + x, Done(inner.UpdateCheckAsync(checkId, status, output, cancellation)));

    /// <inheritdoc />
    public Task<ServiceListing> ListServiceAsync(string serviceName, ReadOptions options, CancellationToken cancellation) =>
        Tell(serviceName, static x => "List service " + x, inner.ListServiceAsync(serviceName, options, cancellation));

    /// <inheritdoc />
    public void Dispose() => inner.Dispose();

    private static string Blocking(ReadOptions options) => options.WaitIndex > 0 ? $" (blocking at {options.WaitIndex})" : "";

    private static string Keys(int count) => OperationLog.Count(count, "key", "keys");

    private static Task<T> Tell<TState, T>(TState state, Func<TState, string> what, Task<T> call, Func<T, string>? result = null) =>
        OperationLog.Current is { } log ? TellAsync(log, what(state), call, result) : call;

    private static async Task<T> TellAsync<T>(OperationLog log, string what, Task<T> call, Func<T, string>? result)
    {
        // The model answers at once, but for what blocks: that is all there is to measure.
        var watch = Stopwatch.StartNew();
        try
        {
            var done = await call.ConfigureAwait(false);
            log.Request($"{what}: {result?.Invoke(done) ?? "done"}", watch.Elapsed);
            return done;
        }
        catch (Exception e)
        {
            log.Request($"{what}: {(e as ConsulException)?.Fault.ToString() ?? "ended"}", watch.Elapsed);
            throw;
        }
    }

    private static Task<bool> Done(Task task) => task.Status == TaskStatus.RanToCompletion ? Task.FromResult(true) : DoneAsync(task);

    private static async Task<bool> DoneAsync(Task task)
    {
        await task.ConfigureAwait(false);
        return true;
    }
}
