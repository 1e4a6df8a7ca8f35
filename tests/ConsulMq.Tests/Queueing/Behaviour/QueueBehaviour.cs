using ConsulMq.Consul;

namespace ConsulMq.Tests.Queueing.Behaviour;

/// <summary>
/// The base of tests that say what every queue does. Each runs on the model and, from the same source, on a real Consul: a class derived from this one
/// holds the tests, and two of one line each, above it, say on what they run.
/// </summary>
public abstract class QueueBehaviour(IBackend backend) : IDisposable
{
    protected static CancellationToken None => CancellationToken.None;

    public void Dispose()
    {
        backend.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Another client of the same queues.</summary>
    /// <param name="settings">How it works; its prefix is the test's in any case.</param>
    /// <param name="through">Puts something between the connection and its Consul, to watch or to disturb.</param>
    protected ConsulMqConnection Connect(ConnectionSettings? settings = null, Func<IConsul, IConsul>? through = null)
    {
        var consul = backend.Open();
        return new(through?.Invoke(consul) ?? consul, (settings ?? new ConnectionSettings()) with { Prefix = backend.Prefix });
    }

    /// <summary>Consul itself, to look behind the queues.</summary>
    protected IConsul OpenConsul() => backend.Open();

    /// <summary>The key prefix of the queues.</summary>
    protected string Prefix => backend.Prefix;

    protected static MessageDraft Text(string text) => new() { Body = MessageBody.FromText(text) };

    /// <summary>So many texts, from <c>m0</c> on.</summary>
    protected static List<string> Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => $"m{i}")];

    /// <summary>Pushes all as one stream, which packs them into entries.</summary>
    protected static async Task PushAll(MessageQueue queue, IEnumerable<string> texts)
    {
        using var push = queue.OpenPush();
        foreach (var text in texts)
            await push.AddAsync(Text(text), null, None);
        await push.FlushAsync(None);
        while (push.TryTake(out var outcome))
            Assert.Null(outcome.Error);
    }

    /// <summary>Pops until the queue is empty.</summary>
    protected static async Task<List<string>> PopAll(MessageQueue queue, int atATime = int.MaxValue)
    {
        var all = new List<string>();
        using var consumer = queue.OpenConsumer();
        while ((await consumer.PopAsync(atATime, None)).Items is { Count: > 0 } items)
            all.AddRange(items.Select(i => i.ReadContent().Text!));
        return all;
    }

    /// <summary>Pops so many, or fewer if the queue is empty before.</summary>
    protected static async Task<List<string>> Take(QueueConsumer consumer, int count)
    {
        var taken = new List<string>();
        while (taken.Count < count && (await consumer.PopAsync(count - taken.Count, None)).Items is { Count: > 0 } items)
            taken.AddRange(items.Select(i => i.ReadContent().Text!));
        return taken;
    }

    /// <summary>Reads the whole queue and takes nothing.</summary>
    protected static async Task<List<string>> LookAll(MessageQueue queue)
    {
        var all = new List<string>();
        var browser = queue.Browse();
        while (await browser.NextAsync(None) is { } batch)
            all.AddRange(batch.Items.Select(i => i.ReadContent().Text!));
        return all;
    }

    /// <summary>Leases so many, or fewer if there are no more.</summary>
    protected static async Task<List<QueueObject>> Lease(MessageQueue queue, int count, TimeSpan? duration = null)
    {
        using var consumer = queue.OpenConsumer();
        var items = new List<QueueObject>();
        while (items.Count < count && (await consumer.LeaseAsync(count - items.Count, duration, None)).Items is { Count: > 0 } batch)
            items.AddRange(batch);
        return items;
    }

    /// <summary>Settles all as one stream.</summary>
    protected static async Task<List<SettleOutcome>> Settle(MessageQueue queue, SettlementKind kind, IEnumerable<QueueObject> items, string? reason = null)
    {
        using var stream = queue.OpenSettle();
        foreach (var item in items)
            await stream.AddAsync(Settlement.Of(kind, item) with { Reason = reason }, item, None);
        await stream.FlushAsync(None);
        var outcomes = new List<SettleOutcome>();
        while (stream.TryTake(out var outcome))
            outcomes.Add(outcome);
        return outcomes;
    }

    protected static async Task<SettleOutcome> SettleOne(MessageQueue queue, Settlement settlement)
    {
        using var stream = queue.OpenSettle();
        await stream.AddAsync(settlement, null, None);
        await stream.FlushAsync(None);
        Assert.True(stream.TryTake(out var outcome));
        return outcome;
    }

    /// <summary>The keys of queue <c>jobs</c> under a prefix of its own.</summary>
    protected async Task<IReadOnlyList<string>> Keys(string what)
    {
        using var consul = OpenConsul();
        return (await consul.KeysAsync($"{Prefix}/jobs/{what}", null, default, None)).Keys;
    }
}
