using ConsulMq.Consul;
using ConsulMq.Tests.Simulation.Mistakes;
using ConsulMq.Tests.Support;

namespace ConsulMq.Tests.Simulation;

/// <summary>Consul as one client sees it through the network: every request, and every answer, is a step of the schedule.</summary>
internal sealed class SimulatedConsul(World world, Client client) : DelegatingConsul(world.Server)
{
    private readonly ClientMistakes _mistakes = new(world);

    public override async Task<KvGet> GetAsync(string key, ReadOptions options, CancellationToken cancellation)
    {
        var got = await Send($"get {Short(key)}", false, async stop => _mistakes.Read(await Inner.GetAsync(key, options, stop).ConfigureAwait(false)), cancellation).ConfigureAwait(false);
        if (key.StartsWith(world.KeysOf(key).Receipts, StringComparison.Ordinal))
            client.HasReadReceiptAt = world.Step;
        return got;
    }

    public override Task<RawValue?> GetRawAsync(string key, ReadConsistency consistency, CancellationToken cancellation) =>
        Send($"get raw {Short(key)}", false, stop => base.GetRawAsync(key, consistency, stop), cancellation);

    public override Task PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellation)
    {
        // On the wire from here on, as below.
        var sent = value.ToArray();
        return Send($"put {Short(key)}", true, stop => Put(key, sent, stop), cancellation);

        async Task<bool> Put(string at, byte[] bytes, CancellationToken stop)
        {
            await base.PutAsync(at, bytes, stop).ConfigureAwait(false);
            return true;
        }
    }

    public override Task<KvListing> ListAsync(string prefix, ReadOptions options, CancellationToken cancellation) =>
        Send($"list {Short(prefix)}{Blocking(options)}", false, stop => ListAgedAsync(prefix, options, stop), cancellation);

    public override Task<KvKeys> KeysAsync(string prefix, string? separator, ReadOptions options, CancellationToken cancellation) =>
        Send($"keys {Short(prefix)}{Blocking(options)}", false,
            async stop => _mistakes.Read(prefix, await base.KeysAsync(prefix, separator, options, stop).ConfigureAwait(false)), cancellation);

    public override Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation)
    {
        // On the wire from here on: the caller may change its buffers though the request still lingers somewhere.
        var sent = operations.Select(static o => o with { Value = o.Value.ToArray() }).ToArray();
        var isWrite = !Array.TrueForAll(sent, static o => o.IsRead);
        if (!isWrite && world.Mistake == Mistake.SealByAnotherSnapshot && WireMistakes.Split(sent) is var (page, rest))
            return ReadInTwoAsync(page, rest, cancellation);
        var mistaken = WireMistakes.PutBack(world.Mistake, sent, world.Keys);
        _mistakes.Sent(mistaken);
        var what = world.Story.IsTold ? Wording.Of(mistaken, world.Keys) : "";
        return Send(what, isWrite, _ => Task.FromResult(CarryOut(mistaken, isWrite)), cancellation);
    }

    public override Task<string> CreateSessionAsync(SessionRequest request, CancellationToken cancellation) =>
        Send("create a session", true, stop => world.Sessions.CreateAsync(request, stop), cancellation);

    public override Task<bool> RenewSessionAsync(string sessionId, CancellationToken cancellation) =>
        Send($"renew {sessionId}", true, stop => world.Sessions.RenewAsync(sessionId, stop), cancellation);

    public override Task DestroySessionAsync(string sessionId, CancellationToken cancellation) =>
        Send($"destroy {sessionId}", true, stop => world.Sessions.DestroyAsync(client, sessionId, stop), cancellation);

    public override void Dispose()
    {
    }

    private static string Blocking(ReadOptions options) => options.WaitIndex > 0 ? $", blocking on {options.WaitIndex}" : "";

    private string Short(string key) => world.Story.IsTold ? Wording.Short(key, world.Keys) : key;

    private async Task<KvListing> ListAgedAsync(string prefix, ReadOptions options, CancellationToken cancellation)
    {
        var listing = await base.ListAsync(prefix, options, cancellation).ConfigureAwait(false);
        return world.Mistake == Mistake.CollectReceiptsInUse && prefix == world.Keys.Receipts ? WireMistakes.Aged(listing, world.Timeline.UtcNow) : listing;
    }

    private TransactionResult CarryOut(KvOperation[] operations, bool isWrite)
    {
        _mistakes.Arrives(operations);
        var result = Inner.TransactAsync(operations, ReadConsistency.Default, CancellationToken.None).GetAwaiter().GetResult();
        if (isWrite)
            world.Applied(client, operations, result);
        return _mistakes.Read(WireMistakes.PutBack(world.Mistake, operations, result, world.Keys));
    }

    private async Task<TransactionResult> ReadInTwoAsync(KvOperation[] first, KvOperation[] second, CancellationToken cancellation)
    {
        var one = await Send("reads the page", false, _ => Task.FromResult(CarryOut(first, false)), cancellation).ConfigureAwait(false);
        var two = await Send("reads the index", false, _ => Task.FromResult(CarryOut(second, false)), cancellation).ConfigureAwait(false);
        return TransactionResult.Success([.. two.Pairs, .. one.Pairs], 0);
    }

    private Task<T> Send<T>(string what, bool isWrite, Func<CancellationToken, Task<T>> carryOut, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellation);
        client.Requests += client.CutOffUntil > world.Timeline.Elapsed ? 0 : 1;
        var request = new Request<T>(world, client, what, isWrite, carryOut);
        return request.SendAsync(cancellation);
    }
}
