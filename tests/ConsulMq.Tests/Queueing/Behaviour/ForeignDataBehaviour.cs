using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class ForeignDataOnModel() : ForeignDataBehaviour(new ModelBackend());

public sealed class ForeignDataOnConsul(ConsulFixture consul) : ForeignDataBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>What becomes of entries and queues that this version cannot read.</summary>
public abstract class ForeignDataBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    [Fact]
    public async Task ADamagedEntryIsNamedOnceAndPassedOverUntouched()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        foreach (var text in Numbers(3))
            await queue.PushAsync(Text(text), None);
        var root = connection.Settings.Prefix + "/jobs/p/";
        var second = (await connection.Consul.ListAsync(root, default, None)).Pairs.OrderBy(p => p.CreateIndex).ElementAt(1);
        await connection.Consul.PutAsync(second.Key, "{ oops"u8.ToArray(), None);
        using var consumer = queue.OpenConsumer();
        var taken = new List<string>();
        var damage = new List<ConsulMqException>();
        while (await consumer.PopAsync(10, None) is { } batch)
        {
            damage.AddRange(batch.Damage);
            if (batch.Items.Count == 0)
                break;
            taken.AddRange(batch.Items.Select(i => i.ReadContent().Text!));
        }

        Assert.Equal(["m0", "m2"], taken);
        Assert.Equal((ConsulMqError.CorruptEntry, second.Key), (Assert.Single(damage).Error, (string)damage[0].Subject!));
        Assert.Equal("{ oops"u8.ToArray(), (await connection.Consul.GetAsync(second.Key, default, None)).Pair!.Value.ToArray());
    }

    [Fact]
    public async Task DamageDoesNotStopTheQueueAcrossPages()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await queue.PushAsync(Text("damaged"), None);
        var key = (await connection.Consul.KeysAsync(connection.Settings.Prefix + "/jobs/p/", null, default, None)).Keys.Single();
        await connection.Consul.PutAsync(key, "?"u8.ToArray(), None);
        var texts = Numbers(1500).ConvertAll(t => t + new string('y', 500));
        await PushAll(queue, texts);
        Assert.Equal(texts, await PopAll(queue));
        // Repaired, it is the first again.
        await connection.Consul.PutAsync(key, """{"id":"01890000-0000-7000-8000-000000000000","at":"2026-01-01T00:00:00Z","text":"mended"}"""u8.ToArray(), None);
        Assert.Equal(["mended"], await PopAll(queue));
    }

    [Fact]
    public async Task AnUnknownLayoutIsLeftAlone()
    {
        using var connection = Connect();
        var prefix = connection.Settings.Prefix;
        await connection.Consul.PutAsync($"{prefix}/new/_system/info", """{"layout":2}"""u8.ToArray(), None);
        await connection.Consul.PutAsync($"{prefix}/go/_system/info", """{"Name":"go","root_path":"x"}"""u8.ToArray(), None);
        foreach (var name in new[] { "new", "go" })
        {
            var queue = connection.Queue(name);
            Assert.Equal(ConsulMqError.UnsupportedLayout, (await Assert.ThrowsAsync<ConsulMqException>(() => queue.PushAsync(Text("x"), None))).Error);
            Assert.Equal(ConsulMqError.UnsupportedLayout, (await Assert.ThrowsAsync<ConsulMqException>(() => PopAll(queue))).Error);
            Assert.Equal(ConsulMqError.UnsupportedLayout, (await Assert.ThrowsAsync<ConsulMqException>(() => queue.ClearAsync(false, None))).Error);
            Assert.Single((await connection.Consul.KeysAsync($"{prefix}/{name}/", null, default, None)).Keys);
        }
    }

    [Fact]
    public async Task AnEntryInFrontThatHasNoRankIsNamedAndPassedOver()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await queue.PushAsync(Text("good"), None);
        using (var first = queue.OpenInsert(0))
        {
            await first.AddAsync(Text("first"), null, None);
            await first.FlushAsync(None);
        }

        var key = connection.Settings.Prefix + "/jobs/f/8000000000000001/00by-hand.1.90";
        await connection.Consul.PutAsync(key, """{"id":"01890000-0000-7000-8000-000000000000","at":"2026-01-01T00:00:00Z","text":"by hand"}"""u8.ToArray(), None);
        using var other = Connect();
        var damage = new List<ConsulMqException>();
        var browser = other.Queue("jobs").Browse();
        while (await browser.NextAsync(None) is { } batch)
            damage.AddRange(batch.Damage);
        Assert.Equal((ConsulMqError.CorruptEntry, key), (Assert.Single(damage).Error, (string)damage[0].Subject!));
        Assert.Equal(["first", "good"], await PopAll(other.Queue("jobs")));
    }

    [Fact]
    public async Task ATailFarBehindTheLastPageIsReachedAtOnce()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(3));
        await connection.Consul.PutAsync(connection.Settings.Prefix + "/jobs/_index/tail", """{"page":1000000000000}"""u8.ToArray(), None);
        using var other = Connect();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var browser = other.Queue("jobs").Browse();
        var seen = 0;
        while (await browser.NextAsync(limit.Token) is { } batch)
            seen += batch.Items.Count;
        Assert.Equal(3, seen);
        using var consumer = other.Queue("jobs").OpenConsumer();
        var taken = new List<string>();
        while ((await consumer.PopAsync(10, limit.Token)).Items is { Count: > 0 } items)
            taken.AddRange(items.Select(static item => item.ReadContent().Text!));
        Assert.Equal(Numbers(3), taken);
        // It goes on there.
        await other.Queue("jobs").PushAsync(Text("more"), None);
        Assert.Equal(["more"], await PopAll(other.Queue("jobs")));
    }

    [Fact]
    public async Task ADueTimeBehindAllTimeIsNamedAndPassedOver()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await queue.PushAsync(Text("later") with { NotBefore = DateTimeOffset.UtcNow.AddHours(1) }, None);
        var key = connection.Settings.Prefix + "/jobs/t/7fffffffffffffff/00by-hand.1.90";
        await connection.Consul.PutAsync(key, """{"id":"01890000-0000-7000-8000-000000000000","at":"2026-01-01T00:00:00Z","text":"by hand"}"""u8.ToArray(), None);
        var browser = queue.Browse(MessageState.Scheduled);
        var seen = new List<string>();
        var damage = new List<ConsulMqException>();
        while (await browser.NextAsync(None) is { } batch)
        {
            seen.AddRange(batch.Items.Select(static item => item.ReadContent().Text!));
            damage.AddRange(batch.Damage);
        }

        Assert.Equal(["later"], seen);
        Assert.Equal((ConsulMqError.CorruptEntry, key), (Assert.Single(damage).Error, (string)damage[0].Subject!));
    }

    [Fact]
    public async Task ADeliveryCountAtTheEndOfTheNumbersStaysThere()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await queue.PushAsync(Text("first"), None);
        var key = (await connection.Consul.KeysAsync(connection.Settings.Prefix + "/jobs/p/", null, default, None)).Keys.Single();
        await connection.Consul.PutAsync(key, """{"id":"01890000-0000-7000-8000-000000000000","at":"2026-01-01T00:00:00Z","deliveries":2147483647,"text":"by hand"}"""u8.ToArray(), None);
        await queue.ChangeAsync(static settings => settings with { MaxDeliveries = 0 }, None);
        using var other = Connect();
        var items = await Lease(other.Queue("jobs"), 1);
        await Settle(other.Queue("jobs"), SettlementKind.Return, items);
        Assert.Equal(["by hand"], await PopAll(other.Queue("jobs")));
    }
}
