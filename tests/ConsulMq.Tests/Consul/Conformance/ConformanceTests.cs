using System.Text;
using ConsulMq.Consul;

namespace ConsulMq.Tests.Consul.Conformance;

/// <summary>
/// The base of tests that say what Consul does. Each runs on the in-process model and, from the same source, on a real Consul: what the queue relies on
/// is thereby known to be true of both.
/// </summary>
public abstract class ConformanceTests : IDisposable
{
    protected ConformanceTests(IConsul consul)
    {
        Consul = consul;
        Prefix = $"conformance/{Guid.NewGuid():N}/";
    }

    protected IConsul Consul { get; }

    /// <summary>A prefix that no other test uses.</summary>
    protected string Prefix { get; }

    protected static CancellationToken None => CancellationToken.None;

    public virtual void Dispose()
    {
        Consul.TransactAsync([KvOperation.DeleteTree(Prefix)], ReadConsistency.Default, None).GetAwaiter().GetResult();
        Consul.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(KvPair? pair) => Encoding.UTF8.GetString(Assert.IsType<KvPair>(pair).Value.ToArray());

    protected string Key(string name) => Prefix + name;

    protected Task<TransactionResult> Run(params KvOperation[] operations) => Consul.TransactAsync(operations, ReadConsistency.Default, None);

    /// <summary>Runs a transaction that must commit, and gives its index.</summary>
    protected async Task<ulong> Commit(params KvOperation[] operations)
    {
        var result = await Run(operations);
        Assert.True(result.Committed, string.Join("; ", result.Failures));
        return result.Index;
    }

    /// <summary>Runs a transaction that must be refused because of exactly the operations that are named.</summary>
    protected async Task Refuse(int[] failed, params KvOperation[] operations)
    {
        var result = await Run(operations);
        Assert.False(result.Committed, "It should have been refused.");
        Assert.Empty(result.Pairs);
        Assert.Equal(0ul, result.Index);
        Assert.All(result.Failures, failure => Assert.NotEmpty(failure.What));
        Assert.Equal(failed, result.Failures.Select(failure => failure.OpIndex));
    }

    protected Task<ulong> Set(string name, string value) => Commit(KvOperation.Set(Key(name), Bytes(value)));

    protected async Task<KvPair?> Get(string name) => (await Consul.GetAsync(Key(name), default, None)).Pair;

    protected async Task<KvPair> Pair(string name) => Assert.IsType<KvPair>(await Get(name));

    protected async Task<string[]> KeysUnder(string name = "", string? separator = null) =>
        [.. (await Consul.KeysAsync(Key(name), separator, default, None)).Keys.Select(key => key.Substring(Prefix.Length))];

    protected Task<string> Session(SessionBehavior behavior = SessionBehavior.Release, TimeSpan ttl = default, TimeSpan lockDelay = default) =>
        Consul.CreateSessionAsync(new SessionRequest { Name = "conformance", Behavior = behavior, Ttl = ttl, LockDelay = lockDelay }, None);
}
