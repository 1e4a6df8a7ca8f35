using ConsulMq.Consul;

namespace ConsulMq.Tests.Support;

/// <summary>Passes every call on; tests override what they watch or disturb.</summary>
internal abstract class DelegatingConsul(IConsul inner) : IConsul
{
    protected IConsul Inner { get; } = inner;

    public virtual string Address => Inner.Address;

    public virtual Task<KvGet> GetAsync(string key, ReadOptions options, CancellationToken cancellation) => Inner.GetAsync(key, options, cancellation);

    public virtual Task<RawValue?> GetRawAsync(string key, ReadConsistency consistency, CancellationToken cancellation) => Inner.GetRawAsync(key, consistency, cancellation);

    public virtual Task<KvListing> ListAsync(string prefix, ReadOptions options, CancellationToken cancellation) => Inner.ListAsync(prefix, options, cancellation);

    public virtual Task<KvKeys> KeysAsync(string prefix, string? separator, ReadOptions options, CancellationToken cancellation) => Inner.KeysAsync(prefix, separator, options, cancellation);

    public virtual Task PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellation) => Inner.PutAsync(key, value, cancellation);

    public virtual Task DeleteAsync(string key, CancellationToken cancellation) => Inner.DeleteAsync(key, cancellation);

    public virtual Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation) =>
        Inner.TransactAsync(operations, consistency, cancellation);

    public virtual Task<string> CreateSessionAsync(SessionRequest request, CancellationToken cancellation) => Inner.CreateSessionAsync(request, cancellation);

    public virtual Task<bool> RenewSessionAsync(string sessionId, CancellationToken cancellation) => Inner.RenewSessionAsync(sessionId, cancellation);

    public virtual Task DestroySessionAsync(string sessionId, CancellationToken cancellation) => Inner.DestroySessionAsync(sessionId, cancellation);

    public virtual Task<SessionListing> ListSessionsAsync(ReadOptions options, CancellationToken cancellation) => Inner.ListSessionsAsync(options, cancellation);

    public virtual Task<AgentSelf> SelfAsync(CancellationToken cancellation) => Inner.SelfAsync(cancellation);

    public virtual Task RegisterServiceAsync(ServiceRegistration registration, CancellationToken cancellation) => Inner.RegisterServiceAsync(registration, cancellation);

    public virtual Task DeregisterServiceAsync(string serviceId, CancellationToken cancellation) => Inner.DeregisterServiceAsync(serviceId, cancellation);

    public virtual Task UpdateCheckAsync(string checkId, CheckStatus status, string? output, CancellationToken cancellation) => Inner.UpdateCheckAsync(checkId, status, output, cancellation);

    public virtual Task<ServiceListing> ListServiceAsync(string serviceName, ReadOptions options, CancellationToken cancellation) => Inner.ListServiceAsync(serviceName, options, cancellation);

    public virtual void Dispose() => Inner.Dispose();
}

/// <summary>A Consul that several connections share: none of them disposes it.</summary>
internal sealed class Unowned(IConsul inner) : DelegatingConsul(inner)
{
    public override void Dispose()
    {
    }
}
