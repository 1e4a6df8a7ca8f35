using ConsulMq.InMemory;
using ConsulMq.Tests.Support;
using ManualClock = ConsulMq.Tests.InMemory.ManualClock;

namespace ConsulMq.Tests.Queueing;

/// <summary>What leases cost, counted.</summary>
public sealed class LeaseCosts : IDisposable
{
    private readonly InMemoryConsul _consul = new();
    private readonly CountingConsul _counting;
    private readonly ConsulMqConnection _connection;

    public LeaseCosts()
    {
        _counting = new CountingConsul(_consul);
        _connection = new ConsulMqConnection(new Unowned(_counting), new ConnectionSettings { Clock = new ManualClock(), FirstChores = 0, Random = new OnePage() });
    }

    private static CancellationToken None => CancellationToken.None;

    private MessageQueue Queue => _connection.Queue("jobs");

    public void Dispose()
    {
        _connection.Dispose();
        _consul.Dispose();
    }

    [Fact]
    public async Task ALeaseAndItsCompletionAreTwoRequestsAndTwoWrites()
    {
        for (var i = 0; i < 60; i++)
            await Queue.PushAsync(new MessageDraft { Body = MessageBody.FromText("x") }, None);
        await LeaseAndComplete(1);
        _counting.Take();
        for (var i = 0; i < 50; i++)
            await LeaseAndComplete(1);
        var (requests, writes) = _counting.Take();
        Assert.Equal(100, writes);
        // And a read for each page that begins on the way.
        Assert.InRange(requests, 100, 103);
    }

    [Fact]
    public async Task AThousandLeasedAndCompletedAreAHandfulOfWrites()
    {
        await FillPacked(1000);
        using var slow = new ConsulMqConnection(new Unowned(new Slow(_counting)), new ConnectionSettings { Clock = new ManualClock(), FirstChores = 0, Random = new OnePage() });
        await LeaseAndComplete(1, slow.Queue("jobs"));
        _counting.Take();
        await LeaseAndComplete(999, slow.Queue("jobs"));
        var (requests, writes) = _counting.Take();
        // A lease holds 256 KiB; completing sends the first one at once and the rest with it.
        Assert.InRange(writes, 2, 8);
        Assert.InRange(requests, writes, 10);
    }

    [Fact]
    public async Task ReturningIsOneWriteAndTheReadOfTheIndex()
    {
        await FillPacked(10);
        using var consumer = Queue.OpenConsumer();
        var items = (await consumer.LeaseAsync(10, null, None)).Items;
        _counting.Take();
        using var settle = Queue.OpenSettle();
        await settle.AddAsync(Settlement.Of(SettlementKind.Return, items[0]), null, None);
        await settle.FlushAsync(None);
        Assert.Equal((2, 1), _counting.Take());
        Assert.False(await Queue.SettleAsync(Settlement.Of(SettlementKind.Complete, items[1]), None));
        Assert.Equal((1, 1), _counting.Take());
        var twice = await Assert.ThrowsAsync<ConsulMqException>(() => Queue.SettleAsync(Settlement.Of(SettlementKind.Complete, items[1]), None));
        Assert.Equal(ConsulMqError.LeaseLost, twice.Error);
    }

    [Fact]
    public async Task AMoveIsOneWrite()
    {
        await FillPacked(50);
        await _connection.Queue("other").PushAsync(new MessageDraft { Body = MessageBody.FromText("warm") }, None);
        using var consumer = Queue.OpenConsumer();
        Assert.Single((await consumer.PopAsync(1, None)).Items);
        consumer.Dispose();
        _counting.Take();
        using var move = Queue.OpenMove(_connection.Queue("other"));
        Assert.Equal(20, (await move.NextAsync(20, None)).Items.Count);
        Assert.Equal((1, 1), _counting.Take());
    }

    private async Task FillPacked(int count)
    {
        using var slow = new ConsulMqConnection(new Unowned(new Slow(_consul)));
        using var push = slow.Queue("jobs").OpenPush();
        for (var i = 0; i < count; i++)
            await push.AddAsync(new MessageDraft { Body = MessageBody.FromText(new string('x', 200)) }, null, None);
        await push.FlushAsync(None);
    }

    private async Task LeaseAndComplete(int count, MessageQueue? queue = null)
    {
        using var consumer = (queue ?? Queue).OpenConsumer();
        using var settle = (queue ?? Queue).OpenSettle();
        for (var left = count; left > 0;)
        {
            var items = (await consumer.LeaseAsync(left, null, None)).Items;
            Assert.NotEmpty(items);
            left -= items.Count;
            foreach (var item in items)
                await settle.AddAsync(Settlement.Of(SettlementKind.Complete, item), null, None);
        }

        await settle.FlushAsync(None);
        while (settle.TryTake(out var outcome))
            Assert.Null(outcome.Error);
    }
}
