using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class WholeQueueOnModel() : WholeQueueBehaviour(new ModelBackend());

public sealed class WholeQueueOnConsul(ConsulFixture consul) : WholeQueueBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>How a queue comes by its name, and how it is emptied and removed as a whole.</summary>
public abstract class WholeQueueBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    [Theory]
    [InlineData("with blank")]
    [InlineData("100%")]
    [InlineData("a#b?c=d&e+f")]
    [InlineData("größe-鍵-🔑")]
    [InlineData("a.b..c")]
    [InlineData("%2F%2e%2e")]
    [InlineData("back\\slash")]
    public async Task OddNamesWork(string name)
    {
        using var connection = Connect();
        await connection.Queue(name).PushAsync(Text("x"), None);
        Assert.Equal([name], await connection.QueueNamesAsync(None));
        Assert.Equal(1, (await connection.Queue(name).SummaryAsync(None))!.Depth);
        Assert.Equal(["x"], await PopAll(connection.Queue(name)));
    }

    [Fact]
    public async Task ClearEmptiesTheQueueAndLeavesIt()
    {
        using var connection = Connect();
        using var other = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(50));
        using var consumer = other.Queue("jobs").OpenConsumer();
        Assert.Equal(["m0"], await Take(consumer, 1));
        Assert.Equal(49, await queue.ClearAsync(true, None));
        Assert.Empty(await Take(consumer, 1));
        await other.Queue("jobs").PushAsync(Text("after"), None);
        Assert.Equal(["after"], await Take(consumer, 1));
        Assert.Contains("jobs", await connection.QueueNamesAsync(None));
    }

    [Fact]
    public async Task ARemovedQueueIsGoneUntilTheNextPush()
    {
        using var connection = Connect();
        using var other = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(5));
        Assert.Equal(["jobs"], await connection.QueueNamesAsync(None));
        await other.Queue("jobs").RemoveAsync(None);
        Assert.Empty(await connection.QueueNamesAsync(None));
        Assert.Null(await queue.SummaryAsync(None));
        Assert.Empty(await PopAll(queue));
        await queue.PushAsync(Text("new"), None);
        Assert.Equal(["new"], await PopAll(other.Queue("jobs")));
    }

    [Fact]
    public async Task ClearAndRemoveOfAMissingQueueSaySo()
    {
        using var connection = Connect();
        Assert.Equal(ConsulMqError.QueueNotFound, (await Assert.ThrowsAsync<ConsulMqException>(() => connection.Queue("none").ClearAsync(false, None))).Error);
        Assert.Equal(ConsulMqError.QueueNotFound, (await Assert.ThrowsAsync<ConsulMqException>(() => connection.Queue("none").RemoveAsync(None))).Error);
        Assert.Empty(await PopAll(connection.Queue("none")));
    }
}
