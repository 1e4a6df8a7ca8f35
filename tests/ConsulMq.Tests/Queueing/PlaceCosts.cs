using ConsulMq.InMemory;
using ConsulMq.Tests.Support;

namespace ConsulMq.Tests.Queueing;

/// <summary>What it costs to push to a place and to take from one, counted.</summary>
public sealed class PlaceCosts : IDisposable
{
    private readonly InMemoryConsul _consul = new();
    private readonly CountingConsul _counting;
    private readonly ConsulMqConnection _connection;

    public PlaceCosts()
    {
        _counting = new CountingConsul(_consul);
        // As slow as a network: what arrives meanwhile goes together.
        _connection = new(new Slow(_counting), new ConnectionSettings { Clock = new InMemory.ManualClock(), FirstChores = 0, Random = new OnePage() });
    }

    private static CancellationToken None => CancellationToken.None;

    private MessageQueue Queue => _connection.Queue("jobs");

    public void Dispose()
    {
        _connection.Dispose();
        _consul.Dispose();
    }

    [Fact]
    public async Task ThePushToTheFrontIsAReadAndAWrite()
    {
        await Push(Queue.OpenPush(), 3);
        _counting.Take();
        await Push(Queue.OpenInsert(0), 1);
        Assert.Equal((2, 1), _counting.Take());
    }

    [Fact]
    public async Task APushToAPositionReadsTheIndexAndThePagesBefore()
    {
        await Push(Queue.OpenPush(), 100);
        _counting.Take();
        await Push(Queue.OpenInsert(50), 1);
        Assert.Equal((3, 1), _counting.Take());
    }

    [Fact]
    public async Task AStreamToTheFrontReadsOnce()
    {
        await Push(Queue.OpenPush(), 1);
        _counting.Take();
        await Push(Queue.OpenInsert(0), 2000);
        var (requests, writes) = _counting.Take();
        Assert.Equal(requests, writes + 1);
        Assert.InRange(writes, 1, 12);
    }

    [Fact]
    public async Task ThePopOfTheLastIsAReadAndAWriteHoweverDeepTheQueue()
    {
        await Push(Queue.OpenPush(), 20_000);
        using var consumer = Queue.OpenConsumer();
        _counting.Take();
        Assert.Single((await consumer.Pick(MessageSelection.Last, 1).PopAsync(None))!.Items);
        Assert.Equal((2, 1), _counting.Take());
    }

    [Fact]
    public async Task EmptyPagesAtTheEndAreNotReadOneByOne()
    {
        using (var many = new ConsulMqConnection(new Unowned(_consul), new ConnectionSettings { Random = new ManyPages() }))
        {
            for (var i = 0; i < 60; i++)
                await many.Queue("jobs").PushAsync(new MessageDraft { Body = MessageBody.FromText($"{i}") }, None);
            using var taking = many.Queue("jobs").OpenConsumer();
            var picking = taking.Pick(MessageSelection.Last, 50);
            while (await picking.PopAsync(None) is not null)
            {
                // Only the first ten stay.
            }
        }

        using var consumer = Queue.OpenConsumer();
        _counting.Take();
        Assert.Equal("9", (await consumer.Pick(MessageSelection.Last, 1).PopAsync(None))!.Items[0].ReadContent().Text);
        var (requests, writes) = _counting.Take();
        Assert.InRange(requests, 2, 5);
        Assert.Equal(1, writes);
    }

    [Fact]
    public async Task APopOfWhatWasSeenIsAReadAndAWriteWhereverItStands()
    {
        await Push(Queue.OpenPush(), 20_000);
        var seen = (await Queue.LookAsync(MessageSelection.At(15_000), 5, None)).Items;
        using var consumer = Queue.OpenConsumer();
        _counting.Take();
        Assert.Equal(5, (await consumer.Pick(MessageSelection.Of(seen)).PopAsync(None))!.Items.Count);
        Assert.Equal((2, 1), _counting.Take());
    }

    private static async Task Push(PushStream stream, int count)
    {
        using var push = stream;
        for (var i = 0; i < count; i++)
            await push.AddAsync(new MessageDraft { Body = MessageBody.FromText($"message number {i}") }, null, None);
        await push.FlushAsync(None);
        while (push.TryTake(out var outcome))
            Assert.Null(outcome.Error);
    }
}
