using ConsulMq.Consul;
using ConsulMq.Queueing;
using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class DeduplicationOnModel() : DeduplicationBehaviour(new ModelBackend());

public sealed class DeduplicationOnConsul(ConsulFixture consul) : DeduplicationBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>What is pushed several times under one ID is in the queue once.</summary>
public abstract class DeduplicationBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    private static readonly TimeSpan Window = QueueSettings.DefaultDeduplicationWindow;

    private static MessageDraft Once(string text, string id) => Text(text) with { DeduplicationId = id };

    [Fact]
    public async Task TheSecondPushReturnsTheFirstAndAddsNothing()
    {
        using var connection = Connect();
        using var other = Connect();
        var first = await connection.Queue("jobs").PushAsync(Once("first", "order-17"), None);
        var second = await connection.Queue("jobs").PushAsync(Once("second", "order-17"), None);
        var third = await other.Queue("jobs").PushAsync(Once("third", "order-17"), None);
        await other.Queue("jobs").PushAsync(Once("another", "order-18"), None);
        await other.Queue("elsewhere").PushAsync(Once("elsewhere", "order-17"), None);

        Assert.Equal([false, true, true], new[] { first, second, third }.Select(i => i.IsDuplicate));
        Assert.Equal([first.Id, first.Id], [second.Id, third.Id]);
        Assert.InRange(second.CreatedAt - first.CreatedAt, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(["first", "another"], await PopAll(connection.Queue("jobs")));
        // It counts though the first is gone by now.
        Assert.True((await other.Queue("jobs").PushAsync(Once("late", "order-17"), None)).IsDuplicate);
        Assert.Equal(["elsewhere"], await PopAll(other.Queue("elsewhere")));
    }

    [Fact]
    public async Task WithinAStreamTheFirstOfEachCounts()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await queue.PushAsync(Once("before", "7"), None);
        using var push = queue.OpenPush();
        for (var i = 0; i < 100; i++)
            await push.AddAsync(Once($"m{i}", $"{i % 40}"), i, None);
        await push.AddAsync(Text("of no ID"), null, None);
        await push.FlushAsync(None);
        var outcomes = new List<PushOutcome>();
        while (push.TryTake(out var outcome))
            outcomes.Add(outcome);

        Assert.Equal(101, outcomes.Count);
        Assert.All(outcomes, o => Assert.Null(o.Error));
        Assert.Equal(39, outcomes.Take(100).Count(o => !o.Item!.IsDuplicate));
        for (var i = 40; i < 100; i++)
            Assert.Equal(outcomes[i % 40].Item!.Id, outcomes[i].Item!.Id);
        Assert.Equal(["before", .. Numbers(40).Where(t => t != "m7"), "of no ID"], await PopAll(queue));
    }

    [Fact]
    public async Task ClientsThatCompetePushEachOnce()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 5).Select(c => Task.Run(async () =>
        {
            using var client = Connect();
            using var push = client.Queue("jobs").OpenPush();
            for (var i = 0; i < 60; i++)
                await push.AddAsync(Once($"{i}", $"id/{i}"), i, None);
            await push.FlushAsync(None);
            var items = new List<QueueObject>();
            while (push.TryTake(out var outcome))
                items.Add(outcome.Item!);
            return items;
        })));
        for (var i = 0; i < 60; i++)
        {
            Assert.Single(results.Select(r => r[i].Id).Distinct());
            Assert.Single(results, r => !r[i].IsDuplicate);
        }

        using var connection = Connect();
        Assert.Equal(60, (await PopAll(connection.Queue("jobs"))).Distinct().Count());
    }

    [Fact]
    public async Task AnIdCountsForAWindowAndNoLonger()
    {
        var clock = AtWindow(Window - TimeSpan.FromSeconds(20));
        using var connection = Connect(new ConnectionSettings { Clock = clock });
        var queue = connection.Queue("jobs");
        Assert.False(await IsDuplicate(queue));
        clock.Advance(TimeSpan.FromSeconds(40));
        Assert.True(await IsDuplicate(queue));
        clock.Advance(Window - TimeSpan.FromSeconds(35));
        // In the window behind the first one's still, and too old.
        Assert.False(await IsDuplicate(queue));
        Assert.True(await IsDuplicate(queue));
        clock.Advance(Window - TimeSpan.FromSeconds(5));
        Assert.True(await IsDuplicate(queue));
        clock.Advance(3 * Window);
        Assert.False(await IsDuplicate(queue));
    }

    [Fact]
    public async Task ItCountsForClocksThatDifferByAWindow()
    {
        var clock = AtWindow(Window / 2);
        var ahead = AtWindow(Window + (Window / 2));
        using var connection = Connect(new ConnectionSettings { Clock = clock });
        using var other = Connect(new ConnectionSettings { Clock = ahead });
        Assert.False(await IsDuplicate(other.Queue("jobs")));
        Assert.True(await IsDuplicate(connection.Queue("jobs")));
        await connection.Queue("back").PushAsync(Once("x", "id"), None);
        clock.Advance(TimeSpan.FromSeconds(5));
        ahead.Advance(-TimeSpan.FromSeconds(5));
        Assert.True(await IsDuplicate(other.Queue("back")));
    }

    [Fact]
    public async Task TheWindowIsTheQueues()
    {
        var clock = AtWindow(TimeSpan.FromSeconds(100));
        using var connection = Connect(new ConnectionSettings { Clock = clock });
        var queue = connection.Queue("jobs");
        await queue.CreateAsync(new QueueSettings { DeduplicationWindow = TimeSpan.FromSeconds(10) }, None);
        Assert.False(await IsDuplicate(queue));
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.True(await IsDuplicate(queue));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.False(await IsDuplicate(queue));
    }

    [Fact]
    public async Task AnIdMayBeAnything()
    {
        string[] ids = ["1", "10", ".", "..", "a/b", "~x", "äöü 日本語 😀", "\ud800", "\ud801", new('x', 128), new('x', 129), new('x', 256), " ", "a\nb"];
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        foreach (var id in ids)
            Assert.False((await queue.PushAsync(Once("x", id), None)).IsDuplicate);
        foreach (var id in ids)
            Assert.True((await queue.PushAsync(Once("x", id), None)).IsDuplicate);
        foreach (var bad in new[] { "", new string('x', 257) })
            Assert.Equal(ConsulMqError.InvalidSetting, (await Assert.ThrowsAsync<ConsulMqException>(() => queue.PushAsync(Once("x", bad), None))).Error);

        var keys = (await connection.Consul.KeysAsync($"{connection.Prefix}/jobs/k/", null, default, None)).Keys.Select(k => k[(k.LastIndexOf('/') + 1)..]).ToList();
        Assert.Contains("10", keys);
        Assert.Contains("~cdb4ee2aea69cc6a83331bbe96dc2caa9a299d21329efb0336fc02a82e1839a8", keys);
        Assert.Equal(ids.Length, keys.Count);
    }

    [Fact]
    public async Task AFullQueueKnowsItsDuplicates()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await queue.CreateAsync(new QueueSettings { MaxDepth = 2 }, None);
        var first = await queue.PushAsync(Once("a", "a"), None);
        await queue.PushAsync(Once("b", "b"), None);
        using var push = queue.OpenPush();
        foreach (var id in new[] { "a", "b", "c", "c", "a" })
            await push.AddAsync(Once(id, id), id, None);
        await push.FlushAsync(None);
        var outcomes = new List<string>();
        while (push.TryTake(out var outcome))
            outcomes.Add(outcome.Error?.Error.ToString() ?? $"{outcome.Tag} {outcome.Item!.IsDuplicate} {outcome.Item.Id == first.Id}");
        Assert.Equal(["a True True", "b True False", "QueueFull", "QueueFull", "QueueFull"], outcomes);
    }

    [Fact]
    public async Task RoomGoesToWhatIsNoDuplicate()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await queue.CreateAsync(new QueueSettings { MaxDepth = 3, TimeToLive = TimeSpan.FromHours(1) }, None);
        await queue.PushAsync(Once("a", "a"), None);
        using var push = queue.OpenPush();
        foreach (var id in new[] { "a", "b", "b", "c", "d" })
            await push.AddAsync(Once(id, id), id, None);
        await push.FlushAsync(None);
        var outcomes = new List<string>();
        while (push.TryTake(out var outcome))
            outcomes.Add($"{outcome.Tag} {outcome.Error?.Error.ToString() ?? (outcome.Item!.IsDuplicate ? "duplicate" : "new")}");
        Assert.Equal(["a duplicate", "b new", "b duplicate", "c new", "d QueueFull"], outcomes);
        Assert.Equal(["a", "b", "c"], await PopAll(queue));
    }

    [Fact]
    public async Task DamageUnderAnIdIsThatItemsError()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await queue.PushAsync(Once("a", "a"), None);
        var key = (await connection.Consul.KeysAsync($"{connection.Prefix}/jobs/k/", null, default, None)).Keys.Single();
        await connection.Consul.PutAsync(key, "scrawl"u8.ToArray(), None);
        using var push = queue.OpenPush();
        await push.AddAsync(Once("a", "a"), null, None);
        await push.AddAsync(Once("b", "b"), null, None);
        await push.FlushAsync(None);
        Assert.True(push.TryTake(out var damaged));
        Assert.True(push.TryTake(out var well));
        Assert.Equal((ConsulMqError.CorruptEntry, key), (damaged.Error!.Error, damaged.Error.Subject));
        Assert.Null(well.Error);
        Assert.Equal(["a", "b"], await PopAll(queue));
    }

    [Fact]
    public async Task WindowsThatNobodyAsksForAnyMoreAreRemoved()
    {
        var clock = AtWindow(TimeSpan.FromSeconds(10));
        using var connection = Connect(new ConnectionSettings { Clock = clock });
        var queue = connection.Queue("jobs");
        var context = connection.Context("jobs");
        Assert.Equal(0, await new SeenWindows(context).RemoveOldAsync(None));
        await queue.PushAsync(Once("a", "a"), None);
        await queue.PushAsync(Once("b", "b"), None);
        clock.Advance(Window);
        await queue.PushAsync(Once("c", "c"), None);
        await connection.Consul.PutAsync($"{connection.Prefix}/jobs/k/stranger", "x"u8.ToArray(), None);

        clock.Advance(Window);
        Assert.Equal(0, await new SeenWindows(context).RemoveOldAsync(None));
        clock.Advance(Window);
        Assert.Equal(1, await new SeenWindows(context).RemoveOldAsync(None));
        Assert.Equal(["c", "stranger"], (await Seen(connection)).Order(StringComparer.Ordinal));
        clock.Advance(10 * Window);
        Assert.Equal(1, await new SeenWindows(context).RemoveOldAsync(None));
        Assert.Equal(["stranger"], await Seen(connection));
        await queue.RemoveAsync(None);
        Assert.Empty(await Seen(connection));
    }

    private static async Task<bool> IsDuplicate(MessageQueue queue) => (await queue.PushAsync(Once("x", "id"), None)).IsDuplicate;

    private static async Task<List<string>> Seen(ConsulMqConnection connection) =>
        [.. (await connection.Consul.KeysAsync($"{connection.Prefix}/jobs/k/", null, ReadOptions.Consistent, None)).Keys.Select(k => k[(k.LastIndexOf('/') + 1)..])];

    /// <summary>A clock that stands so long behind the beginning of a window of the default length, some windows from now.</summary>
    private static ManualClock AtWindow(TimeSpan offset)
    {
        var clock = new ManualClock();
        var into = TimeSpan.FromTicks(clock.UtcNow.Ticks % Window.Ticks);
        clock.Advance(Window - into + offset);
        return clock;
    }
}
