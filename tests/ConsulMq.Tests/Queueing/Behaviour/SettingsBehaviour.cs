using System.Text;
using ConsulMq.Consul;
using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class SettingsOnModel() : SettingsBehaviour(new ModelBackend());

public sealed class SettingsOnConsul(ConsulFixture consul) : SettingsBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>What is set for a queue, and from when on it holds.</summary>
public abstract class SettingsBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task AQueueIsCreatedWithItsSettingsAndOnce()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        var settings = new QueueSettings
        {
            TimeToLive = Hour,
            MaxDeliveries = 0,
            MaxDepth = 7,
            StrictOrder = true,
            DeadLetterExpired = true,
            DeduplicationWindow = TimeSpan.FromSeconds(1),
            MaxBodyBytes = 1024,
        };
        await queue.CreateAsync(settings, None);
        var summary = (await queue.SummaryAsync(None))!;
        Assert.Equal(settings, new QueueSettings
        {
            TimeToLive = summary.TimeToLive,
            MaxDeliveries = summary.MaxDeliveries,
            MaxDepth = summary.MaxDepth,
            StrictOrder = summary.StrictOrder,
            DeadLetterExpired = summary.DeadLetterExpired,
            DeduplicationWindow = summary.DeduplicationWindow,
            MaxBodyBytes = summary.MaxBodySize,
        });
        Assert.Equal((0, "jobs"), (summary.Depth, summary.Name));
        await AssertFails(ConsulMqError.QueueExists, queue.CreateAsync(null, None));

        await connection.Queue("other").PushAsync(Text("a push creates it too"), None);
        await AssertFails(ConsulMqError.QueueExists, connection.Queue("other").CreateAsync(settings, None));
        Assert.Null((await connection.Queue("other").SummaryAsync(None))!.TimeToLive);
    }

    [Fact]
    public async Task AChangeLeavesWhatItDoesNotNameAndTheMessages()
    {
        using var connection = Connect();
        using var other = Connect();
        var queue = connection.Queue("jobs");
        await AssertFails(ConsulMqError.QueueNotFound, queue.ChangeAsync(s => s, None));
        await PushAll(queue, Numbers(3));
        await queue.ChangeAsync(s => s with { TimeToLive = Hour, MaxDeliveries = 9 }, None);
        var settings = await other.Queue("jobs").ChangeAsync(s => s with { TimeToLive = null, StrictOrder = true }, None);
        Assert.Equal(new QueueSettings { MaxDeliveries = 9, StrictOrder = true }, settings);
        Assert.Equal(settings, await queue.ChangeAsync(s => s, None));
        Assert.Equal(Numbers(3), await PopAll(queue));
    }

    [Fact]
    public async Task ChangesAtTheSameTimeAllHappen()
    {
        using var connection = Connect();
        await connection.Queue("jobs").CreateAsync(new QueueSettings { MaxDeliveries = 1 }, None);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            using var client = Connect();
            await client.Queue("jobs").ChangeAsync(s => s with { MaxDeliveries = s.MaxDeliveries + 1 }, None);
        })));
        Assert.Equal(9, (await connection.Queue("jobs").SummaryAsync(None))!.MaxDeliveries);
    }

    [Fact]
    public async Task WhatIsOutOfItsRangeChangesNothing()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await queue.CreateAsync(null, None);
        foreach (var bad in new QueueSettings[]
        {
            new() { TimeToLive = TimeSpan.Zero },
            new() { MaxDeliveries = -1 },
            new() { MaxDeliveries = 1001 },
            new() { MaxDepth = 0 },
            new() { DeduplicationWindow = TimeSpan.FromMilliseconds(999) },
            new() { DeduplicationWindow = TimeSpan.FromDays(8) },
            new() { MaxBodyBytes = (1L << 30) + 1 },
        })
        {
            await AssertFails(ConsulMqError.InvalidSetting, queue.ChangeAsync(_ => bad, None));
            await AssertFails(ConsulMqError.InvalidSetting, connection.Queue("new").CreateAsync(bad, None));
        }

        Assert.Equal(new QueueSettings(), await queue.ChangeAsync(s => s, None));
        Assert.Null(await connection.Queue("new").SummaryAsync(None));
    }

    [Fact]
    public async Task WhatANewerVersionHasSetSurvivesAChange()
    {
        using var connection = Connect();
        await connection.Queue("jobs").CreateAsync(null, None);
        var key = $"{connection.Prefix}/jobs/_system/info";
        await connection.Consul.PutAsync(key, """{"layout":1,"created":"2026-11-23T12:47:47Z","colour":{"front":["red",1.50]},"maxDepth":5,"loud":true}"""u8.ToArray(), None);

        using var other = Connect();
        await other.Queue("jobs").ChangeAsync(s => s with { MaxDepth = null, StrictOrder = true }, None);

        var text = Encoding.UTF8.GetString((await connection.Consul.GetAsync(key, ReadOptions.Consistent, None)).Pair!.Value.Span);
        Assert.Equal("""{"layout":1,"created":"2026-11-23T12:47:47Z","strictOrder":true,"colour":{"front":["red",1.50]},"loud":true}""", text);
    }

    [Theory]
    [InlineData("""{"layout":1,"maxDepth":"many"}""")]
    [InlineData("""{"layout":1,"deduplicationWindow":0}""")]
    [InlineData("""{"layout":1,"ttl":-5}""")]
    [InlineData("nothing")]
    public async Task DamagedSettingsStopAllWorkAndAreLeftAlone(string text)
    {
        using var connection = Connect();
        await connection.Queue("jobs").PushAsync(Text("x"), None);
        var key = $"{connection.Prefix}/jobs/_system/info";
        await connection.Consul.PutAsync(key, Encoding.UTF8.GetBytes(text), None);

        using var other = Connect();
        await AssertFails(ConsulMqError.CorruptEntry, other.Queue("jobs").PushAsync(Text("y"), None));
        await AssertFails(ConsulMqError.CorruptEntry, other.Queue("jobs").ChangeAsync(s => s with { StrictOrder = true }, None));
        Assert.Equal(text, Encoding.UTF8.GetString((await connection.Consul.GetAsync(key, default, None)).Pair!.Value.Span));
    }

    [Fact]
    public async Task MessagesLiveForTheTimeOfTheirQueueUnlessTheyHaveTheirOwn()
    {
        var clock = new ManualClock();
        using var connection = Connect(new ConnectionSettings { Clock = clock });
        using var cold = Connect(new ConnectionSettings { Clock = clock });
        await connection.Queue("jobs").CreateAsync(new QueueSettings { TimeToLive = Hour }, None);

        // The first push of a process knows nothing of the queue yet.
        var pushed = await cold.Queue("jobs").PushAsync(Text("an hour"), None);
        Assert.Equal(pushed.CreatedAt + Hour, pushed.TtlDeadline);
        await cold.Queue("jobs").PushAsync(Text("two hours") with { TimeToLive = 2 * Hour }, None);
        await PushAll(cold.Queue("jobs"), ["an hour too"]);
        clock.Advance(1.5 * Hour);
        Assert.Equal(["two hours"], await PopAll(connection.Queue("jobs")));
    }

    [Fact]
    public async Task AChangeHoldsForAStreamThatIsUnderWay()
    {
        using var connection = Connect();
        using var other = Connect();
        using var push = connection.Queue("jobs").OpenPush();
        await push.AddAsync(Text("before"), null, None);
        await push.FlushAsync(None);
        await other.Queue("jobs").ChangeAsync(s => s with { TimeToLive = Hour }, None);
        await push.AddAsync(Text("behind"), null, None);
        await push.FlushAsync(None);

        Assert.Equal([null, Hour], Lives(push));
        Assert.Equal(["before", "behind"], await PopAll(other.Queue("jobs")));
    }

    [Fact]
    public async Task AWriteThatMeetsAChangeIsMadeAnewByIt()
    {
        HeldWrites? writes = null;
        using var connection = Connect(through: consul => writes = new HeldWrites(consul));
        using var other = Connect();
        await connection.Queue("jobs").PushAsync(Text("warm"), None);
        using var push = connection.Queue("jobs").OpenPush();
        writes!.Hold();
        await push.AddAsync(Text("first"), null, None);
        await push.AddAsync(Text("gathered"), null, None);
        await Eventually.TrueAsync(() => writes.Count == 1);
        await other.Queue("jobs").ChangeAsync(s => s with { TimeToLive = Hour }, None);
        writes.Release();
        await push.FlushAsync(None);

        Assert.Equal([Hour, Hour], Lives(push));
        using var consumer = other.Queue("jobs").OpenConsumer();
        var popped = new List<QueueObject>();
        while ((await consumer.PopAsync(10, None)).Items is { Count: > 0 } items)
            popped.AddRange(items);
        Assert.Equal([null, Hour, Hour], popped.Select(i => i.TtlDeadline - i.CreatedAt));
    }

    [Fact]
    public async Task AQueueThatWasRemovedLeavesItsSettingsBehind()
    {
        using var connection = Connect();
        using var other = Connect();
        var queue = connection.Queue("jobs");
        await queue.CreateAsync(new QueueSettings { MaxDepth = 1, TimeToLive = Hour }, None);
        await queue.PushAsync(Text("full"), None);
        await other.Queue("jobs").RemoveAsync(None);

        await PushAll(queue, Numbers(3));
        var summary = (await other.Queue("jobs").SummaryAsync(None))!;
        Assert.Equal((3, (TimeSpan?)null), (summary.Depth, summary.TimeToLive));
        Assert.True(summary.CreatedAt > DateTimeOffset.UtcNow - Hour);
    }

    private static List<TimeSpan?> Lives(PushStream push)
    {
        var lives = new List<TimeSpan?>();
        while (push.TryTake(out var outcome))
            lives.Add(outcome.Item!.TtlDeadline - outcome.Item.CreatedAt);
        return lives;
    }

    private static async Task AssertFails(ConsulMqError error, Task task) =>
        Assert.Equal(error, (await Assert.ThrowsAsync<ConsulMqException>(() => task)).Error);
}
