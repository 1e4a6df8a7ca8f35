using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;
using FsCheck.Xunit;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class PlacesOnModel() : PlaceBehaviour(new ModelBackend());

public sealed class PlacesOnConsul(ConsulFixture consul) : PlaceBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>Pushing to the front and to a position; taking from the end, from a position, and by ID.</summary>
public abstract partial class PlaceBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    /// <summary>Each number chooses an operation, who does it, and where.</summary>
    [Property(MaxTest = 50, EndSize = 60)]
    public async Task AnySequenceOfOperationsDoesWhatAListDoes(uint[] choices)
    {
        // Rolling often: an operation may have to look at many pages.
        using var first = Connect(new ConnectionSettings { Random = new ManyPages() });
        using var second = Connect(new ConnectionSettings { Random = new ManyPages() });
        using var third = Connect();
        using var oracle = new PlaceOracle([first, second, third], $"q{Guid.NewGuid():n}");
        foreach (var choice in choices.Select(static c => c * 2_654_435_761u))
            await oracle.DoAsync((int)(choice % 997), (int)(choice >> 10 & 0xff), (int)(choice >> 18 & 0xfff), (int)(choice >> 4 & 0xf));
        await oracle.EndAsync();
    }

    [Fact]
    public async Task APipelineToTheFrontIsOneBlockInItsOrder()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, ["y", "z"]);
        // So large that it takes several writes, and somebody inserts between them.
        var block = Enumerable.Range(0, 300).Select(static i => new string((char)('a' + (i % 26)), 2_000) + i).ToList();
        using (var push = queue.OpenInsert(0))
        {
            foreach (var text in block)
            {
                await push.AddAsync(Text(text), null, None);
                if (text == block[150])
                    await Insert(queue, 0, "x");
            }

            await push.FlushAsync(None);
        }

        Assert.Equal(["x", .. block, "y", "z"], await LookAll(queue));
        Assert.Equal(["x", .. block, "y", "z"], await PopAll(queue));
    }

    [Fact]
    public async Task APushToTheFrontKeepsWhatIsSetForAQueueThatIsNotThereYet()
    {
        using var connection = Connect();
        await connection.Consul.PutAsync($"{connection.Prefix}/jobs/_system/info", """{"layout":1,"created":"2026-11-23T12:47:47Z","maxDeliveries":2}"""u8.ToArray(), None);
        await Insert(connection.Queue("jobs"), 0, "x");
        Assert.Equal(2, (await connection.Queue("jobs").SummaryAsync(None))!.MaxDeliveries);
    }

    [Fact]
    public async Task ABlockInTheMiddleStaysTogether()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(10));
        var block = Enumerable.Range(0, 200).Select(static i => new string('b', 2_000) + i).ToList();
        using (var push = queue.OpenInsert(4))
        {
            foreach (var text in block)
            {
                await push.AddAsync(Text(text), null, None);
                // What it was inserted in front of is taken meanwhile.
                if (text == block[100])
                    await queue.OpenConsumer().Pick(MessageSelection.Last, 6).PopAsync(None);
            }

            await push.FlushAsync(None);
        }

        Assert.Equal([.. Numbers(4), .. block], await PopAll(queue));
    }

    [Fact]
    public async Task TheFrontOfAQueueThatIsNotThereIsAQueue()
    {
        using var connection = Connect();
        await Insert(connection.Queue("jobs"), 0, "b");
        await Insert(connection.Queue("jobs"), 0, "a");
        Assert.Equal(["a", "b"], await PopAll(connection.Queue("jobs")));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 4)]
    [InlineData(3, long.MaxValue)]
    public async Task APositionPastTheEndIsAnErrorAndNothingIsPushed(int count, long position)
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(count));
        using var push = queue.OpenInsert(position);
        await push.AddAsync(Text("x"), null, None);
        await push.FlushAsync(None);
        Assert.True(push.TryTake(out var outcome));
        Assert.Equal((ConsulMqError.PositionOutOfRange, (object)position), (outcome.Error!.Error, outcome.Error.Subject));
        Assert.Equal(Numbers(count), await LookAll(queue));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    [InlineData(3, long.MaxValue)]
    [InlineData(3, -1)]
    public async Task ThereIsNothingAtAPositionThatTheQueueDoesNotHave(int count, long position)
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(count));
        using var consumer = queue.OpenConsumer();
        var popped = await Assert.ThrowsAsync<ConsulMqException>(() => consumer.Pick(MessageSelection.At(position), 1).PopAsync(None));
        var seen = await Assert.ThrowsAsync<ConsulMqException>(() => queue.LookAsync(MessageSelection.At(position), 1, None));
        Assert.Equal((ConsulMqError.PositionOutOfRange, ConsulMqError.PositionOutOfRange), (popped.Error, seen.Error));
        Assert.Equal(Numbers(count), await LookAll(queue));
    }

    [Fact]
    public async Task AnIdThatIsNotThereTouchesNothingElse()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(5));
        var there = (await queue.LookAsync(MessageSelection.At(2), 1, None)).Items[0].Id;
        var (one, other) = (Guid.NewGuid(), Guid.NewGuid());
        using var consumer = queue.OpenConsumer();
        var batch = await consumer.Pick(MessageSelection.Of([one, there, other]), 3).PopAsync(None);
        Assert.Equal([there], batch!.Items.Select(static item => item.Id));
        Assert.Equal([one, other], batch.Damage.Select(static damage => (Guid)damage.Subject!));
        Assert.All(batch.Damage, static damage => Assert.Equal(ConsulMqError.ItemNotFound, damage.Error));
        Assert.Equal(["m0", "m1", "m3", "m4"], await LookAll(queue));
    }

    [Fact]
    public async Task ManyAreTakenByTheirIds()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        for (var i = 0; i < 120; i++)
            await queue.PushAsync(Text($"m{i}"), None);
        var ids = (await queue.LookAsync(MessageSelection.At(0), 120, None)).Items.Where(static (_, i) => i % 2 == 0).Select(static item => item.Id).Reverse().ToList();
        using var consumer = queue.OpenConsumer();
        var picking = consumer.Pick(MessageSelection.Of(ids));
        var taken = new List<Guid>();
        while (await picking.PopAsync(None) is { } batch)
            taken.AddRange(batch.Items.Select(static item => item.Id));
        Assert.Equal(ids, taken);
        Assert.Equal(Numbers(120).Where(static (_, i) => i % 2 == 1), await LookAll(queue));
    }

    [Fact]
    public async Task WhatWasSeenIsFoundWithoutASearch()
    {
        CountingConsul? counting = null;
        using var connection = Connect(new ConnectionSettings { FirstChores = 0 }, consul => counting = new CountingConsul(consul));
        var queue = connection.Queue("jobs");
        await PushAll(queue, Enumerable.Range(0, 300).Select(static i => new string('x', 10_000) + i));
        var last = (await queue.LookAsync(MessageSelection.Last, 2, None)).Items;
        using var consumer = queue.OpenConsumer();
        counting!.Take();
        Assert.Equal([last[1].Id], (await consumer.Pick(MessageSelection.Of([last[1]])).PopAsync(None))!.Items.Select(static item => item.Id));
        Assert.Equal((2, 1), counting.Take());
        // It has moved since: then it is looked for.
        var leased = (await consumer.Pick(MessageSelection.Of([last[0]])).LeaseAsync(null, None))!.Items[0];
        await queue.SettleAsync(Settlement.Of(SettlementKind.Return, leased), None);
        Assert.Equal([last[0].Id], (await consumer.Pick(MessageSelection.Of([last[0]])).PopAsync(None))!.Items.Select(static item => item.Id));
    }

    [Fact]
    public async Task ExpiredMessagesHaveNoPosition()
    {
        var clock = new ManualClock();
        using var connection = Connect(new ConnectionSettings { Clock = clock });
        var queue = connection.Queue("jobs");
        foreach (var i in Enumerable.Range(0, 8))
            await queue.PushAsync(Text($"m{i}") with { TimeToLive = i % 2 == 0 ? TimeSpan.FromSeconds(1) : null }, None);
        clock.Advance(TimeSpan.FromSeconds(2));
        await Insert(queue, 1, "x");
        Assert.Equal(["m1", "x", "m3", "m5", "m7"], await LookAll(queue));
        Assert.Equal(["m5"], Texts(await queue.LookAsync(MessageSelection.At(3), 1, None)));
        Assert.Equal(["m7", "m5"], Texts(await queue.LookAsync(MessageSelection.Last, 2, None)));
    }

    [Fact]
    public async Task APositionIsWithinTheMostDepth()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await queue.CreateAsync(new QueueSettings { MaxDepth = 3 }, None);
        await PushAll(queue, Numbers(2));
        await Insert(queue, 0, "a");
        using (var push = queue.OpenInsert(1))
        {
            await push.AddAsync(Text("b"), null, None);
            await push.FlushAsync(None);
            Assert.True(push.TryTake(out var outcome));
            Assert.Equal(ConsulMqError.QueueFull, outcome.Error!.Error);
        }

        Assert.Equal(["a"], await Take(queue.OpenConsumer(), 1));
        await Insert(queue, 1, "c");
        Assert.Equal(["m0", "c", "m1"], await LookAll(queue));
        await Assert.ThrowsAsync<ConsulMqException>(() => queue.PushAsync(Text("d"), None));
    }

    [Fact]
    public async Task BigBodiesGoAnywhere()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(2));
        var big = new string('b', 700_000);
        await Insert(queue, 1, big);
        Assert.Equal([big], Texts(await queue.LookAsync(MessageSelection.At(1), 1, None)));
        Assert.Equal([big], Texts((await queue.OpenConsumer().Pick(MessageSelection.At(1), 1).PopAsync(None))!));
        Assert.Empty(await Keys("d/"));
        Assert.Equal(Numbers(2), await PopAll(queue));
    }

    [Fact]
    public async Task WhatIsDueIsThereForWhoAsksForItsId()
    {
        var clock = new ManualClock();
        using var connection = Connect(new ConnectionSettings { Clock = clock });
        var queue = connection.Queue("jobs");
        var later = await queue.PushAsync(Text("later") with { NotBefore = clock.UtcNow + TimeSpan.FromMinutes(1) }, None);
        using var consumer = queue.OpenConsumer();
        Assert.Empty((await consumer.Pick(MessageSelection.Of([later.Id])).PopAsync(None))!.Items);
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal([later.Id], (await consumer.Pick(MessageSelection.Of([later.Id])).PopAsync(None))!.Items.Select(static item => item.Id));
    }

    [Fact]
    public async Task WhatComesLaterHasNoPlace()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(2));
        using var push = queue.OpenInsert(1);
        await push.AddAsync(Text("later") with { NotBefore = DateTimeOffset.UtcNow.AddHours(1) }, null, None);
        await push.AddAsync(Text("now"), null, None);
        await push.FlushAsync(None);
        Assert.True(push.TryTake(out var later));
        Assert.True(push.TryTake(out var now));
        Assert.Equal((ConsulMqError.InvalidSetting, true), (later.Error!.Error, now.Error is null));
        Assert.Equal(["m0", "now", "m1"], await LookAll(queue));
    }

    [Fact]
    public async Task NoMoreAreTakenThanAskedFor()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(50));
        var ids = (await queue.LookAsync(MessageSelection.At(0), 50, None)).Items.Select(static item => item.Id).ToList();
        using var consumer = queue.OpenConsumer();
        var picking = consumer.Pick(MessageSelection.Of(ids), 20);
        var taken = 0;
        while (await picking.PopAsync(None) is { } batch)
            taken += batch.Items.Count;
        Assert.Equal(20, taken);
        Assert.Equal(Numbers(50).Skip(20), await LookAll(queue));
    }

    private static async Task Insert(MessageQueue queue, long position, string text)
    {
        using var push = queue.OpenInsert(position);
        await push.AddAsync(Text(text), null, None);
        await push.FlushAsync(None);
        Assert.True(push.TryTake(out var outcome));
        Assert.Null(outcome.Error);
    }

    private static List<string> Texts(PopBatch batch) => [.. batch.Items.Select(static item => item.ReadContent().Text!)];
}
