using System.Text;
using ConsulMq.Consul;
using ConsulMq.Tests.Queueing;
using ConsulMq.TestSupport;
using ConsulMq.TestSupport.Soaking;

namespace ConsulMq.Tests.Limits;

/// <summary>Thousands of keys where a client of this layout leaves hundreds at most: each kind costs memory in proportion, and no more.</summary>
[Collection(nameof(AloneCollection))]
[Trait("Category", Soak.Category)]
public sealed class CrowdedQueueTests(ConsulFixture fixture) : IClassFixture<ConsulFixture>
{
    /// <summary>So many bytes for each key: its name and value as text and as bytes, the message, and the answer that it came in, up to twice as long.</summary>
    private const long MostForOne = 6 * 1024;

    private const long Base = 24L * 1024 * 1024;

    private static readonly Figures Figures = new("Resource limits");

    private (string Operation, MemoryWatch.Peak Peak)? _worst;

    public static TheoryData<string> Kinds => ["page", "front", "scheduled", "in flight", "cursors", "receipts", "uploads", "windows"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task MemoryGrowsWithTheKeysAndNoMore(string kind)
    {
        var count = Soak.Amount(3_000, 20_000);
        var prefix = ConsulFixture.NewPrefix();
        using var connection = Connect(prefix);
        var queue = connection.Queue("jobs");
        for (var i = 0; i < 3; i++)
            await queue.PushAsync(new MessageDraft { Body = MessageBody.FromText($"good {i}") }, default);
        using (var front = queue.OpenInsert(0))
        {
            await front.AddAsync(new MessageDraft { Body = MessageBody.FromText("good front") }, null, default);
            await front.FlushAsync(default);
        }

        await queue.PushAsync(new MessageDraft { Body = MessageBody.FromText("good later"), NotBefore = DateTimeOffset.UtcNow.AddDays(1) }, default);
        await FillAsync(prefix + "/jobs/", kind, count);

        using var fresh = Connect(prefix);
        var crowded = fresh.Queue("jobs");
        foreach (var state in (MessageState[])[MessageState.Ready, MessageState.InFlight, MessageState.Scheduled])
        {
            long seen = 0;
            await Holds(kind, $"browse {state}", count, async () =>
            {
                var browser = crowded.Browse(state);
                while (await browser.NextAsync(default) is { } batch)
                    seen += batch.Items.Count;
            });
            Assert.InRange(seen, state == MessageState.InFlight ? 0 : 1, count + 10);
        }

        await Holds(kind, "figures of the queue", count, () => crowded.SummaryAsync(default));
        using (var consumer = crowded.OpenConsumer())
        {
            await Holds(kind, "pop", count, async () => Assert.Single((await consumer.PopAsync(1, default)).Items));
            await Holds(kind, "pop of a hundred", count, async () =>
            {
                for (var taken = 0; taken < 100 && (await consumer.PopAsync(1, default)).Items.Count > 0; taken++)
                {
                }
            });
        }

        await Holds(kind, "look at the last", count, () => crowded.LookAsync(MessageSelection.Last, 1, default));
        await Holds(kind, "clear", count, () => crowded.ClearAsync(true, default));
        Figures.Write($"{count:N0} keys of one kind ({kind}), at the worst", $"{_worst!.Value.Operation}: {_worst.Value.Peak}");
    }

    /// <summary>Processes that died all at once: whoever finds the queue empty gives back what they held, one session after the other, and soon.</summary>
    [Fact]
    public async Task HundredsOfEndedSessionsHoldAPopUpForSecondsOnly()
    {
        var prefix = ConsulFixture.NewPrefix();
        using var connection = Connect(prefix);
        var queue = connection.Queue("jobs");
        await queue.PushAsync(new MessageDraft { Body = MessageBody.FromText("x") }, default);
        await PutAsync(Enumerable.Range(0, 400).Select(i => ($"{prefix}/jobs/s/ended-{i}", """{"client":"dead:1"}""")));
        using var consumer = queue.OpenConsumer();
        var peak = await MemoryWatch.OfAsync(async () =>
        {
            Assert.Single((await consumer.PopAsync(1, default)).Items);
            Assert.Empty((await consumer.PopAsync(1, default).WaitAsync(TimeSpan.FromSeconds(60))).Items);
        });
        Figures.Write("400 ended sessions, pop until the queue is empty", peak.ToString());
        // A pause before each of them, as before a single one, would be 40 s.
        Assert.InRange(peak.Time, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        using var consul = new HttpConsul(new ConsulOptions { Address = fixture.Address });
        Assert.Empty((await consul.KeysAsync($"{prefix}/jobs/s/", null, ReadOptions.Consistent, default)).Keys);
    }

    private async Task Holds(string kind, string operation, int count, Func<Task> run)
    {
        var peak = await MemoryWatch.OfAsync(() => run().WaitAsync(TimeSpan.FromMinutes(5)));
        if (_worst is not { } worst || peak.Managed > worst.Peak.Managed)
            _worst = (operation, peak);
        Assert.True(peak.Managed <= Base + (count * MostForOne), $"{kind}, {operation}: {peak}");
    }

    private Task FillAsync(string root, string kind, int count) => PutAsync(Enumerable.Range(0, count).SelectMany(i => Keys(root, kind, i)));

    private static IEnumerable<(string Key, string Value)> Keys(string root, string kind, int i)
    {
        string Line(string rank = "") => $$"""{"id":"01930000-0000-7000-8000-{{i:x12}}","at":"2026-11-23T07:44:07Z",{{rank}}"text":"by hand {{i}}"}""";
        var ranked = Line($"\"rank\":[{i + 1},0,0],");
        var rank = $"{0x8000000000000000UL + (ulong)i + 1:x16}_8000000000000000_8000000000000000";
        var two = Line() + "\n" + Line();
        return kind switch
        {
            "page" => [($"{root}p/0000000000000001/00hand{i:x8}.1.{Line().Length}", Line())],
            "front" => [($"{root}f/{rank}/00hand{i:x8}.1.{ranked.Length}", ranked)],
            "scheduled" => [($"{root}t/{DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds() + (i % 7):x16}/00hand{i:x8}.1.{Line().Length}", Line())],
            "in flight" => [($"{root}i/hand/00hand{i:x8}.1.{ranked.Length}", ranked)],
            "cursors" => [($"{root}p/0000000000000001/00hand{i:x8}.2.{two.Length}", two), ($"{root}c/p/0000000000000001/00hand{i:x8}", """{"first":1,"end":2}""")],
            "receipts" => [($"{root}r/hand-{i}", """{"op":"0123456789abcdef","at":"2026-11-23T07:44:07.009Z"}""")],
            "uploads" => [($"{root}o/hand-{i}", """{"at":"2026-11-23T07:44:07Z","client":"host:12"}""")],
            _ => [($"{root}k/{i:x16}/hand", """{"id":"01930000-0000-7000-8000-000000000001","at":"2026-11-23T07:44:07Z"}""")],
        };
    }

    private async Task PutAsync(IEnumerable<(string Key, string Value)> pairs)
    {
        using var consul = new HttpConsul(new ConsulOptions { Address = fixture.Address });
        foreach (var some in pairs.Chunk(ConsulLimits.OperationsPerTransaction))
            Assert.True((await consul.TransactAsync([.. some.Select(static pair => KvOperation.Set(pair.Key, Encoding.UTF8.GetBytes(pair.Value)))], default, default)).Committed);
    }

    private ConsulMqConnection Connect(string prefix) =>
        new(new HttpConsul(new ConsulOptions { Address = fixture.Address }), new ConnectionSettings { Prefix = prefix, FirstChores = 1 });
}
