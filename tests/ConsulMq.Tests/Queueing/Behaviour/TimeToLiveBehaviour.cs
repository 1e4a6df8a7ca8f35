using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class TimeToLiveOnModel() : TimeToLiveBehaviour(new ModelBackend());

public sealed class TimeToLiveOnConsul(ConsulFixture consul) : TimeToLiveBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>What becomes of messages whose time is over.</summary>
public abstract class TimeToLiveBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    [Fact]
    public async Task AnExpiredMessageIsNeverReturnedAndIsRemovedInPassing()
    {
        var clock = new ManualClock();
        using var connection = Connect(new ConnectionSettings { Clock = clock });
        var queue = connection.Queue("jobs");
        await queue.PushAsync(Text("short") with { TimeToLive = TimeSpan.FromSeconds(10) }, None);
        await queue.PushAsync(Text("long") with { TimeToLive = TimeSpan.FromHours(10) }, None);
        await queue.PushAsync(Text("short too") with { TimeToLive = TimeSpan.FromSeconds(10) }, None);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["long"], await LookAll(queue));
        Assert.Equal(["long"], await PopAll(queue));
        Assert.Equal(0, (await queue.SummaryAsync(None))!.Depth);
    }

    [Fact]
    public async Task ALongRunOfExpiredMessagesIsPassedOver()
    {
        var clock = new ManualClock();
        using var connection = Connect(new ConnectionSettings { Clock = clock });
        var queue = connection.Queue("jobs");
        for (var i = 0; i < 150; i++)
            await queue.PushAsync(Text("short") with { TimeToLive = TimeSpan.FromSeconds(10) }, None);
        await queue.PushAsync(Text("stays"), None);
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(["stays"], await PopAll(queue, 1));
    }
}
