using ConsulMq.Consul;
using ConsulMq.Queueing;
using ConsulMq.Storage;
using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class DelayOnModel() : DelayBehaviour(new ModelBackend());

public sealed class DelayOnConsul(ConsulFixture consul) : DelayBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>Messages that may be popped only later.</summary>
public abstract class DelayBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    private readonly ManualClock _clock = new();

    private ConnectionSettings Settings => new() { Clock = _clock };

    private MessageDraft Later(string text, double seconds) => Text(text) with { NotBefore = _clock.UtcNow + TimeSpan.FromSeconds(seconds) };

    [Fact]
    public async Task ADelayedMessageComesWhenItIsDueAndNotBefore()
    {
        using var connection = Connect(Settings);
        var queue = connection.Queue("jobs");
        var notBefore = _clock.UtcNow + TimeSpan.FromMinutes(5);
        var pushed = await queue.PushAsync(Text("later") with { NotBefore = notBefore }, None);
        Assert.InRange(pushed.NotBefore!.Value - notBefore, TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        await queue.PushAsync(Text("now"), None);
        Assert.Equal(["now"], await PopAll(queue));
        _clock.Advance(TimeSpan.FromMinutes(4.9));
        Assert.Empty(await PopAll(queue));
        _clock.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(["later"], await PopAll(queue));
        Assert.Empty(await PopAll(queue));
    }

    [Fact]
    public async Task TheFirstPushOfAQueueCanBeADelayedOne()
    {
        using var connection = Connect(Settings);
        using var other = Connect(Settings);
        await connection.Queue("jobs").PushAsync(Later("later", 60), None);
        Assert.Equal(["jobs"], await other.QueueNamesAsync(None));
        Assert.Empty(await PopAll(other.Queue("jobs")));
        _clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(["later"], await PopAll(other.Queue("jobs")));
    }

    [Fact]
    public async Task WhatIsDueInThePastIsPushedAtOnce()
    {
        using var connection = Connect(Settings);
        var pushed = await connection.Queue("jobs").PushAsync(Later("x", -60), None);
        Assert.Null(pushed.NotBefore);
        Assert.Equal(["x"], await PopAll(connection.Queue("jobs")));
    }

    [Fact]
    public async Task SeveralThatAreDueComeInTheOrderOfTheirTimes()
    {
        using var connection = Connect(Settings);
        using var other = Connect(Settings);
        var queue = connection.Queue("jobs");
        foreach (var seconds in new[] { 30, 10, 3600, 20, 40, 100_000 })
            await queue.PushAsync(Later($"{seconds}", seconds), None);
        Assert.Empty(await PopAll(other.Queue("jobs")));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["10", "20", "30", "40"], await PopAll(other.Queue("jobs")));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["3600"], await PopAll(other.Queue("jobs")));
        _clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(["100000"], await PopAll(queue));
    }

    [Fact]
    public async Task ThoseThatAreDueTogetherComeInTheOrderOfTheirPushes()
    {
        using var connection = Connect(Settings);
        var queue = connection.Queue("jobs");
        var time = _clock.UtcNow + TimeSpan.FromMinutes(1);
        using (var push = queue.OpenPush())
        {
            foreach (var text in Numbers(300))
                await push.AddAsync(Text(text + new string('x', 1000)) with { NotBefore = time }, null, None);
            await push.FlushAsync(None);
        }

        for (var i = 300; i < 340; i++)
            await queue.PushAsync(Text($"m{i}") with { NotBefore = time }, None);
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(Numbers(340), (await PopAll(queue)).ConvertAll(t => t.TrimEnd('x')));
    }

    [Fact]
    public async Task AnAgeOldBacklogComesInOrder()
    {
        using var connection = Connect(Settings);
        var queue = connection.Queue("jobs");
        // Two a span of due times, over a day, and more than one listing remembers at once.
        using (var push = queue.OpenPush())
        {
            for (var i = 0; i < 700; i++)
                await push.AddAsync(Later($"m{i}", 60 + (i * 120)), null, None);
            await push.FlushAsync(None);
        }

        Assert.Empty(await PopAll(queue));
        _clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(Numbers(700), await PopAll(queue));
        using var other = Connect(Settings);
        Assert.Empty(await PopAll(other.Queue("jobs")));
    }

    [Fact]
    public async Task AStreamMixesWhatIsDueNowAndLater()
    {
        using var connection = Connect(Settings);
        var queue = connection.Queue("jobs");
        using (var push = queue.OpenPush())
        {
            for (var i = 0; i < 20; i++)
                await push.AddAsync(i % 2 == 0 ? Text($"{i}") : Later($"{i}", 60), null, None);
            await push.FlushAsync(None);
            while (push.TryTake(out var outcome))
                Assert.Equal(int.Parse(outcome.Item!.ReadContent().Text!, null) % 2 == 1, outcome.Item.NotBefore is not null);
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{2 * i}"), await PopAll(queue));
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{(2 * i) + 1}"), await PopAll(queue));
    }

    [Fact]
    public async Task TimeToLiveBeginsWhenAMessageMayBePopped()
    {
        using var connection = Connect(Settings);
        var queue = connection.Queue("jobs");
        await queue.PushAsync(Later("too late", 120) with { TimeToLive = TimeSpan.FromSeconds(5) }, None);
        await queue.PushAsync(Later("in time", 120) with { TimeToLive = TimeSpan.FromSeconds(60) }, None);
        _clock.Advance(TimeSpan.FromSeconds(130));
        Assert.Equal(["in time"], await PopAll(queue));
    }

    [Fact]
    public async Task ManyWhoMoveMoveEachMessageOnce()
    {
        using var first = Connect(Settings);
        var clients = Enumerable.Range(0, 6).Select(_ => Connect(Settings)).ToList();
        var time = _clock.UtcNow + TimeSpan.FromMinutes(1);
        for (var i = 0; i < 120; i++)
            await first.Queue("jobs").PushAsync(Text($"m{i}") with { NotBefore = time }, None);
        _clock.Advance(TimeSpan.FromMinutes(2));
        var taken = await Task.WhenAll(clients.Select(c => Task.Run(() => PopAll(c.Queue("jobs"), 3))));
        Assert.Equal(Numbers(120).Order(), taken.SelectMany(t => t).Order());
        clients.ForEach(c => c.Dispose());
    }

    [Fact]
    public async Task ClearTakesWhatIsScheduledToo()
    {
        using var connection = Connect(Settings);
        var queue = connection.Queue("jobs");
        await queue.PushAsync(Later("x", 60), None);
        Assert.Equal((0, 1), ((await queue.SummaryAsync(None))!.Depth, (await queue.SummaryAsync(None))!.Scheduled));
        await queue.ClearAsync(false, None);
        Assert.Equal(0, (await queue.SummaryAsync(None))!.Scheduled);
        await queue.PushAsync(Later("y", 60), None);
        _clock.Advance(TimeSpan.FromSeconds(70));
        Assert.Equal(["y"], await PopAll(queue));
    }

    [Fact]
    public async Task AMessageWithARankGoesBackToItsPlaceWhenItIsDue()
    {
        using var connection = Connect(Settings);
        using var other = Connect(Settings);
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(5));
        using var consumer = queue.OpenConsumer();
        var item = (await consumer.PopAsync(1, None)).Items.Single();
        await Schedule(connection, item, _clock.UtcNow + TimeSpan.FromSeconds(30));
        Assert.Equal(["m1"], await Take(consumer, 1));
        _clock.Advance(TimeSpan.FromSeconds(31));
        // A process that takes one message sees in passing to what is due, behind its back.
        using (var passing = other.Queue("jobs").OpenConsumer())
            Assert.Equal(["m2"], await Take(passing, 1));
        await Eventually.TrueAsync(async () => (await queue.SummaryAsync(None))!.Scheduled == 0);
        Assert.Equal(["m0", "m3", "m4"], await PopAll(queue));
    }

    [Fact]
    public async Task WhatNobodyCanReadStaysAndHoldsUpNobody()
    {
        using var connection = Connect(Settings);
        var queue = connection.Queue("jobs");
        var keys = new QueueKeys(connection.Prefix, "jobs");
        var due = (_clock.UtcNow + TimeSpan.FromSeconds(5)).ToUnixTimeMilliseconds();
        var key = EntryKey.ForScheduled(keys, due, 0, "broken", 1, 5);
        await connection.Consul.PutAsync(key, "stuff"u8.ToArray(), None);
        await queue.PushAsync(Later("fine", 10), None);
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(["fine"], await PopAll(queue));
        Assert.NotNull((await connection.Consul.GetAsync(key, ReadOptions.Consistent, None)).Pair);
    }

    /// <summary>As a lease is returned with a delay.</summary>
    private static async Task Schedule(ConsulMqConnection connection, QueueObject item, DateTimeOffset time)
    {
        using var batch = new PushBatch();
        batch.TryAdd(new PushItem(item.Message.At(item.Rank!), time.ToUnixTimeMilliseconds()));
        var keys = new QueueKeys(connection.Prefix, item.Queue);
        var entry = batch.Entries[0];
        await connection.Consul.TransactAsync(
            [
                KvOperation.Set(EntryKey.ForScheduled(keys, entry.Due, 0, "back", 1, entry.Length), batch.Value(entry).ToArray()),
                KvOperation.Set(keys.Due, IndexCodec.Due(entry.Due, "back")),
            ],
            ReadConsistency.Default, None);
    }
}
