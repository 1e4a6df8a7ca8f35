using ConsulMq.Consul;

namespace ConsulMq.InMemory;

/// <summary>
/// Consul's KV, transactions, sessions, blocking queries and agent services in this process, traps included: what a queue may rely on, and
/// what it must not, is the same here and there, which the conformance tests prove. It holds as long as the process lives. Several connections may share one.
/// </summary>
/// <remarks>
/// Every method completes before it returns unless it blocks on an index. Nothing runs in the background: what is due (a session that
/// expires, a check that turns critical) happens before the next request is looked at, and a blocked query sleeps no longer than until then.
/// </remarks>
public sealed partial class InMemoryConsul : IConsul
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private readonly InMemoryConsulOptions _options;
    private readonly object _gate = new();
    private readonly KvState _kv = new();
    private readonly SessionState _sessions = new();
    private readonly AgentState _agent = new();
    private readonly Waiters _waiters;

    // A real log begins with entries of Raft's own. It matters: the index of an empty store reads 1, and a write must come above that.
    private ulong _raftIndex = 10;
    private long _requests;
    private long _raftWrites;

    /// <summary>Creates an empty store on this machine's clock.</summary>
    public InMemoryConsul()
        : this(new InMemoryConsulOptions())
    {
    }

    /// <summary>Creates an empty store.</summary>
    /// <param name="options">Clock and the like.</param>
    public InMemoryConsul(InMemoryConsulOptions options)
    {
        _options = options ?? throw new ArgumentNullException(nameof(options));
        _waiters = new Waiters(options.RunContinuationsAsynchronously);
    }

    /// <inheritdoc />
    public string Address => Identity.Address;

    /// <summary>How many calls there were; a blocking query is one.</summary>
    internal long Requests => Interlocked.Read(ref _requests);

    /// <summary>How many entries a Raft log would have: every write, also one that changed nothing or was refused.</summary>
    internal long RaftWrites => Interlocked.Read(ref _raftWrites);

    /// <summary>How many pairs there are.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
                return _kv.Count;
        }
    }

    private TimeSpan Now => _options.Clock.Elapsed;

    /// <inheritdoc />
    public Task<KvGet> GetAsync(string key, ReadOptions options, CancellationToken cancellation) =>
        ReadAsync(new Watch(WatchKind.Key, key), options, () => _kv.Get(UrlRules.RequireKey(key)), static got => got.Index, cancellation);

    /// <inheritdoc />
    public Task<RawValue?> GetRawAsync(string key, ReadConsistency consistency, CancellationToken cancellation) =>
        Request(() => _kv.Get(UrlRules.RequireKey(key)).Pair is { } pair ? RawValue.Of(pair.Value) : null, cancellation);

    /// <inheritdoc />
    public Task<KvListing> ListAsync(string prefix, ReadOptions options, CancellationToken cancellation) =>
        ReadAsync(new Watch(WatchKind.Prefix, prefix), options, () => List(UrlRules.RequireName(prefix)), static listing => listing.Index, cancellation);

    /// <inheritdoc />
    public Task<KvKeys> KeysAsync(string prefix, string? separator, ReadOptions options, CancellationToken cancellation) =>
        ReadAsync(new Watch(WatchKind.Prefix, prefix), options, () => Keys(UrlRules.RequireName(prefix), separator), static keys => keys.Index, cancellation);

    /// <inheritdoc />
    public Task PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellation) =>
        Request(
            () => value.Length > ConsulLimits.ValueBytes
                ? throw TooLarge($"The value of {value.Length} bytes is over Consul's limit of {ConsulLimits.ValueBytes}.")
                : Write([KvOperation.Set(UrlRules.RequireKey(key), value)]),
            cancellation);

    /// <inheritdoc />
    public Task DeleteAsync(string key, CancellationToken cancellation) =>
        Request(() => Write([KvOperation.Delete(UrlRules.RequireKey(key))]), cancellation);

    /// <inheritdoc />
    public Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation) =>
        Request(() => Transact(operations), cancellation);

    /// <summary>Does nothing: other connections may share the store, and it holds nothing but memory.</summary>
    public void Dispose()
    {
    }

    private TransactionResult Transact(IReadOnlyList<KvOperation> operations)
    {
        CheckLimits(operations);
        var refused = KvTransaction.Precheck(_sessions, operations, Now);
        if (refused.Count > 0)
            return TransactionResult.Refused(refused);
        foreach (var operation in operations)
            if (!operation.IsRead)
                return Write(operations);
        return new KvTransaction(_kv, _sessions, _raftIndex).Run(operations);
    }

    /// <summary>A write to KV: a Raft entry of its own, whether it commits or is refused.</summary>
    private TransactionResult Write(IReadOnlyList<KvOperation> operations)
    {
        var index = NextIndex();
        var result = new KvTransaction(_kv, _sessions, index).Run(operations);
        if (result.Committed)
            CommitKv(index);
        else
            _kv.RollBack();
        return result;
    }

    private ulong NextIndex()
    {
        Interlocked.Increment(ref _raftWrites);
        return ++_raftIndex;
    }

    private void CommitKv(ulong index)
    {
        foreach (var key in _kv.Commit(index, Now))
            _waiters.Mark(new Watch(WatchKind.Key, key));
    }

    private KvListing List(string prefix)
    {
        var pairs = _kv.Under(prefix);
        return new KvListing(pairs, _kv.IndexOf(prefix, pairs));
    }

    private KvKeys Keys(string prefix, string? separator)
    {
        var pairs = _kv.Under(prefix);
        var keys = new List<string>(pairs.Count);
        string? last = null;
        foreach (var pair in pairs)
        {
            var cut = string.IsNullOrEmpty(separator) ? -1 : pair.Key.IndexOf(separator, prefix.Length, StringComparison.Ordinal);
            if (cut < 0)
            {
                keys.Add(pair.Key);
                continue;
            }
            // Keys with the same beginning are neighbours, so comparing with the last one is enough.
            var group = pair.Key.Substring(0, cut + separator!.Length);
            if (group != last)
                keys.Add(group);
            last = group;
        }
        return new KvKeys(keys, _kv.IndexOf(prefix, pairs));
    }

    private static void CheckLimits(IReadOnlyList<KvOperation> operations)
    {
        if (operations.Count > ConsulLimits.OperationsPerTransaction)
            throw TooLarge($"{operations.Count} operations are over Consul's limit of {ConsulLimits.OperationsPerTransaction} for one transaction.");
        var size = RequestSize.Of(operations);
        if (size > ConsulLimits.TransactionBytes)
            throw TooLarge($"The transaction of {size} bytes is over Consul's limit of {ConsulLimits.TransactionBytes}.");
    }

    private static ConsulException TooLarge(string message) => new(ConsulFault.TooLarge, Identity.Address, false, message);
}
