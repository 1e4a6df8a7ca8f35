using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class OrderOnModel() : OrderBehaviour(new ModelBackend());

public sealed class OrderOnConsul(ConsulFixture consul) : OrderBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>In which order messages come, from one client or from several that take turns.</summary>
public abstract class OrderBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    [Fact]
    public async Task WhatIsPushedFirstIsPoppedFirst()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        foreach (var text in Numbers(40))
            await queue.PushAsync(Text(text), None);
        Assert.Equal(Numbers(40), await PopAll(queue, 1));
        Assert.Empty(await PopAll(queue));
    }

    [Fact]
    public async Task AStreamKeepsItsOrderOverManyPages()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        var texts = Numbers(4000).ConvertAll(t => t + new string('x', 300));
        await PushAll(queue, texts);
        Assert.Equal(texts, await PopAll(queue));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task APackedEntryIsPoppedInParts(int atATime)
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(250));
        Assert.Equal(Numbers(250), await PopAll(queue, atATime));
    }

    [Fact]
    public async Task ClientsThatTakeTurnsGetTheStrictOrder()
    {
        using var first = Connect();
        using var second = Connect();
        foreach (var text in Numbers(60))
            await first.Queue("jobs").PushAsync(Text(text), None);
        var taken = new List<string>();
        using var a = first.Queue("jobs").OpenConsumer();
        using var b = second.Queue("jobs").OpenConsumer();
        taken.AddRange(await Take(a, 1));
        taken.AddRange(await Take(b, 7));
        // a has an old view, but nobody competes with it.
        taken.AddRange(await Take(a, 5));
        while (taken.Count < 60)
        {
            taken.AddRange(await Take(a, 1));
            taken.AddRange(await Take(b, 1));
        }

        Assert.Equal(Numbers(60), taken.Take(60));
    }

    [Fact]
    public async Task ClientsThatTakeTurnsGetTheStrictOrderOfAPackedEntry()
    {
        using var first = Connect();
        using var second = Connect();
        await PushAll(first.Queue("jobs"), Numbers(60));
        var taken = new List<string>();
        using var a = first.Queue("jobs").OpenConsumer();
        using var b = second.Queue("jobs").OpenConsumer();
        while (taken.Count < 60)
        {
            taken.AddRange(await Take(a, 1));
            taken.AddRange(await Take(b, 2));
        }

        Assert.Equal(Numbers(60), taken.Take(60));
    }
}
