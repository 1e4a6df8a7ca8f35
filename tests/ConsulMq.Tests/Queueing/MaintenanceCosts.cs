using ConsulMq.InMemory;
using ConsulMq.Tests.Support;
using ManualClock = ConsulMq.Tests.InMemory.ManualClock;

namespace ConsulMq.Tests.Queueing;

/// <summary>What maintenance costs: nothing on the way of a warm pop, and next to nothing beside it.</summary>
public sealed class MaintenanceCosts : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly InMemoryConsul _consul;
    private readonly CountingConsul _counting;
    private readonly ConsulMqConnection _connection;

    public MaintenanceCosts()
    {
        _consul = new InMemoryConsul(new InMemoryConsulOptions { Clock = _clock, RunContinuationsAsynchronously = false });
        _counting = new CountingConsul(_consul);
        _connection = Connect(_counting);
    }

    private static CancellationToken None => CancellationToken.None;

    private MessageQueue Queue => _connection.Queue("jobs");

    public void Dispose()
    {
        _connection.Dispose();
        _consul.Dispose();
    }

    private ConsulMqConnection Connect(ConsulMq.Consul.IConsul consul, double firstChores = 0) =>
        new(new Unowned(consul), new ConnectionSettings
        {
            Clock = _clock,
            FirstChores = firstChores,
            Random = new OnePage(),
            Continuations = TaskCreationOptions.None,
        });

    private static MessageDraft Text(string text) => new() { Body = MessageBody.FromText(text) };

    [Fact]
    public async Task AWarmPopIsOneRequestAndAtMostOneSnapshotASecondIsTakenBesideIt()
    {
        for (var i = 0; i < 101; i++)
            await Queue.PushAsync(Text("x"), None);
        using var consumer = Queue.OpenConsumer();
        await consumer.PopAsync(1, None);
        _counting.Take();
        for (var i = 0; i < 50; i++)
        {
            Assert.Single((await consumer.PopAsync(1, None)).Items);
            Assert.InRange(_counting.Take().Requests, 1, 2);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        // Ten operations a second, five seconds.
        var requests = 0;
        for (var i = 0; i < 50; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            Assert.Single((await consumer.PopAsync(1, None)).Items);
            requests += _counting.Take().Requests;
        }

        Assert.InRange(requests, 54, 55);
    }

    [Fact]
    public async Task NothingIsAskedWhileNobodyWorks()
    {
        await Queue.PushAsync(Text("x"), None);
        _counting.Take();
        _clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal((0, 0), _counting.Take());
    }

    [Fact]
    public async Task APopOfAnEmptyQueueStaysOneRequest()
    {
        await Queue.PushAsync(Text("x"), None);
        using var consumer = Queue.OpenConsumer();
        await consumer.PopAsync(1, None);
        await consumer.PopAsync(1, None);
        for (var i = 0; i < 5; i++)
        {
            _counting.Take();
            Assert.Empty((await consumer.PopAsync(1, None)).Items);
            Assert.Equal((1, 0), _counting.Take());
            _clock.Advance(TimeSpan.FromSeconds(30));
        }
    }

    private MessageDraft Later(string text, TimeSpan delay) => Text(text) with { NotBefore = _clock.UtcNow + delay };

    [Fact]
    public async Task APopOfAnEmptyQueueStaysOneRequestWhileNothingIsDue()
    {
        await Queue.PushAsync(Later("tomorrow", TimeSpan.FromHours(3)), None);
        using var consumer = Queue.OpenConsumer();
        await consumer.PopAsync(1, None);
        _counting.Take();
        for (var i = 0; i < 99; i++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Empty((await consumer.PopAsync(1, None)).Items);
        }

        // And every ten minutes one for each of the chores.
        Assert.Equal((99 + (9 * 3), 0), _counting.Take());
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal("tomorrow", (await consumer.PopAsync(1, None)).Items.Single().ReadContent().Text);
    }

    [Fact]
    public async Task WhatIsDueIsMovedByFewRequestsWhoeverComes()
    {
        for (var i = 0; i < 10; i++)
            await Queue.PushAsync(Later($"{i}", TimeSpan.FromSeconds(30)), None);
        using var consumer = Queue.OpenConsumer();
        await consumer.PopAsync(1, None);
        _clock.Advance(TimeSpan.FromSeconds(30));
        _counting.Take();
        Assert.Single((await consumer.PopAsync(1, None)).Items);
        // The snapshot that is empty, the entries, the move, the snapshot that is not, the claim.
        Assert.Equal((5, 2), _counting.Take());
    }

    [Fact]
    public async Task AConsumerWithWorkMovesWhatIsDueBehindItsBack()
    {
        for (var i = 0; i < 5; i++)
            await Queue.PushAsync(Text("x"), None);
        using var consumer = Queue.OpenConsumer();
        await consumer.PopAsync(1, None);
        await Queue.PushAsync(Later("due", TimeSpan.FromSeconds(10)), None);
        _clock.Advance(TimeSpan.FromSeconds(9.9));
        await consumer.PopAsync(1, None);
        Assert.Equal(1, (await Queue.SummaryAsync(None))!.Scheduled);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await consumer.PopAsync(1, None);
        Assert.Equal((3, 0), ((await Queue.SummaryAsync(None))!.Depth, (await Queue.SummaryAsync(None))!.Scheduled));
    }

    [Fact]
    public async Task WhoeverWaitsSleepsUntilAMessageIsDue()
    {
        await Queue.PushAsync(Later("due", TimeSpan.FromSeconds(100)), None);
        using var consumer = Queue.OpenConsumer();
        var wait = consumer.WaitAsync(Timeout.InfiniteTimeSpan, None);
        _counting.Take();
        _clock.Advance(TimeSpan.FromSeconds(99.999));
        Assert.Equal((0, 0), _counting.Take());
        Assert.False(wait.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(22));
        Assert.True(wait.IsCompletedSuccessfully && await wait);
    }

    [Fact]
    public async Task WhoeverWaitsWakesForWhatIsScheduledForEarlierAndListsOnceASecond()
    {
        await Queue.PushAsync(Later("tomorrow", TimeSpan.FromDays(1)), None);
        using var other = Connect(_consul);
        using var consumer = Queue.OpenConsumer();
        var wait = consumer.WaitAsync(Timeout.InfiniteTimeSpan, None);
        _clock.Advance(TimeSpan.FromSeconds(5));
        ManualClock.WithoutContext(() => other.Queue("jobs").PushAsync(Later("in ten", TimeSpan.FromSeconds(10)), None).GetAwaiter().GetResult());
        var lists = 0;
        for (var i = 0; i < 100; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(40));
            _counting.Take();
            ManualClock.WithoutContext(() => other.Queue("jobs").PushAsync(Later("in twenty", TimeSpan.FromSeconds(20)), None).GetAwaiter().GetResult());
            // It looks at the index and at the head, blocks again, and only then and when lists due times.
            lists += _counting.Take().Requests > 3 ? 1 : 0;
        }

        Assert.InRange(lists, 3, 5);
        // Four of the ten seconds have passed.
        _clock.Advance(TimeSpan.FromSeconds(5.999));
        Assert.False(wait.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(22));
        Assert.True(wait.IsCompletedSuccessfully && await wait);
        Assert.Equal("in ten", (await consumer.PopAsync(1, None)).Items.Single().ReadContent().Text);
    }

    [Fact]
    public async Task OldReceiptsGoAndThoseInUseStay()
    {
        for (var i = 0; i < 100; i++)
        {
            using var process = Connect(_consul);
            await process.Queue("jobs").PushAsync(Text("x"), None);
        }

        _clock.Advance(TimeSpan.FromDays(1.5));
        using (var process = Connect(_consul))
            await process.Queue("jobs").PushAsync(Text("x"), None);
        _clock.Advance(TimeSpan.FromDays(1));
        using (var process = Connect(_consul))
            await process.Queue("jobs").PushAsync(Text("x"), None);
        Assert.Equal(102, await Receipts());

        using var collector = Connect(_consul, firstChores: 1);
        using var consumer = collector.Queue("jobs").OpenConsumer();
        Assert.Single((await consumer.PopAsync(1, None)).Items);
        Assert.Equal(3, await Receipts());

        async Task<int> Receipts() => (await _consul.KeysAsync("consulmq/jobs/r/", null, default, None)).Keys.Count;
    }

    [Fact]
    public async Task AClockThatIsDaysAheadCollectsNoReceiptInUse()
    {
        await Queue.PushAsync(Text("x"), None);
        var ahead = new ManualClock();
        ahead.Advance(TimeSpan.FromDays(30));
        using var collector = new ConsulMqConnection(new Unowned(_consul), new ConnectionSettings { Clock = ahead, FirstChores = 1, ClientName = "ahead" });
        using var consumer = collector.Queue("jobs").OpenConsumer();
        Assert.Single((await consumer.PopAsync(1, None)).Items);
        await Queue.PushAsync(Text("the lane is as it was"), None);
    }

    [Fact]
    public async Task WhoeverWaitsForLongDoesTheChores()
    {
        await Queue.PushAsync(Text("x"), None);
        _clock.Advance(TimeSpan.FromDays(3));
        using var other = Connect(_consul);
        using var consumer = other.Queue("jobs").OpenConsumer();
        await consumer.PopAsync(1, None);
        var wait = consumer.WaitAsync(TimeSpan.FromMinutes(30), None);
        Assert.Equal(2, (await _consul.KeysAsync("consulmq/jobs/r/", null, default, None)).Keys.Count);
        _clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Single((await _consul.KeysAsync("consulmq/jobs/r/", null, default, None)).Keys);
        _clock.Advance(TimeSpan.FromMinutes(15));
        Assert.False(await wait);
    }
}
