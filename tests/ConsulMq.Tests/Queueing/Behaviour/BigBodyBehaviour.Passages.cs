using ConsulMq.Tests.Support;

namespace ConsulMq.Tests.Queueing.Behaviour;

/// <content>What becomes of a big body while its message is leased, denied, moved, seen before, or comes later.</content>
public abstract partial class BigBodyBehaviour
{
    [Fact]
    public async Task ALeaseKeepsTheBodyUntilItIsCompleted()
    {
        using var connection = Connect(new ConnectionSettings { Random = new OnePage() });
        var queue = connection.Queue("jobs");
        await Push(queue, [Text(Long("a")), Text("b")]);
        using var consumer = queue.OpenConsumer();
        var items = (await consumer.LeaseAsync(2, null, None)).Items;
        Assert.Equal([Long("a"), "b"], items.Select(static i => i.ReadContent().Text!));
        Assert.NotEmpty(await Left(connection));
        await Settle(queue, items[0], SettlementKind.Return);
        var again = Assert.Single((await consumer.LeaseAsync(1, null, None)).Items);
        Assert.Equal((Long("a"), 1), (again.ReadContent().Text, again.DeliveryCount));
        await Settle(queue, again, SettlementKind.Complete);
        await NothingIsLeft(connection);
    }

    [Fact]
    public async Task ADeadLetterTakesItsBodyAlong()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await Push(queue, [Text(Long("a")), Text(Long("b")), Text("c")]);
        var items = await Lease(queue, 3);
        Assert.Equal(3, items.Count);
        foreach (var item in items)
            await Settle(queue, item, SettlementKind.Deny);
        await NothingIsLeft(connection);
        Assert.Equal([Long("a"), Long("b"), "c"], await PopAll(connection.Queue("jobs.dead")));
        Assert.Empty(await Left(connection, "jobs.dead"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhatIsMovedTakesItsBodyAlong(bool byId)
    {
        using var connection = Connect();
        var (queue, other) = (connection.Queue("jobs"), connection.Queue("others"));
        string[] texts = [Long("a"), "b", Long("c"), Long("d"), "e"];
        await Push(queue, texts.Select(Text));
        using (var mover = queue.OpenMove(other))
        {
            if (byId)
            {
                var ids = (await queue.Browse(bodies: false).NextAsync(None))!.Items.Select(static i => i.Id).ToList();
                Assert.All(await mover.MoveAsync(ids, None), static o => Assert.Null(o.Error));
            }
            else
            {
                while ((await mover.NextAsync(100, None)).Items is { Count: > 0 } moved)
                    Assert.All(moved, static i => Assert.True(i.Size > 0));
            }
        }

        await NothingIsLeft(connection);
        Assert.Equal(texts, await PopAll(other));
        Assert.Empty(await Left(connection, "others"));
    }

    [Fact]
    public async Task ADamagedBodyIsNotMovedAndItsMessageStays()
    {
        using var connection = Connect();
        var (queue, other) = (connection.Queue("jobs"), connection.Queue("others"));
        await Push(queue, [Text("a"), Text(Long("damaged")), Text(Long("c"))]);
        var chunk = (await Chunks(connection))[0];
        await connection.Consul.PutAsync(chunk, new byte[100], None);
        var damage = new List<ConsulMqException>();
        using (var mover = queue.OpenMove(other))
        {
            while (await mover.NextAsync(100, None) is { } batch)
            {
                damage.AddRange(batch.Damage);
                if (batch.Items.Count == 0)
                    break;
            }
        }

        Assert.Equal(chunk, Assert.Single(damage).Subject);
        Assert.Equal(["a", Long("c")], await PopAll(other));
        Assert.Equal(1, (await queue.SummaryAsync(None))!.Depth);
    }

    [Fact]
    public async Task ABodyThatIsDamagedWhileItIsLeasedGoesBackAndNotAmongTheDeadLetters()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await Push(queue, [Text(Long("a"))]);
        using var consumer = queue.OpenConsumer();
        var item = Assert.Single((await consumer.LeaseAsync(1, null, None)).Items);
        var chunk = (await Chunks(connection))[0];
        await connection.Consul.DeleteAsync(chunk, None);
        await Settle(queue, item, SettlementKind.Deny);
        var (taken, damage) = await PopAllOf(consumer);
        Assert.Empty(taken);
        Assert.Equal(chunk, Assert.Single(damage).Subject);
        Assert.Equal(1, (await queue.SummaryAsync(None))!.Depth);
    }

    [Fact]
    public async Task ADuplicateLeavesNoBodyBehind()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await Push(queue, [Text(Long("a")) with { DeduplicationId = "1" }, Text(Long("b")) with { DeduplicationId = "1" }, Text("c")]);
        Assert.Equal([Long("a"), "c"], await PopAll(queue));
        Assert.True(await Eventually(async () => (await Left(connection)).Count == 0));
    }

    [Fact]
    public async Task TheQueuesLimitHoldsForShortBodiesToo()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await queue.CreateAsync(new QueueSettings { MaxBodyBytes = 1000 }, None);
        using var push = queue.OpenPush();
        foreach (var size in new[] { 1000, 1001, 400_000, 10 })
            await push.AddAsync(new MessageDraft { Body = MessageBody.FromBytes(new byte[size]) }, size, None);
        await push.FlushAsync(None);
        Assert.Equal([null, ConsulMqError.MessageTooLarge, ConsulMqError.MessageTooLarge, null], Outcomes(push).Select(static o => o.Error?.Error));
        await NothingIsLeft(connection);
    }

    [Fact]
    public async Task OneIsPushedForLater()
    {
        var clock = new ManualClock();
        using var connection = Connect(new ConnectionSettings { Clock = clock });
        var queue = connection.Queue("jobs");
        await Push(queue, [Text(Long("a")) with { NotBefore = clock.UtcNow.AddMinutes(5) }]);
        Assert.Empty(await PopAll(queue));
        clock.Advance(TimeSpan.FromMinutes(6));
        using var other = Connect(new ConnectionSettings { Clock = clock });
        Assert.Equal([Long("a")], await PopAll(other.Queue("jobs")));
        await NothingIsLeft(connection);
    }
}
