using ConsulMq.Consul;
using ConsulMq.Tests.Queueing;
using ConsulMq.TestSupport;
using ConsulMq.TestSupport.Soaking;

namespace ConsulMq.Tests.Limits;

/// <summary>A thousand queues under one prefix.</summary>
[Collection(nameof(AloneCollection))]
[Trait("Category", Soak.Category)]
public sealed class ManyQueuesTests(ConsulFixture fixture) : IClassFixture<ConsulFixture>
{
    private const long MostForOne = 24 * 1024;

    private const long Base = 16L * 1024 * 1024;

    private static readonly Figures Figures = new("Resource limits");

    [Fact]
    public async Task MemoryIsBoundedForEachQueue()
    {
        var count = Soak.Amount(200, 1_000);
        var prefix = ConsulFixture.NewPrefix();
        using var filler = Connect(prefix);
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (i, stop) => await filler.Queue($"queue-{i:d4}").PushAsync(new MessageDraft { Body = MessageBody.FromText("x") }, stop));

        using var connection = Connect(prefix);
        await Holds("names, as Tab asks for them", count, async () => Assert.Equal(count, (await connection.QueueNamesAsync(default)).Count));
        using var monitor = connection.OpenMonitor(static name => name.EndsWith('7'));
        await Holds("figures of a tenth of them, by a pattern", count, async () => Assert.Equal(count / 10, (await monitor.NextAsync(default)).Queues.Count));
        using var all = connection.OpenMonitor();
        await Holds("figures of all", count, async () => Assert.Equal(count, (await all.NextAsync(default)).Queues.Count));
        await Holds("figures of all, after a change", count, async () =>
        {
            var next = all.NextAsync(default);
            await filler.Queue("queue-0003").PushAsync(new MessageDraft { Body = MessageBody.FromText("y") }, default);
            var figures = await next;
            while (figures.Queues.Single(static queue => queue.Name == "queue-0003").Depth < 2)
                figures = await all.NextAsync(default);
        });
        await Holds("a pop from each, by one connection", count, async () =>
        {
            for (var i = 0; i < count; i++)
            {
                using var consumer = connection.Queue($"queue-{i:d4}").OpenConsumer();
                Assert.Single((await consumer.PopAsync(1, default)).Items);
            }
        });
    }

    private static async Task Holds(string operation, int count, Func<Task> run)
    {
        var peak = await MemoryWatch.OfAsync(() => run().WaitAsync(TimeSpan.FromMinutes(5)));
        Figures.Write($"{count:N0} queues, {operation}", peak.ToString());
        Assert.True(peak.Managed <= Base + (count * MostForOne), $"{operation}: {peak}");
    }

    private ConsulMqConnection Connect(string prefix) =>
        new(new HttpConsul(new ConsulOptions { Address = fixture.Address }), new ConnectionSettings { Prefix = prefix, FirstChores = 0 });
}
