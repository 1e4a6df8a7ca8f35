using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class WaitingOnModel() : WaitingBehaviour(new ModelBackend());

public sealed class WaitingOnConsul(ConsulFixture consul) : WaitingBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>When a consumer that waits goes on.</summary>
public abstract class WaitingBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    [Fact]
    public async Task AWaitingConsumerWakesWithTheFirstPush()
    {
        BlockedReads? blocked = null;
        using var connection = Connect(through: consul => blocked = new BlockedReads(consul));
        using var other = Connect();
        using var consumer = connection.Queue("jobs").OpenConsumer();
        var wait = consumer.WaitAsync(TimeSpan.FromSeconds(30), None);
        // The index and the sessions: there is no page to watch yet.
        await Eventually.TrueAsync(() => blocked!.Count == 2);
        Assert.False(wait.IsCompleted);
        await other.Queue("jobs").PushAsync(Text("first"), None);
        Assert.True(await wait);
        Assert.Equal(["first"], await Take(consumer, 1));

        wait = consumer.WaitAsync(TimeSpan.FromSeconds(30), None);
        // Now it watches the page as well.
        await Eventually.TrueAsync(() => blocked!.Count == 3);
        Assert.False(wait.IsCompleted);
        await other.Queue("jobs").PushAsync(Text("second"), None);
        Assert.True(await wait);
        Assert.Equal(["second"], await Take(consumer, 1));
    }

    [Fact]
    public async Task AWaitEndsWithItsTimeAndWithItsCancellation()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await queue.PushAsync(Text("x"), None);
        await PopAll(queue);
        using var consumer = queue.OpenConsumer();
        Assert.False(await consumer.WaitAsync(TimeSpan.FromMilliseconds(200), None));
        using var cancel = new CancellationTokenSource(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => consumer.WaitAsync(Timeout.InfiniteTimeSpan, cancel.Token));
    }

    [Fact]
    public async Task AWaitingConsumerWakesWhenAMessageIsDueAndNotBefore()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        var notBefore = DateTimeOffset.UtcNow + TimeSpan.FromMilliseconds(700);
        await queue.PushAsync(Text("due") with { NotBefore = notBefore }, None);
        using var consumer = queue.OpenConsumer();
        Assert.True(await consumer.WaitAsync(TimeSpan.FromSeconds(30), None));
        // Some milliseconds, as a rule; a machine that has other things to do may take longer.
        Assert.InRange(DateTimeOffset.UtcNow - notBefore, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(["due"], await Take(consumer, 1));
    }

    [Fact]
    public async Task AWaitingConsumerLearnsOfWhatIsDueEarlier()
    {
        BlockedReads? blocked = null;
        using var connection = Connect(through: consul => blocked = new BlockedReads(consul));
        using var other = Connect();
        await other.Queue("jobs").PushAsync(Text("tomorrow") with { NotBefore = DateTimeOffset.UtcNow + TimeSpan.FromDays(1) }, None);
        using var consumer = connection.Queue("jobs").OpenConsumer();
        var wait = consumer.WaitAsync(TimeSpan.FromSeconds(30), None);
        await Eventually.TrueAsync(() => blocked!.Count == 3);
        await other.Queue("jobs").PushAsync(Text("soon") with { NotBefore = DateTimeOffset.UtcNow + TimeSpan.FromMilliseconds(400) }, None);
        Assert.True(await wait);
        Assert.Equal(["soon"], await Take(consumer, 2));
    }

    [Fact]
    public async Task ManyWhoWaitForTheSameMomentShareWhatIsDue()
    {
        var clients = Enumerable.Range(0, 5).Select(_ => Connect()).ToList();
        var notBefore = DateTimeOffset.UtcNow + TimeSpan.FromMilliseconds(500);
        foreach (var text in Numbers(20))
            await clients[0].Queue("jobs").PushAsync(Text(text) with { NotBefore = notBefore }, None);
        var taken = await Task.WhenAll(clients.Select(client => Task.Run(async () =>
        {
            using var consumer = client.Queue("jobs").OpenConsumer();
            Assert.True(await consumer.WaitAsync(TimeSpan.FromSeconds(30), None));
            return await Take(consumer, 4);
        })));
        Assert.Equal(Numbers(20).Order(), taken.SelectMany(t => t).Order());
        clients.ForEach(client => client.Dispose());
    }
}
