using ConsulMq.Storage;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class MoveOnModel() : MoveBehaviour(new ModelBackend());

public sealed class MoveOnConsul(ConsulFixture consul) : MoveBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>Messages that go from one queue to another.</summary>
public abstract class MoveBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    [Fact]
    public async Task AllMessagesMoveInOrderAndBeginANewLife()
    {
        using var connection = Connect();
        var jobs = connection.Queue("jobs");
        await PushAll(jobs, Numbers(200));
        await Settle(jobs, SettlementKind.Return, await Lease(jobs, 3));
        var moved = await MoveAll(jobs, connection.Queue("other"));
        Assert.Equal(Numbers(200), moved.Select(i => i.ReadContent().Text));
        Assert.All(moved, i => Assert.Equal(("other", 0), (i.Queue, i.DeliveryCount)));
        Assert.Empty(await PopAll(jobs));
        var there = await Lease(connection.Queue("other"), 200);
        Assert.Equal(moved.Select(i => (i.Id, 0)), there.Select(i => (i.Id, i.DeliveryCount)));
    }

    [Fact]
    public async Task AMessageKeepsWhatItIs()
    {
        using var connection = Connect();
        var jobs = connection.Queue("jobs");
        var pushed = await jobs.PushAsync(
            Text("a") with { Tags = ["x"], Headers = new Dictionary<string, string> { ["trace"] = "7" }, ContentType = "text/csv", TimeToLive = TimeSpan.FromHours(1) }, None);
        await MoveAll(jobs, connection.Queue("other"));
        var item = Assert.Single(await Lease(connection.Queue("other"), 5));
        Assert.Equal((pushed.Id, pushed.CreatedAt, pushed.TtlDeadline, "text/csv", "7"), (item.Id, item.CreatedAt, item.TtlDeadline, item.ContentType, item.Headers["trace"]));
        Assert.Equal(["x"], item.Tags);
    }

    [Fact]
    public async Task WhatComesBackWhileAllAreMovedStays()
    {
        using var connection = Connect();
        var (jobs, other) = (connection.Queue("jobs"), connection.Queue("other"));
        await PushAll(jobs, Numbers(100));
        using var there = jobs.OpenMove(other);
        using var back = other.OpenMove(jobs);
        var moved = 0;
        while ((await there.NextAsync(7, None)).Items is { Count: > 0 } items)
        {
            moved += items.Count;
            await back.NextAsync(7, None);
            Assert.True(moved <= 100, "It goes round for ever.");
        }

        Assert.Equal(100, moved);
    }

    [Fact]
    public async Task SingleMessagesMoveByTheirIds()
    {
        using var connection = Connect();
        var jobs = connection.Queue("jobs");
        var ids = new List<Guid>();
        for (var i = 0; i < 30; i++)
            ids.Add((await jobs.PushAsync(Text($"m{i}"), None)).Id);
        using var move = jobs.OpenMove(connection.Queue("other"));
        var unknown = Guid.NewGuid();
        var outcomes = await move.MoveAsync([ids[20], unknown, ids[3]], None);
        Assert.Equal(["m20", null, "m3"], outcomes.Select(o => o.Item?.ReadContent().Text));
        Assert.Equal(ConsulMqError.ItemNotFound, outcomes[1].Error!.Error);
        Assert.Equal(["m20", "m3"], await PopAll(connection.Queue("other")));
        Assert.Equal(28, (await PopAll(jobs)).Count);
        Assert.Equal(ConsulMqError.ItemNotFound, (await move.MoveAsync([ids[3]], None)).Single().Error!.Error);
    }

    [Fact]
    public async Task LeasedMessagesMoveOutOfTheirLease()
    {
        using var connection = Connect();
        var (jobs, other) = (connection.Queue("jobs"), connection.Queue("other"));
        await PushAll(jobs, Numbers(10));
        var items = await Lease(jobs, 4);
        using var move = jobs.OpenMove(other);
        Assert.All(await move.MoveAsync(items.Take(2).ToList(), None), outcome => Assert.Null(outcome.Error));
        Assert.Equal(["m0", "m1"], await PopAll(other));
        Assert.Equal(ConsulMqError.LeaseLost, (await move.MoveAsync([items[0]], None)).Single().Error!.Error);
        await Settle(jobs, SettlementKind.Complete, items.Skip(2));
        Assert.Empty(await Keys("i/"));
        Assert.Equal(6, (await PopAll(jobs)).Count);
    }

    [Fact]
    public void AQueueDoesNotMoveOntoItself()
    {
        using var connection = Connect();
        var error = Assert.Throws<ConsulMqException>(() => connection.Queue("jobs").OpenMove(connection.Queue("jobs")));
        Assert.Equal(ConsulMqError.InvalidDestination, error.Error);
    }

    [Fact]
    public async Task CompetingMoversMoveEachMessageOnce()
    {
        using var first = Connect();
        using var second = Connect();
        await PushAll(first.Queue("jobs"), Numbers(400));
        await Task.WhenAll(MoveAll(first.Queue("jobs"), first.Queue("other")), MoveAll(second.Queue("jobs"), second.Queue("other")));
        Assert.Equal(Numbers(400).Order(), (await PopAll(first.Queue("other"))).Order());
        Assert.Empty(await PopAll(first.Queue("jobs")));
    }

    [Fact]
    public async Task ExpiredMessagesBecomeDeadLettersWhereTheQueueSaysSo()
    {
        using var connection = Connect();
        var jobs = connection.Queue("jobs");
        await jobs.PushAsync(Text("first"), None);
        await Set(new QueueSettings { DeadLetterExpired = true });
        for (var i = 0; i < 20; i++)
            await jobs.PushAsync(Text($"m{i}") with { TimeToLive = i % 3 == 0 ? TimeSpan.FromMilliseconds(1) : null }, None);
        await Task.Delay(20);
        Assert.Equal(["first", .. Enumerable.Range(0, 20).Where(i => i % 3 != 0).Select(i => $"m{i}")], await PopAll(jobs, 4));
        var dead = await Lease(connection.Queue("jobs.dead"), 50);
        Assert.Equal(Enumerable.Range(0, 20).Where(i => i % 3 == 0).Select(i => $"m{i}"), dead.Select(i => i.ReadContent().Text));
        Assert.All(dead, i => Assert.Equal("expired", i.Headers["consulmq-dead-reason"]));
        Assert.All(dead, i => Assert.Null(i.TtlDeadline));
        Assert.All(dead, i => Assert.True(i.Headers.ContainsKey("consulmq-dead-expires")));
    }

    private static async Task<List<QueueObject>> MoveAll(MessageQueue source, MessageQueue destination)
    {
        using var move = source.OpenMove(destination);
        var moved = new List<QueueObject>();
        while ((await move.NextAsync(int.MaxValue, None)).Items is { Count: > 0 } items)
            moved.AddRange(items);
        return moved;
    }

    private async Task Set(QueueSettings settings)
    {
        using var consul = OpenConsul();
        await consul.PutAsync($"{Prefix}/jobs/_system/info", new QueueInfo { CreatedAt = DateTimeOffset.UtcNow, Settings = settings }.ToJson(), None);
    }
}
