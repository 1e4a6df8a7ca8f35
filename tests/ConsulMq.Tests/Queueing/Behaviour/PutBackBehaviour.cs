using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class PutBackOnModel() : PutBackBehaviour(new ModelBackend());

public sealed class PutBackOnConsul(ConsulFixture consul) : PutBackBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>Where messages are that were taken and go back.</summary>
public abstract class PutBackBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    [Fact]
    public async Task WhatAnAbandonedPopTookIsInItsOldPlaceBeforeTheConnectionEnds()
    {
        using var other = Connect();
        await PushAll(other.Queue("jobs"), Numbers(40));
        // It has said what it took, or is somewhere before that.
        foreach (var isOver in (bool[])[true, false, true, false, false])
        {
            using var connection = Connect();
            using var stop = new CancellationTokenSource();
            using var consumer = connection.Queue("jobs").OpenConsumer();
            var pop = consumer.PopAsync(5, stop.Token);
            if (isOver)
                await pop;
            stop.Cancel();
            consumer.Abandon(pop!);
        }

        Assert.Equal(Numbers(40), await PopAll(other.Queue("jobs")));
    }

    [Fact]
    public async Task WhatIsPutBackIsInItsOldPlace()
    {
        using var connection = Connect();
        using var other = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(10));
        for (var i = 10; i < 15; i++)
            await queue.PushAsync(Text($"m{i}"), None);
        using (var consumer = queue.OpenConsumer())
        {
            // A pop ends with a page, wherever that may be.
            var items = new List<QueueObject>();
            while (items.Count < 8)
                items.AddRange((await consumer.PopAsync(8 - items.Count, None)).Items);
            Assert.Equal(Numbers(8), items.Select(i => i.ReadContent().Text));
            // Somebody else goes on behind, with a view of his own.
            using var second = other.Queue("jobs").OpenConsumer();
            Assert.Equal(["m8", "m9", "m10"], await Take(second, 3));
            await consumer.PutBackAsync([items[6], items[3], items[7]], None);
            Assert.Equal(["m3", "m6", "m7", "m11", "m12"], (await LookAll(queue)).Take(5));
            Assert.Equal(["m3"], await Take(second, 1));
        }

        Assert.Equal(["m6", "m7", "m11", "m12", "m13", "m14"], await PopAll(queue, 1));
        Assert.Empty(await LookAll(queue));
    }

    [Fact]
    public async Task ManyReturnsInterleaveInOrder()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(200));
        using var consumer = queue.OpenConsumer();
        var items = new List<QueueObject>();
        while (items.Count < 200)
            items.AddRange((await consumer.PopAsync(200, None)).Items);
        // Two entries whose messages alternate, and a hundred single ones between them.
        await consumer.PutBackAsync([.. items.Where((_, i) => i % 4 == 0)], None);
        await consumer.PutBackAsync([.. items.Where((_, i) => i % 4 == 2)], None);
        foreach (var item in items.Where((_, i) => i % 2 == 1))
            await consumer.PutBackAsync([item], None);
        Assert.Equal(Numbers(200), await LookAll(queue));
        Assert.Equal(Numbers(200), await PopAll(queue, 7));
    }
}
