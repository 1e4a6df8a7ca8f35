using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class LeaseOnModel() : LeaseBehaviour(new ModelBackend());

public sealed class LeaseOnConsul(ConsulFixture consul) : LeaseBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>Messages on a lease: in flight until they are settled.</summary>
public abstract class LeaseBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    [Fact]
    public async Task ALeasedMessageIsGoneForOthersAndStaysInFlight()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, ["a", "b", "c"]);
        var item = Assert.Single(await Lease(queue, 1));
        Assert.Equal("a", item.ReadContent().Text);
        Assert.NotNull(item.ReceiptHandle);
        Assert.Null(item.Lease!.ExpiresAt);
        Assert.Equal(["b", "c"], await PopAll(queue, 10));
        Assert.Single(await Keys("i/"));
        Assert.Single(await Keys("s/"));
    }

    [Fact]
    public async Task ACompletedMessageNeverComesBackAndLeavesNothing()
    {
        // One page, and so one lease of all five.
        using var connection = Connect(new ConnectionSettings { Random = new OnePage() });
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(5));
        var items = await Lease(queue, 5);
        await Settle(queue, SettlementKind.Complete, items.Take(3));
        Assert.Single(await Keys("ic/"));
        await Settle(queue, SettlementKind.Complete, items.Skip(3));
        Assert.Empty(await Keys("i/"));
        Assert.Empty(await Keys("ic/"));
        Assert.Empty(await PopAll(queue, 1));
        Assert.Empty(await Keys("p/"));
    }

    [Fact]
    public async Task AReturnedMessageIsInItsOldPlaceWithItsDeliveriesRaised()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, ["a", "b", "c", "d"]);
        var items = await Lease(queue, 3);
        await Settle(queue, SettlementKind.Complete, items.Where(i => i.ReadContent().Text == "b"));
        await Settle(queue, SettlementKind.Return, items.Where(i => i.ReadContent().Text != "b").Reverse());
        var left = await Lease(queue, 10);
        Assert.Equal(["a", "c", "d"], left.Select(i => i.ReadContent().Text));
        Assert.Equal([1, 1, 0], left.Select(i => i.DeliveryCount));
    }

    [Fact]
    public async Task WhatIsPutBackUnseenHasNoDeliveryMore()
    {
        using var connection = Connect(new ConnectionSettings { Random = new OnePage() });
        var queue = connection.Queue("jobs");
        await PushAll(queue, ["a", "b"]);
        using (var consumer = queue.OpenConsumer())
            await consumer.PutBackAsync((await consumer.LeaseAsync(2, null, None)).Items, None);
        var items = await Lease(queue, 2);
        Assert.Equal(["a", "b"], items.Select(i => i.ReadContent().Text));
        Assert.All(items, i => Assert.Equal(0, i.DeliveryCount));
    }

    [Fact]
    public async Task ALeaseThatFindsNothingButExpiredMessagesLeavesNothing()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await queue.PushAsync(Text("a") with { TimeToLive = TimeSpan.FromMilliseconds(1) }, None);
        await Task.Delay(20);
        Assert.Empty(await Lease(queue, 1));
        Assert.Empty(await Keys("p/"));
        Assert.Empty(await Keys("i/"));
        Assert.Empty(await Keys("s/"));
    }

    [Fact]
    public async Task ADeniedMessageIsADeadLetterWithItsPastInHeaders()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await queue.PushAsync(Text("a") with { TimeToLive = TimeSpan.FromHours(1), Headers = new Dictionary<string, string> { ["trace"] = "7" } }, None);
        var item = Assert.Single(await Lease(queue, 1));
        Assert.True((await Settle(queue, SettlementKind.Deny, [item], "no such host")).Single().IsDeadLetter);
        var dead = Assert.Single(await Lease(connection.Queue("jobs.dead"), 10));
        Assert.Equal((item.Id, "a", 0, null), (dead.Id, dead.ReadContent().Text, dead.DeliveryCount, dead.TtlDeadline));
        Assert.Equal("no such host", dead.Headers["consulmq-dead-reason"]);
        Assert.Equal("jobs", dead.Headers["consulmq-dead-queue"]);
        Assert.Equal("1", dead.Headers["consulmq-dead-deliveries"]);
        Assert.Equal("7", dead.Headers["trace"]);
        Assert.InRange(DateTimeOffset.Parse(dead.Headers["consulmq-dead-at"], System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Empty(await PopAll(queue, 1));
    }

    [Fact]
    public async Task AMessageIsDeliveredAsOftenAsTheQueueAllowsAndThenIsADeadLetter()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, ["poison", "good"]);
        for (var delivery = 0; delivery < 5; delivery++)
        {
            var item = Assert.Single(await Lease(queue, 1));
            Assert.Equal(("poison", delivery), (item.ReadContent().Text, item.DeliveryCount));
            Assert.Equal(delivery == 4, (await Settle(queue, SettlementKind.Return, [item], "it failed")).Single().IsDeadLetter);
        }

        Assert.Equal(["good"], await PopAll(queue, 10));
        var dead = Assert.Single(await Lease(connection.Queue("jobs.dead"), 10));
        Assert.Equal(("poison", "5", "it failed"), (dead.ReadContent().Text, dead.Headers["consulmq-dead-deliveries"], dead.Headers["consulmq-dead-reason"]));
        // Dead letters may be leased and returned as often as somebody likes.
        for (var delivery = 1; delivery < 8; delivery++)
        {
            await Settle(connection.Queue("jobs.dead"), SettlementKind.Return, [dead]);
            dead = Assert.Single(await Lease(connection.Queue("jobs.dead"), 1));
            Assert.Equal(delivery, dead.DeliveryCount);
        }
    }

    [Fact]
    public async Task AThousandCompletionsAreAHandfulOfWrites()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(1000));
        var items = await Lease(queue, 1000);
        Assert.Equal(1000, items.Count);
        Assert.InRange((await Keys("i/")).Count, 1, 40);
        await Settle(queue, SettlementKind.Complete, items);
        Assert.Empty(await Keys("i/"));
    }

    [Fact]
    public async Task SettlingTwiceIsAnErrorForTheSecondOne()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, ["a", "b"]);
        var items = await Lease(queue, 2);
        var outcomes = await Settle(queue, SettlementKind.Complete, [items[0], items[0]]);
        Assert.Null(outcomes[0].Error);
        Assert.Equal(ConsulMqError.LeaseLost, outcomes[1].Error!.Error);
        Assert.Equal(ConsulMqError.LeaseLost, (await Settle(queue, SettlementKind.Return, [items[0]])).Single().Error!.Error);
        Assert.Null((await Settle(queue, SettlementKind.Complete, [items[1]])).Single().Error);
        Assert.Equal(ConsulMqError.LeaseLost, (await Settle(queue, SettlementKind.Complete, [items[1]])).Single().Error!.Error);
    }

    [Fact]
    public async Task AForeignReceiptHandleSettlesNothing()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, ["a", "b"]);
        var items = await Lease(queue, 2);
        foreach (var handle in new[] { items[1].ReceiptHandle!, "", "nonsense", "a/b/c", items[0].ReceiptHandle + "/", items[0].ReceiptHandle + "1", "x/" + items[0].ReceiptHandle })
        {
            var outcome = await SettleOne(queue, new Settlement { Kind = SettlementKind.Complete, Id = items[0].Id, ReceiptHandle = handle });
            Assert.Equal(ConsulMqError.InvalidReceiptHandle, outcome.Error!.Error);
        }

        var other = await SettleOne(connection.Queue("other"), new Settlement { Kind = SettlementKind.Complete, Id = items[0].Id, ReceiptHandle = items[0].ReceiptHandle! });
        Assert.Equal(ConsulMqError.LeaseLost, other.Error!.Error);
        Assert.All(await Settle(queue, SettlementKind.Complete, items), outcome => Assert.Null(outcome.Error));
    }

    [Fact]
    public async Task WhatWasNotLeasedCannotBeSettled()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        var pushed = await queue.PushAsync(Text("a"), None);
        Assert.Equal(ConsulMqError.NotLeased, Assert.Throws<ConsulMqException>(() => Settlement.Of(SettlementKind.Complete, pushed)).Error);
    }

    [Fact]
    public async Task ALeaseOfADurationIsSettledByAnotherClientWithIdAndHandle()
    {
        string handle;
        Guid id;
        using (var first = Connect())
        {
            await PushAll(first.Queue("jobs"), ["a", "b"]);
            var items = await Lease(first.Queue("jobs"), 2, TimeSpan.FromMinutes(10));
            Assert.InRange(items[0].Lease!.ExpiresAt!.Value, DateTimeOffset.UtcNow.AddMinutes(9), DateTimeOffset.UtcNow.AddMinutes(11));
            (id, handle) = (items[0].Id, items[0].ReceiptHandle!);
            await Settle(first.Queue("jobs"), SettlementKind.Complete, [items[1]]);
        }

        using var second = Connect();
        Assert.Empty(await PopAll(second.Queue("jobs"), 1));
        var prolonged = await second.Queue("jobs").ProlongAsync(id, handle, None);
        Assert.Equal((handle, TimeSpan.FromMinutes(10)), (prolonged.ReceiptHandle, prolonged.Duration));
        Assert.Null((await SettleOne(second.Queue("jobs"), new Settlement { Kind = SettlementKind.Complete, Id = id, ReceiptHandle = handle })).Error);
        Assert.Empty(await Keys("i/"));
        Assert.Empty(await Keys("s/"));
        Assert.Equal(ConsulMqError.LeaseLost, (await Assert.ThrowsAsync<ConsulMqException>(() => second.Queue("jobs").ProlongAsync(id, handle, None))).Error);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(86_401)]
    public async Task ALeaseIsNeitherTooShortNorTooLong(int seconds)
    {
        using var connection = Connect();
        await PushAll(connection.Queue("jobs"), ["a"]);
        var error = await Assert.ThrowsAsync<ConsulMqException>(() => Lease(connection.Queue("jobs"), 1, TimeSpan.FromSeconds(seconds)));
        Assert.Equal(ConsulMqError.InvalidSetting, error.Error);
        Assert.Equal(["a"], await PopAll(connection.Queue("jobs"), 1));
    }

    [Fact]
    public async Task WhatAnEndedSessionHeldIsBackInOrderAndItsLateCompletionIsRefused()
    {
        using var connection = Connect();
        using var other = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(6));
        var items = await Lease(queue, 4);
        await Settle(queue, SettlementKind.Complete, [items[1]]);
        await DestroySessions();
        Assert.Equal(ConsulMqError.LeaseLost, (await Settle(queue, SettlementKind.Complete, [items[0]])).Single().Error!.Error);

        var back = await Lease(other.Queue("jobs"), 10);
        Assert.Equal([items[0].ReadContent().Text, items[2].ReadContent().Text, items[3].ReadContent().Text], back.Take(3).Select(i => i.ReadContent().Text));
        Assert.Equal([1, 1, 1, 0, 0], back.Select(i => i.DeliveryCount));
        Assert.Equal(ConsulMqError.LeaseLost, (await Settle(queue, SettlementKind.Complete, [items[2]])).Single().Error!.Error);
        // The connection whose session was destroyed goes on under another one.
        await Settle(other.Queue("jobs"), SettlementKind.Return, [back[0]]);
        Assert.Equal(back[0].Id, Assert.Single(await Lease(queue, 1)).Id);
    }

    [Fact]
    public async Task AClearLeavesTheBigBodiesOfWhatIsInFlight()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        var big = new string('x', 600_000);
        await queue.PushAsync(Text("1" + big), None);
        var leased = Assert.Single(await Lease(queue, 1));
        await queue.PushAsync(Text("2" + big), None);
        Assert.Equal(4, (await Keys("d/")).Count);
        await queue.ClearAsync(false, None);
        Assert.Equal(2, (await Keys("d/")).Count);
        await Settle(queue, SettlementKind.Return, [leased]);
        Assert.Equal(["1" + big], await PopAll(queue));
        Assert.Empty(await Keys("d/"));
    }

    [Fact]
    public async Task AConnectionThatEndsGivesBackAtOnceWhatItHeld()
    {
        using var other = Connect();
        using (var connection = Connect())
        {
            await PushAll(connection.Queue("jobs"), ["a", "b"]);
            await Lease(connection.Queue("jobs"), 1);
        }

        Assert.Equal(["a", "b"], await PopAll(other.Queue("jobs"), 1));
    }

    [Fact]
    public async Task ReturningLaterKeepsAMessageAwayForThatTime()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, ["a", "b"]);
        var items = await Lease(queue, 1);
        var outcome = await SettleOne(queue, Settlement.Of(SettlementKind.Return, items[0]) with { Delay = TimeSpan.FromSeconds(1) });
        Assert.Null(outcome.Error);
        Assert.Equal(["b"], await PopAll(queue, 10));
        using var consumer = queue.OpenConsumer();
        Assert.True(await consumer.WaitAsync(TimeSpan.FromSeconds(20), None));
        var back = Assert.Single((await consumer.PopAsync(1, None)).Items);
        Assert.Equal(("a", 1), (back.ReadContent().Text, back.DeliveryCount));
    }

    private async Task DestroySessions()
    {
        using var consul = OpenConsul();
        foreach (var key in await Keys("s/"))
            await consul.DestroySessionAsync(key[(key.LastIndexOf('/') + 1)..], None);
    }
}
