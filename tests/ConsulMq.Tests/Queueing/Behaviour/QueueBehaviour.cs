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
            all.AddRange(items.Select(i => i.Content.Text!));
        return all;
    }

    /// <summary>Pops so many, or fewer if the queue is empty before.</summary>
    protected static async Task<List<string>> Take(QueueConsumer consumer, int count)
    {
        var taken = new List<string>();
        while (taken.Count < count && (await consumer.PopAsync(count - taken.Count, None)).Items is { Count: > 0 } items)
            taken.AddRange(items.Select(i => i.Content.Text!));
        return taken;
    }

    /// <summary>Reads the whole queue and takes nothing.</summary>
    protected static async Task<List<string>> LookAll(MessageQueue queue)
    {
        var all = new List<string>();
        var browser = queue.Browse();
        while (await browser.NextAsync(None) is { } batch)
            all.AddRange(batch.Items.Select(i => i.Content.Text!));
        return all;
    }
}
