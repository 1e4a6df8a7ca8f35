namespace ConsulMq.Consul;

/// <summary>
/// The part of Consul a queue needs: KV, transactions, sessions, the agent. Implemented over HTTP by <c>HttpConsul</c> and in this process by
/// <c>InMemoryConsul</c>, with the same semantics. All methods may be called at once from many threads. A method that cannot get a true answer
/// throws <see cref="ConsulException"/>; a lost race (a refused transaction, a missing key) is a result.
/// </summary>
public interface IConsul : IDisposable
{
    /// <summary>Where this Consul is, for people: <c>http://127.0.0.1:8500</c>, <c>unix:///run/consul.sock</c>, <c>in-memory</c>.</summary>
    string Address { get; }

    /// <summary>Reads one key.</summary>
    /// <returns>The pair, or a result with <see cref="KvGet.Pair"/> null if there is none; either way with the index to block on.</returns>
    Task<KvGet> GetAsync(string key, ReadOptions options, CancellationToken cancellation);

    /// <summary>Reads one key's value as it is (<c>?raw</c>: no JSON, no base64): the cheapest way to read up to 512 KiB.</summary>
    /// <returns>The value, to be disposed once it is used; null if the key is missing.</returns>
    Task<RawValue?> GetRawAsync(string key, ReadConsistency consistency, CancellationToken cancellation);

    /// <summary>Reads all pairs whose key starts with <paramref name="prefix"/>, in key order (<c>?recurse</c>).</summary>
    Task<KvListing> ListAsync(string prefix, ReadOptions options, CancellationToken cancellation);

    /// <summary>
    /// Reads all keys that start with <paramref name="prefix"/>, in key order (<c>?keys</c>). With a <paramref name="separator"/> each key is cut
    /// behind the first separator after the prefix, and equal results are given once.
    /// </summary>
    Task<KvKeys> KeysAsync(string prefix, string? separator, ReadOptions options, CancellationToken cancellation);

    /// <summary>Writes one key without a condition, value as it is (no base64): the cheapest way to store up to 512 KiB.</summary>
    Task PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellation);

    /// <summary>Deletes one key without a condition. A missing key is not an error.</summary>
    Task DeleteAsync(string key, CancellationToken cancellation);

    /// <summary>
    /// Runs up to <see cref="ConsulLimits.OperationsPerTransaction"/> operations as one Raft entry, all or nothing. Operations that are all reads
    /// are a consistent snapshot and no Raft write.
    /// </summary>
    /// <returns>Committed with the pairs that the reads gave, or refused with every operation that failed.</returns>
    Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation);

    /// <summary>Creates a session. Returns its ID.</summary>
    Task<string> CreateSessionAsync(SessionRequest request, CancellationToken cancellation);

    /// <summary>Renews a session's TTL. False: the session is gone.</summary>
    Task<bool> RenewSessionAsync(string sessionId, CancellationToken cancellation);

    /// <summary>Ends a session; what it locked is released or deleted, as its behaviour says. A missing session is not an error.</summary>
    Task DestroySessionAsync(string sessionId, CancellationToken cancellation);

    /// <summary>All living sessions of the datacenter.</summary>
    Task<SessionListing> ListSessionsAsync(ReadOptions options, CancellationToken cancellation);

    /// <summary>What the agent at <see cref="Address"/> says of itself.</summary>
    Task<AgentSelf> SelfAsync(CancellationToken cancellation);

    /// <summary>Registers a service, with a TTL check if it names one, at the local agent.</summary>
    Task RegisterServiceAsync(ServiceRegistration registration, CancellationToken cancellation);

    /// <summary>Removes a service from the local agent. A missing one is not an error.</summary>
    Task DeregisterServiceAsync(string serviceId, CancellationToken cancellation);

    /// <summary>Reports a TTL check's state to the local agent.</summary>
    Task UpdateCheckAsync(string checkId, CheckStatus status, string? output, CancellationToken cancellation);

    /// <summary>All instances of a service in the datacenter, with their health.</summary>
    Task<ServiceListing> ListServiceAsync(string serviceName, ReadOptions options, CancellationToken cancellation);
}
