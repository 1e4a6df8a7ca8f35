using ConsulMq.InMemory;
using ConsulMq.Tests.Support;

namespace ConsulMq.Tests.Queueing;

/// <summary>What settings and deduplication cost, in requests and writes.</summary>
public sealed class SettingsCosts : IDisposable
{
    private readonly InMemoryConsul _consul = new();
    private readonly CountingConsul _counting;
    private readonly ConsulMqConnection _connection;

    public SettingsCosts()
    {
        _counting = new CountingConsul(_consul);
        _connection = new ConsulMqConnection(new Unowned(_counting));
    }

    private static CancellationToken None => CancellationToken.None;

    private MessageQueue Queue => _connection.Queue("jobs");

    public void Dispose()
    {
        _connection.Dispose();
        _consul.Dispose();
    }

    private static MessageDraft Text(string text) => new() { Body = MessageBody.FromText(text) };

    private async Task Create(QueueSettings settings)
    {
        using var other = new ConsulMqConnection(new Unowned(_consul));
        await other.Queue("jobs").CreateAsync(settings, None);
    }

    [Fact]
    public async Task AColdPushThatNeedsTheSettingsIsStillThreeRequestsAtMost()
    {
        await Create(new QueueSettings { TimeToLive = TimeSpan.FromHours(1), StrictOrder = true });
        Assert.NotNull((await Queue.PushAsync(Text("x") with { DeduplicationId = "x" }, None)).TtlDeadline);
        var (requests, writes) = _counting.Take();
        Assert.InRange(requests, 1, 3);
        Assert.Equal(1, writes);
    }

    [Fact]
    public async Task AQueueWithAMostDepthCountsOnceForAsManyPushesAsItHasRoom()
    {
        await Create(new QueueSettings { MaxDepth = 1000 });
        await Queue.PushAsync(Text("cold"), None);
        _counting.Take();
        for (var i = 0; i < 999; i++)
            await Queue.PushAsync(Text("x"), None);
        Assert.Equal((999, 999), _counting.Take());
    }

    [Fact]
    public async Task ProducersThatTakeTurnsDoNotCountForEachOther()
    {
        await Create(new QueueSettings { MaxDepth = 1000 });
        using var other = new ConsulMqConnection(new Unowned(_counting));
        await Queue.PushAsync(Text("cold"), None);
        await other.Queue("jobs").PushAsync(Text("cold"), None);
        _counting.Take();
        for (var i = 0; i < 100; i++)
        {
            await Queue.PushAsync(Text("x"), None);
            await other.Queue("jobs").PushAsync(Text("x"), None);
        }

        // A refusal, a read of the tail, the push.
        Assert.Equal((600, 400), _counting.Take());
    }

    [Fact]
    public async Task APushOfSomethingNewUnderAnIdIsOneRequest()
    {
        await Queue.PushAsync(Text("warm"), None);
        _counting.Take();
        for (var i = 0; i < 100; i++)
            await Queue.PushAsync(Text("x") with { DeduplicationId = $"{i}" }, None);
        Assert.Equal((100, 100), _counting.Take());
    }

    [Fact]
    public async Task ADuplicateIsARefusalAndARead()
    {
        await Queue.PushAsync(Text("x") with { DeduplicationId = "x" }, None);
        _counting.Take();
        Assert.True((await Queue.PushAsync(Text("x") with { DeduplicationId = "x" }, None)).IsDuplicate);
        Assert.Equal((2, 1), _counting.Take());
    }

    [Fact]
    public async Task AStreamUnderIdsIsAWriteForNineteen()
    {
        HeldWrites? writes = null;
        using var held = new ConsulMqConnection(new Unowned(writes = new HeldWrites(_counting)));
        await held.Queue("jobs").PushAsync(Text("warm"), None);
        _counting.Take();
        using var push = held.Queue("jobs").OpenPush();
        writes.Hold();
        for (var i = 0; i < 1 + 19; i++)
            await push.AddAsync(Text("x") with { DeduplicationId = $"{i}" }, null, None);
        // The first is on its way, and nineteen more fill the next transaction.
        Assert.False(push.AddAsync(Text("x") with { DeduplicationId = "one more" }, null, None).IsCompleted);
        writes.Release();
        Assert.True(await push.WaitAsync(None));
        await push.FlushAsync(None);
        Assert.InRange(_counting.Take().Writes, 2, 3);
    }

    [Fact]
    public async Task AChangeIsTwoRequestsAndOneWrite()
    {
        await Create(new QueueSettings());
        await Queue.ChangeAsync(s => s with { MaxDepth = 5 }, None);
        Assert.Equal((2, 1), _counting.Take());
        await Queue.ChangeAsync(s => s with { MaxDepth = 5 }, None);
        Assert.Equal((1, 0), _counting.Take());
    }
}
