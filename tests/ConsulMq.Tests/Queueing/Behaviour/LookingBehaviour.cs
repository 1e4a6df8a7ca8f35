using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class LookingOnModel() : LookingBehaviour(new ModelBackend());

public sealed class LookingOnConsul(ConsulFixture consul) : LookingBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>What can be seen of a queue without taking from it.</summary>
public abstract class LookingBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    [Fact]
    public async Task LookingTakesNothing()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        Assert.Empty(await LookAll(queue));
        await PushAll(queue, Numbers(1000));
        Assert.Equal(Numbers(1000), await LookAll(queue));
        Assert.Equal(Numbers(1000), await PopAll(queue));
    }

    [Fact]
    public async Task PositionsCountFromTheNextMessage()
    {
        using var connection = Connect(new ConnectionSettings { Random = new OnePage() });
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(5));
        using (var consumer = queue.OpenConsumer())
            await consumer.PopAsync(2, None);
        var seen = new List<QueueObject>();
        var browser = queue.Browse();
        while (await browser.NextAsync(None) is { } batch)
            seen.AddRange(batch.Items);
        Assert.Equal([("m2", 0L), ("m3", 1L), ("m4", 2L)], seen.Select(i => (i.ReadContent().Text!, i.Position!.Value)));
    }

    [Fact]
    public async Task TheSummaryCounts()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        Assert.Null(await queue.SummaryAsync(None));
        await PushAll(queue, Numbers(700));
        using (var consumer = queue.OpenConsumer())
        {
            Assert.Equal(Numbers(10), await Take(consumer, 10));
            var popped = await consumer.PopAsync(1, None);
            await consumer.PutBackAsync(popped.Items, None);
        }

        var summary = (await queue.SummaryAsync(None))!;
        Assert.Equal(690, summary.Depth);
        Assert.InRange(summary.Bytes, 690 * 60, 700 * 200);
        Assert.NotNull(summary.OldestAt);
    }
}
