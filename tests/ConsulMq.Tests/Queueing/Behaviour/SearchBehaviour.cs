using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class SearchOnModel() : SearchBehaviour(new ModelBackend());

public sealed class SearchOnConsul(ConsulFixture consul) : SearchBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>Looking into every state of a queue, and removing single messages.</summary>
public abstract class SearchBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    [Fact]
    public async Task EveryStateIsLookedIntoByItself()
    {
        using var connection = Connect();
        using var worker = Connect(new ConnectionSettings { ClientName = "the-worker" });
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(6));
        await queue.PushAsync(Text("later") with { NotBefore = DateTimeOffset.UtcNow.AddHours(1) }, None);
        var leased = await Lease(worker.Queue("jobs"), 3);
        await worker.Queue("jobs").SettleAsync(Settlement.Of(SettlementKind.Deny, leased[1]), None);
        Assert.Equal(["m3", "m4", "m5"], Texts(await Look(queue, MessageState.Ready)));
        var held = await Look(queue, MessageState.InFlight);
        Assert.Equal([("m0", "the-worker"), ("m2", "the-worker")], held.Select(static item => (item.ReadContent().Text, item.Lease!.Holder)));
        Assert.Equal(leased.Where((_, i) => i != 1).Select(static item => item.ReceiptHandle), held.Select(static item => item.ReceiptHandle));
        Assert.Equal(["later"], Texts(await Look(queue, MessageState.Scheduled)));
        Assert.Equal([("m1", "jobs.dead", (long?)0)], (await Look(queue, MessageState.Dead)).Select(static item => (item.ReadContent().Text, item.Queue, item.Position)));
    }

    [Fact]
    public async Task BigBodiesAreReadOnlyOfThoseThatTheFilterLetsThrough()
    {
        CountingConsul? counting = null;
        using var connection = Connect(through: consul => counting = new CountingConsul(consul));
        var queue = connection.Queue("jobs");
        foreach (var tag in new[] { "a", "b" })
            await queue.PushAsync(Text(new string('x', 600_000)) with { Tags = [tag] }, None);
        var all = new List<QueueObject>();
        var browser = queue.Browse(MessageState.Ready, filter: static item => item.Tags.Contains("b"));
        counting!.Take();
        while (await browser.NextAsync(None) is { } batch)
            all.AddRange(batch.Items);
        Assert.Equal(600_000, Assert.Single(all).ReadContent().Text!.Length);
        // The index, the page (or two), and two chunks.
        Assert.InRange(counting.Take().Requests, 4, 5);
        Assert.Equal(2, browser.Looked);
    }

    [Fact]
    public async Task WhatIsReadyIsRemovedWithItsBody()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, ["a", new string('b', 600_000), "c"]);
        var outcome = await queue.DiscardAsync(MessageSelection.At(1), None);
        Assert.Equal(2, outcome.Removed.Count);
        Assert.Empty(outcome.Problems);
        Assert.Equal(["a"], await LookAll(queue));
        Assert.Empty(await Keys("d/"));
    }

    [Fact]
    public async Task OfWhatIsScheduledTogetherOnlyTheChosenIsRemoved()
    {
        var clock = new ManualClock();
        using var connection = Connect(new ConnectionSettings { Clock = clock });
        var queue = connection.Queue("jobs");
        var due = clock.UtcNow.AddMinutes(10);
        using (var push = queue.OpenPush())
        {
            foreach (var text in new[] { "a", "b", "c" })
                await push.AddAsync(Text(text) with { NotBefore = due }, null, None);
            await push.FlushAsync(None);
        }

        var scheduled = await Look(queue, MessageState.Scheduled);
        var outcome = await queue.DiscardAsync([scheduled[1]], None);
        Assert.Equal([scheduled[1].Id], outcome.Removed);
        Assert.Equal(ConsulMqError.ItemNotFound, Assert.Single((await queue.DiscardAsync([scheduled[1]], None)).Problems).Error);
        clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(["a", "c"], await PopAll(queue));
        Assert.Empty(await Keys("t/"));
    }

    [Fact]
    public async Task OfALongEntryThatSomebodyElseWroteTheRestStaysAsItWas()
    {
        using var connection = Connect();
        using var consul = OpenConsul();
        var queue = connection.Queue("jobs");
        await PushAll(queue, ["x"]);
        var ids = Enumerable.Range(0, 100).Select(static i => new Guid(i, 0, 7, [0x80, 0, 0, 0, 0, 0, 0, 1])).ToList();
        var lines = ids.Select(static id => $$"""{"id":"{{id}}","at":"2026-01-01T00:00:00Z","unknown":[1],"text":"{{new string('y', 2500)}}"}""").ToList();
        var due = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds();
        await consul.PutAsync($"{Prefix}/jobs/t/{due:x16}/00foreign.100.{lines.Sum(static line => line.Length + 1) - 1}", System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines)), None);
        var scheduled = await Look(queue, MessageState.Scheduled);
        Assert.Equal(100, scheduled.Count);
        var outcome = await queue.DiscardAsync([.. scheduled.Skip(10).Take(40)], None);
        Assert.Equal((40, 0), (outcome.Removed.Count, outcome.Problems.Count));
        Assert.Equal([.. ids.Take(10), .. ids.Skip(50)], (await Look(queue, MessageState.Scheduled)).Select(static item => item.Id));
        var rest = (await consul.ListAsync($"{Prefix}/jobs/t/", default, None)).Pairs;
        Assert.Equal([.. lines.Take(10), .. lines.Skip(50)], System.Text.Encoding.UTF8.GetString(Assert.Single(rest).Value.Span).Split('\n'));
    }

    [Fact]
    public async Task WhoHoldsARemovedMessageHasLostIt()
    {
        using var connection = Connect();
        using var worker = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, ["a", "b"]);
        var leased = await Lease(worker.Queue("jobs"), 2);
        var held = await Look(queue, MessageState.InFlight);
        Assert.Equal([held[0].Id], (await queue.DiscardAsync([held[0]], None)).Removed);
        Assert.Equal(ConsulMqError.LeaseLost, (await SettleOne(worker.Queue("jobs"), Settlement.Of(SettlementKind.Complete, leased[0]))).Error?.Error);
        Assert.Null((await SettleOne(worker.Queue("jobs"), Settlement.Of(SettlementKind.Return, leased[1]))).Error);
        Assert.Equal(["b"], await PopAll(queue));
    }

    [Fact]
    public async Task WhatWasSeenMovesWithoutASearch()
    {
        CountingConsul? counting = null;
        using var connection = Connect(new ConnectionSettings { Random = new OnePage(), FirstChores = 0 }, consul => counting = new CountingConsul(consul));
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(5000));
        await connection.Queue("other").PushAsync(Text("x"), None);
        var seen = (await queue.LookAsync(MessageSelection.At(4000), 2, None)).Items;
        using var mover = queue.OpenMove(connection.Queue("other"));
        counting!.Take();
        Assert.All(await mover.MoveAsync(seen, None), static outcome => Assert.Null(outcome.Error));
        Assert.Equal((2, 1), counting.Take());
        Assert.Equal(["x", "m4000", "m4001"], await LookAll(connection.Queue("other")));
    }

    private static async Task<List<QueueObject>> Look(MessageQueue queue, MessageState state)
    {
        var all = new List<QueueObject>();
        var browser = queue.Browse(state);
        while (await browser.NextAsync(None) is { } batch)
            all.AddRange(batch.Items);
        Assert.All(all, item => Assert.Equal(state, item.State));
        return all;
    }

    private static List<string> Texts(IEnumerable<QueueObject> items) => [.. items.Select(static item => item.ReadContent().Text!)];
}
