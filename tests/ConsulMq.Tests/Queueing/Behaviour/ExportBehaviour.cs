using System.Text;
using System.Text.Json;
using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class ExportOnModel() : ExportBehaviour(new ModelBackend());

public sealed class ExportOnConsul(ConsulFixture consul) : ExportBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>A queue becomes a file, and the file a queue.</summary>
public abstract class ExportBehaviour(IBackend backend) : BackupBehaviour(backend)
{
    [Fact]
    public async Task EverythingComesBackAsItWas()
    {
        using var connection = Connect();
        var jobs = connection.Queue("jobs");
        await jobs.CreateAsync(new QueueSettings { TimeToLive = TimeSpan.FromDays(9), MaxDeliveries = 7, StrictOrder = true }, None);
        var due = new DateTimeOffset(2199, 1, 1, 0, 0, 0, 123, TimeSpan.Zero);
        MessageDraft[] drafts =
        [
            Text("back"),
            Text("held"),
            Text("grüße 日本 🚀 \u0001\t\"\\") with { Tags = ["ä", "b c"], Headers = new Dictionary<string, string> { ["Trace"] = "7\n8" }, ContentType = "text/x-test" },
            Text(""),
            Text("half \ud83d of a pair"),
            Text("short life") with { TimeToLive = TimeSpan.FromHours(1) },
            new() { Body = MessageBody.FromBytes(default) },
            new() { Body = MessageBody.FromBytes(new byte[] { 0, 255, 10, 13 }) },
            new() { Body = MessageBody.FromJson("""{"a":[1,2.50,null,"x"]}"""u8.ToArray()) },
            Text(new string('"', 1_300_000) + "\n\r\u0001\\ü"),
            new() { Body = MessageBody.FromBytes(Enumerable.Range(0, 700_000).Select(static i => (byte)i).ToArray()) },
            new() { Body = MessageBody.FromJson(Encoding.UTF8.GetBytes($"[\"{new string('x', 400_000)}\"]")) },
            Text(new string('x', 200_000) + "\ud83d"),
            Text("later") with { NotBefore = due, TimeToLive = TimeSpan.FromHours(3) },
        ];
        foreach (var draft in drafts)
            await jobs.PushAsync(draft, None);
        var leased = await Lease(jobs, 2);
        await SettleOne(jobs, Settlement.Of(SettlementKind.Return, leased[0]));

        var file = await Export(jobs);
        var lines = Lines(file);
        using (var header = JsonDocument.Parse(lines[0]))
        {
            Assert.Equal((1, "jobs", 7), (header.RootElement.GetProperty("consulmq").GetInt32(), header.RootElement.GetProperty("queue").GetString(),
                header.RootElement.GetProperty("settings").GetProperty("maxDeliveries").GetInt32()));
        }

        Assert.Equal(drafts.Length + 2, lines.Count);
        Assert.Single(lines, static l => l.Contains("\"state\":\"inFlight\"", StringComparison.Ordinal));
        Assert.Single(lines, static l => l.Contains("\"due\":\"2199-01-01T00:00:00.123Z\"", StringComparison.Ordinal));
        Assert.DoesNotContain("\"rank\"", string.Concat(lines), StringComparison.Ordinal);

        var before = await Look(jobs);
        await jobs.RemoveAsync(None);
        Assert.Equal((drafts.Length, 0), await Import(connection, file));
        var summary = (await jobs.SummaryAsync(None))!;
        Assert.Equal((drafts.Length - 1, 1, 0, 7, true), (summary.Depth, summary.Scheduled, summary.InFlight, summary.MaxDeliveries, summary.StrictOrder));
        var after = await Look(jobs);
        // What was in flight comes first.
        Assert.Equal(leased[1].Id, after[0].Id);
        Assert.Equal(before.Select(Describe), after.Skip(1).Select(Describe));
        Assert.Equal(1, after[1].DeliveryCount);
        Assert.Contains(await Keys("t/"), key => key.Contains($"/t/{due.ToUnixTimeMilliseconds():x16}/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OnlyTheStatesThatAreAskedForAreThereAndNothingThatHasExpired()
    {
        var clock = new ManualClock();
        using var connection = Connect(new ConnectionSettings { Clock = clock });
        var jobs = connection.Queue("jobs");
        await PushAll(jobs, ["held", "ready"]);
        await jobs.PushAsync(Text("short") with { TimeToLive = TimeSpan.FromSeconds(10) }, None);
        await jobs.PushAsync(Text("later") with { NotBefore = clock.UtcNow + TimeSpan.FromHours(1) }, None);
        await Lease(jobs, 1);
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(["later", "held", "ready"], await Texts(MessageState.Ready, MessageState.InFlight, MessageState.Scheduled));
        Assert.Equal(["ready"], await Texts(MessageState.Ready));
        Assert.Equal(["held"], await Texts(MessageState.InFlight));
        Assert.Equal(["later", "held"], await Texts(MessageState.Scheduled, MessageState.InFlight));

        async Task<List<string?>> Texts(params MessageState[] states) =>
            [.. Lines(await Export(jobs, states))[1..^1].Select(static l => JsonDocument.Parse(l).RootElement.GetProperty("text").GetString())];
    }

    [Fact]
    public async Task AQueueThatIsNotThereIsAnErrorAndAnEmptyOneIsAnEmptyExport()
    {
        using var connection = Connect();
        var error = await Assert.ThrowsAsync<ConsulMqException>(() => Export(connection.Queue("jobs")));
        Assert.Equal(ConsulMqError.QueueNotFound, error.Error);
        await connection.Queue("jobs").CreateAsync(new QueueSettings { MaxDepth = 3 }, None);
        var file = await Export(connection.Queue("jobs"));
        Assert.Equal(2, Lines(file).Count);
        Assert.Equal((0, 0), await Import(connection, file, "other"));
        Assert.Equal(3, (await connection.Queue("other").SummaryAsync(None))!.MaxDepth);
    }

    [Fact]
    public async Task WhatCannotBeReadIsNamedAndTheRestGoesOn()
    {
        using var connection = Connect();
        using var consul = OpenConsul();
        var jobs = connection.Queue("jobs");
        await PushAll(jobs, ["a", "b"]);
        var big = await jobs.PushAsync(new MessageDraft { Body = MessageBody.FromBytes(new byte[600_000]) }, None);
        await jobs.PushAsync(Text("c"), None);
        await consul.DeleteAsync((await Keys("d/"))[0], None);
        await consul.PutAsync($"{Prefix}/jobs/p/{1:x16}/x", default, None);
        await consul.PutAsync($"{Prefix}/jobs/i/what/x", default, None);
        var damage = new List<ConsulMqException>();
        Assert.Equal(3 + 2, Lines(await Export(jobs, damage: damage)).Count);
        Assert.Equal(3, damage.Count);
        Assert.All(damage, static d => Assert.Equal(ConsulMqError.CorruptEntry, d.Error));
        Assert.Contains(damage, d => d.Message.Contains($"{big.Id}", StringComparison.Ordinal));
    }

    private static string Describe(QueueObject item) => string.Join("|", item.Id, item.CreatedAt.ToString("o"), item.TtlDeadline?.ToString("o"), item.DeliveryCount,
        item.ContentType, string.Join(",", item.Tags), string.Join(",", item.Headers.Select(static h => h.Key + "=" + h.Value)), item.ReadContent().Kind,
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(item.RawBody)));

    private static async Task<List<QueueObject>> Look(MessageQueue queue)
    {
        var all = new List<QueueObject>();
        var browser = queue.Browse();
        while (await browser.NextAsync(None) is { } batch)
            all.AddRange(batch.Items);
        return all;
    }
}
