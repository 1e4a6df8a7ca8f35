using ConsulMq.Consul;
using ConsulMq.Storage;
using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class MaxDepthOnModel() : MaxDepthBehaviour(new ModelBackend());

public sealed class MaxDepthOnConsul(ConsulFixture consul) : MaxDepthBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>A queue never holds more messages than it may, whoever pushes.</summary>
public abstract class MaxDepthBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    [Fact]
    public async Task WhatFitsIsPushedAndTheRestFailsOneByOne()
    {
        using var connection = Connect();
        var queue = await Limited(connection, 3);
        using var push = queue.OpenPush();
        foreach (var text in Numbers(5))
            await push.AddAsync(Text(text), text, None);
        await push.FlushAsync(None);
        Assert.Equal(["m0 ok", "m1 ok", "m2 ok", "m3 QueueFull", "m4 QueueFull"], Outcomes(push));

        // The stream has ended: what came later would leave a hole.
        Assert.Equal(["m0"], await Take(queue.OpenConsumer(), 1));
        await push.AddAsync(Text("m5"), "m5", None);
        await push.FlushAsync(None);
        Assert.Equal(["m5 QueueFull"], Outcomes(push));

        await queue.PushAsync(Text("another"), None);
        Assert.Equal(ConsulMqError.QueueFull, (await Assert.ThrowsAsync<ConsulMqException>(() => queue.PushAsync(Text("x"), None))).Error);
        Assert.Equal(["m1", "m2", "another"], await PopAll(queue));
    }

    [Fact]
    public async Task EachItemHasAnErrorOfItsOwn()
    {
        using var connection = Connect();
        var queue = await Limited(connection, 1);
        using var push = queue.OpenPush();
        foreach (var text in Numbers(3))
            await push.AddAsync(Text(text), text, None);
        await push.FlushAsync(None);
        var errors = new List<ConsulMqException>();
        while (push.TryTake(out var outcome))
        {
            if (outcome.Error is { } error)
                errors.Add(error);
        }

        Assert.Equal(2, errors.Count);
        Assert.NotSame(errors[0], errors[1]);
        Assert.NotEqual(errors[0].Subject, errors[1].Subject);
    }

    [Fact]
    public async Task ProducersThatCompeteFillItToTheLastPlaceAndNoFurther()
    {
        using var connection = Connect();
        await Limited(connection, 50);
        var pushed = 0;
        await Task.WhenAll(Enumerable.Range(0, 5).Select(p => Task.Run(async () =>
        {
            using var client = Connect();
            for (var i = 0; i < 20; i++)
            {
                using var push = client.Queue("jobs").OpenPush();
                for (var j = 0; j <= p; j++)
                    await push.AddAsync(Text($"{p}:{i}:{j}"), null, None);
                await push.FlushAsync(None);
                Interlocked.Add(ref pushed, Outcomes(push).Count(o => o.EndsWith("ok", StringComparison.Ordinal)));
            }
        })));
        Assert.Equal(50, pushed);
        Assert.Equal(50, (await PopAll(connection.Queue("jobs"))).Count);
    }

    [Fact]
    public async Task NoMomentSeesMoreThanItMayHold()
    {
        const int limit = 12;
        using var connection = Connect();
        await Limited(connection, limit);
        using var stop = new CancellationTokenSource();
        var popped = new List<string>();
        var consumers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            using var client = Connect();
            using var consumer = client.Queue("jobs").OpenConsumer();
            while (!stop.IsCancellationRequested)
            {
                var taken = await Take(consumer, 2);
                lock (popped)
                    popped.AddRange(taken);
            }
        })).ToList();
        var deepest = 0;
        var observer = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                deepest = Math.Max(deepest, await Depth(connection));
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(p => Task.Run(async () =>
        {
            using var client = Connect();
            using var push = client.Queue("jobs").OpenPush(TimeSpan.FromSeconds(30));
            for (var i = 0; i < 60; i++)
                await push.AddAsync(Text($"{p}:{i}"), null, None);
            await push.FlushAsync(None);
            Assert.All(Outcomes(push), o => Assert.EndsWith("ok", o, StringComparison.Ordinal));
        })));
        await Eventually.TrueAsync(() => Locked(popped) == 240);
        await stop.CancelAsync();
        await Task.WhenAll([.. consumers, observer]);
        // The model is so fast that the observer may see none at all.
        Assert.InRange(deepest, 0, limit);
        Assert.Equal(240, popped.Distinct().Count());
    }

    [Fact]
    public async Task WhatComesBackIsLetInBeyondItAndCounts()
    {
        using var connection = Connect(new ConnectionSettings { Random = new OnePage() });
        using var other = Connect();
        var queue = await Limited(connection, 6);
        await PushAll(queue, Numbers(4));
        using var consumer = other.Queue("jobs").OpenConsumer();
        var taken = (await consumer.PopAsync(4, None)).Items;
        // The producer believes in four more at most: two of its own, and four that come back behind its back.
        await queue.PushAsync(Text("a"), None);
        await consumer.PutBackAsync(taken, None);
        await queue.PushAsync(Text("b"), None);
        await AssertFull(queue);

        taken = (await consumer.PopAsync(2, None)).Items;
        await PushAll(queue, ["c", "d"]);
        await consumer.PutBackAsync(taken, None);
        Assert.Equal(8, (await queue.SummaryAsync(None))!.Depth);
        await consumer.PopAsync(2, None);
        await AssertFull(queue);
        await consumer.PopAsync(1, None);
        await queue.PushAsync(Text("e"), None);
        await AssertFull(queue);
    }

    [Fact]
    public async Task TheLimitCanBeMovedAndTakenAway()
    {
        using var connection = Connect();
        using var other = Connect();
        var queue = await Limited(connection, 2);
        await PushAll(queue, Numbers(2));
        await AssertFull(queue);
        await other.Queue("jobs").ChangeAsync(s => s with { MaxDepth = 3 }, None);
        await queue.PushAsync(Text("m2"), None);
        await AssertFull(queue);
        await other.Queue("jobs").ChangeAsync(s => s with { MaxDepth = null }, None);
        await PushAll(queue, ["m3", "m4"]);
        await other.Queue("jobs").ChangeAsync(s => s with { MaxDepth = 1 }, None);
        await AssertFull(queue);
        Assert.Equal(Numbers(5), await PopAll(queue));
        await queue.PushAsync(Text("again"), None);
        await AssertFull(queue);
        await queue.ClearAsync(false, None);
        await queue.PushAsync(Text("again"), None);
    }

    [Fact]
    public async Task AnItemThatCannotBePushedTakesNoRoom()
    {
        using var connection = Connect();
        var queue = await Limited(connection, 2);
        using var push = queue.OpenPush();
        await push.AddAsync(Text("a"), "a", None);
        await push.AddAsync(Text("x") with { Tags = [new string('x', 300_000)] }, "large", None);
        await push.AddAsync(Text("b"), "b", None);
        await push.AddAsync(Text("c"), "c", None);
        await push.FlushAsync(None);
        Assert.Equal(["a ok", "large MessageTooLarge", "b ok", "c QueueFull"], Outcomes(push));
    }

    /// <summary>The messages there are at one moment.</summary>
    private static async Task<int> Depth(ConsulMqConnection connection)
    {
        var keys = new QueueKeys(connection.Prefix, "jobs");
        var pairs = (await connection.Consul.TransactAsync(
            [KvOperation.GetTree(keys.Log), KvOperation.GetTree(keys.Front), KvOperation.GetTree(keys.Cursors)], ReadConsistency.Consistent, None)).Pairs;
        var depth = 0;
        foreach (var pair in pairs)
        {
            if (EntryKey.TryParse(keys, pair.Key, out var entry))
                depth += pairs.FirstOrDefault(p => p.Key == entry.Cursor) is { } cursor ? Cursor.TryParse(cursor.Value.Span, entry.Count)!.Left : entry.Count;
        }

        return depth;
    }

    private static int Locked(List<string> list)
    {
        lock (list)
            return list.Count;
    }

    private static async Task<MessageQueue> Limited(ConsulMqConnection connection, long depth)
    {
        var queue = connection.Queue("jobs");
        await queue.CreateAsync(new QueueSettings { MaxDepth = depth }, None);
        return queue;
    }

    private static async Task AssertFull(MessageQueue queue) =>
        Assert.Equal(ConsulMqError.QueueFull, (await Assert.ThrowsAsync<ConsulMqException>(() => queue.PushAsync(Text("too many"), None))).Error);

    private static List<string> Outcomes(PushStream push)
    {
        var all = new List<string>();
        while (push.TryTake(out var outcome))
            all.Add($"{outcome.Tag} {outcome.Error?.Error.ToString() ?? "ok"}");
        return all;
    }
}
