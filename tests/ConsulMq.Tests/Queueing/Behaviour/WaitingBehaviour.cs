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
        // There is no page to watch yet.
        await Eventually.TrueAsync(() => blocked!.Count == 1);
        Assert.False(wait.IsCompleted);
        await other.Queue("jobs").PushAsync(Text("first"), None);
        Assert.True(await wait);
        Assert.Equal(["first"], await Take(consumer, 1));

        wait = consumer.WaitAsync(TimeSpan.FromSeconds(30), None);
        // Now it watches the page as well.
        await Eventually.TrueAsync(() => blocked!.Count == 2);
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
}
