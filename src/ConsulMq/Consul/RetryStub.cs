#pragma warning disable
namespace ConsulMq.Consul;
public sealed record RetryPolicy { public TimeSpan Timeout { get; init; } }
public sealed class RetryingConsul(IConsul inner, Clock c, Func<double> r, RetryPolicy p) : IConsul {
 public string Address => inner.Address;
 public Task<KvGet> GetAsync(string key, ReadOptions options, CancellationToken cancellation)=>inner.GetAsync(key,options,cancellation);
 public Task<KvListing> ListAsync(string prefix, ReadOptions options, CancellationToken cancellation)=>inner.ListAsync(prefix,options,cancellation);
 public Task<KvKeys> KeysAsync(string prefix, string? separator, ReadOptions options, CancellationToken cancellation)=>inner.KeysAsync(prefix,separator,options,cancellation);
 public Task PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellation)=>inner.PutAsync(key,value,cancellation);
 public Task DeleteAsync(string key, CancellationToken cancellation)=>inner.DeleteAsync(key,cancellation);
 public Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation)=>inner.TransactAsync(operations,consistency,cancellation);
 public Task<string> CreateSessionAsync(SessionRequest request, CancellationToken cancellation)=>inner.CreateSessionAsync(request,cancellation);
 public Task<bool> RenewSessionAsync(string s, CancellationToken cancellation)=>inner.RenewSessionAsync(s,cancellation);
 public Task DestroySessionAsync(string s, CancellationToken cancellation)=>inner.DestroySessionAsync(s,cancellation);
 public Task<SessionListing> ListSessionsAsync(ReadOptions options, CancellationToken cancellation)=>inner.ListSessionsAsync(options,cancellation);
 public Task<AgentSelf> SelfAsync(CancellationToken cancellation)=>inner.SelfAsync(cancellation);
 public Task RegisterServiceAsync(ServiceRegistration r, CancellationToken cancellation)=>inner.RegisterServiceAsync(r,cancellation);
 public Task DeregisterServiceAsync(string s, CancellationToken cancellation)=>inner.DeregisterServiceAsync(s,cancellation);
 public Task UpdateCheckAsync(string c, CheckStatus s, string? o, CancellationToken cancellation)=>inner.UpdateCheckAsync(c,s,o,cancellation);
 public Task<ServiceListing> ListServiceAsync(string s, ReadOptions o, CancellationToken cancellation)=>inner.ListServiceAsync(s,o,cancellation);
 public void Dispose()=>inner.Dispose();
}
