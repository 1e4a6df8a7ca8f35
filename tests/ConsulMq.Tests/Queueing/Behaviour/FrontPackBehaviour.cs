using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class PackedFrontsOnModel() : FrontPackBehaviour(new ModelBackend());

public sealed class PackedFrontsOnConsul(ConsulFixture consul) : FrontPackBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>What is inserted message after message stands in few entries, and nobody notices but by its speed.</summary>
public abstract class FrontPackBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    [Fact]
    public async Task MessagesPushedToTheFrontOneByOneShareEntries()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, ["last"]);
        await PushOneByOneAsync(queue, Numbers(300));
        Assert.InRange((await Keys("f/")).Count, 1, 20);
        Assert.Equal([.. Numbers(300).AsEnumerable().Reverse(), "last"], await LookAll(queue));
        Assert.Equal([.. Numbers(300).AsEnumerable().Reverse(), "last"], await PopAll(queue, 7));
        Assert.Empty(await Keys("f/"));
    }

    [Fact]
    public async Task LargeMessagesStayApart()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, ["last"]);
        await PushOneByOneAsync(queue, Enumerable.Range(0, 5).Select(static i => new string((char)('a' + i), 3_000)));
        Assert.Equal(5, (await Keys("f/")).Count);
    }

    [Fact]
    public async Task MessagesThatComeBackOneByOneShareEntries()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(101));
        var items = await Lease(queue, 100);
        foreach (var item in items.Take(50))
            await Settle(queue, SettlementKind.Return, [item]);
        foreach (var item in items.Skip(50).Reverse())
            await Settle(queue, SettlementKind.Return, [item]);
        Assert.InRange((await Keys("f/")).Count, 1, 12);
        Assert.Equal(Numbers(101), await PopAll(queue));
    }

    [Fact]
    public async Task WhatSomebodyHasTakenOfDoesNotComeBack()
    {
        using var connection = Connect();
        using var other = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, ["last"]);
        using var consumer = other.Queue("jobs").OpenConsumer();
        var taken = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            await PushOneByOneAsync(queue, [$"{i}a", $"{i}b", $"{i}c"]);
            taken.AddRange(await Take(consumer, i % 3 == 0 ? 3 : 2));
        }

        taken.AddRange(await PopAll(queue));
        Assert.Equal(121, taken.Count);
        Assert.Equal(121, taken.Distinct().Count());
        Assert.Equal("last", taken[^1]);
    }

    [Fact]
    public async Task AConsumerThatIsAlwaysFasterCostsHardlyAnything()
    {
        CountingConsul? counting = null;
        using var connection = Connect(new ConnectionSettings { FirstChores = 0, Random = new OnePage() }, consul => counting = new CountingConsul(consul));
        using var other = Connect();
        await PushAll(connection.Queue("jobs"), ["last"]);
        using var consumer = other.Queue("jobs").OpenConsumer();
        counting!.Take();
        for (var i = 0; i < 200; i++)
        {
            await PushOneByOneAsync(connection.Queue("jobs"), [$"{i}"]);
            Assert.Equal([$"{i}"], await Take(consumer, 1));
        }

        // A read and a write each, and a try in vain now and then, at longer and longer intervals.
        Assert.InRange(counting.Take().Requests, 400, 440);
    }

    [Fact]
    public async Task WhatWasSeenIsFoundThoughItsEntryIsAnotherOne()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, ["last"]);
        await PushOneByOneAsync(queue, ["a", "b"]);
        var seen = (await queue.LookAsync(MessageSelection.At(1), 1, None)).Items;
        await PushOneByOneAsync(queue, ["c"]);
        using var consumer = queue.OpenConsumer();
        Assert.Equal("a", Assert.Single((await consumer.Pick(MessageSelection.Of(seen)).PopAsync(None))!.Items).ReadContent().Text);
        Assert.Equal(["c", "b", "last"], await PopAll(queue));
    }

    [Fact]
    public async Task ALookSeesNothingTwiceThatIsPackedMeanwhile()
    {
        using var connection = Connect();
        using var other = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, ["end"]);
        // More than is read of the front set at once, and more than a page of the look holds.
        var many = Enumerable.Range(0, 1000).Select(static i => new string('x', 3_000) + i).ToList();
        using (var push = queue.OpenInsert(0))
        {
            foreach (var text in many)
                await push.AddAsync(Text(text), null, None);
            await push.FlushAsync(None);
        }

        await PushOneByOneAsync(queue, ["first"]);
        var browser = queue.Browse();
        var seen = (await browser.NextAsync(None))!.Items.Select(static i => i.ReadContent().Text!).ToList();
        Assert.InRange(seen.Count, 2, 500);
        Assert.Equal("first", seen[0]);
        // "first" is written anew, and something that was not read yet goes.
        await PushOneByOneAsync(queue, ["before"]);
        using (var consumer = other.Queue("jobs").OpenConsumer())
            Assert.Equal(21, (await consumer.Pick(MessageSelection.Last, 21).PopAsync(None))!.Items.Count);
        while (await browser.NextAsync(None) is { } batch)
            seen.AddRange(batch.Items.Select(static i => i.ReadContent().Text!));
        Assert.Equal(["first", .. many.Take(980)], seen.Where(static t => t != "end"));
    }

    private static async Task PushOneByOneAsync(MessageQueue queue, IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            using var push = queue.OpenInsert(0);
            await push.AddAsync(Text(text), null, None);
            await push.FlushAsync(None);
            Assert.True(push.TryTake(out var outcome));
            Assert.Null(outcome.Error);
        }
    }
}
