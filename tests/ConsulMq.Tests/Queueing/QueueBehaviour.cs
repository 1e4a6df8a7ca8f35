using ConsulMq.Tests.Support;


namespace ConsulMq.Tests.Queueing;

/// <summary>What every queue does, on the model and on a real Consul alike.</summary>
public abstract class QueueBehaviour
{
    protected abstract ConsulMqConnection Connect(ConnectionSettings? settings = null);

    private static MessageDraft Text(string text) => new() { Body = MessageBody.FromText(text) };

    private static CancellationToken None => CancellationToken.None;

    private static async Task PushAll(MessageQueue queue, IEnumerable<string> texts)
    {
        using var push = queue.OpenPush();
        foreach (var text in texts)
            await push.AddAsync(Text(text), null, None);
        await push.FlushAsync(None);
        while (push.TryTake(out var outcome))
            Assert.Null(outcome.Error);
    }

    private static async Task<List<string>> PopAll(MessageQueue queue, int atATime = int.MaxValue)
    {
        var all = new List<string>();
        using var consumer = queue.OpenConsumer();
        while ((await consumer.PopAsync(atATime, None)).Items is { Count: > 0 } items)
            all.AddRange(items.Select(i => i.Content.Text!));
        return all;
    }

    private static async Task<List<string>> LookAll(MessageQueue queue)
    {
        var all = new List<string>();
        var browser = queue.Browse();
        while (await browser.NextAsync(None) is { } batch)
            all.AddRange(batch.Items.Select(i => i.Content.Text!));
        return all;
    }

    private static List<string> Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => $"m{i}")];

    [Fact]
    public async Task WhatIsPushedFirstIsPoppedFirst()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        foreach (var text in Numbers(40))
            await queue.PushAsync(Text(text), None);
        Assert.Equal(Numbers(40), await PopAll(queue, 1));
        Assert.Empty(await PopAll(queue));
    }

    [Fact]
    public async Task AStreamKeepsItsOrderOverManyPages()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        var texts = Numbers(4000).ConvertAll(t => t + new string('x', 300));
        await PushAll(queue, texts);
        Assert.Equal(texts, await PopAll(queue));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task APackedEntryIsPoppedInParts(int atATime)
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(250));
        Assert.Equal(Numbers(250), await PopAll(queue, atATime));
    }

    [Fact]
    public async Task SeveralClientsTakeEachMessageOnce()
    {
        using var producer = Connect();
        await PushAll(producer.Queue("jobs"), Numbers(300));
        for (var i = 0; i < 100; i++)
            await producer.Queue("jobs").PushAsync(Text($"s{i}"), None);
        var expected = Numbers(300).Concat(Enumerable.Range(0, 100).Select(i => $"s{i}")).Order(StringComparer.Ordinal);
        var taken = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            using var connection = Connect();
            return await PopAll(connection.Queue("jobs"), 1);
        })));
        Assert.Equal(expected, taken.SelectMany(t => t).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task ClientsThatTakeTurnsGetTheStrictOrder()
    {
        using var first = Connect();
        using var second = Connect();
        foreach (var text in Numbers(60))
            await first.Queue("jobs").PushAsync(Text(text), None);
        var taken = new List<string>();
        using var a = first.Queue("jobs").OpenConsumer();
        using var b = second.Queue("jobs").OpenConsumer();
        taken.AddRange(await Take(a, 1));
        taken.AddRange(await Take(b, 7));
        // a has an old view, but nobody competes with it.
        taken.AddRange(await Take(a, 5));
        while (taken.Count < 60)
        {
            taken.AddRange(await Take(a, 1));
            taken.AddRange(await Take(b, 1));
        }

        Assert.Equal(Numbers(60), taken.Take(60));
    }

    [Fact]
    public async Task ClientsThatTakeTurnsGetTheStrictOrderOfAPackedEntry()
    {
        using var first = Connect();
        using var second = Connect();
        await PushAll(first.Queue("jobs"), Numbers(60));
        var taken = new List<string>();
        using var a = first.Queue("jobs").OpenConsumer();
        using var b = second.Queue("jobs").OpenConsumer();
        while (taken.Count < 60)
        {
            taken.AddRange(await Take(a, 1));
            taken.AddRange(await Take(b, 2));
        }

        Assert.Equal(Numbers(60), taken.Take(60));
    }

    [Fact]
    public async Task SeveralProducersLoseNothingAndKeepTheirOrder()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(p => Task.Run(async () =>
        {
            using var connection = Connect();
            for (var i = 0; i < 100; i++)
                await connection.Queue("jobs").PushAsync(Text($"{p}:{i}"), None);
        })));
        using var consumer = Connect();
        var all = await PopAll(consumer.Queue("jobs"));
        for (var p = 0; p < 6; p++)
            Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{p}:{i}"), all.Where(t => t.StartsWith($"{p}:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task AnExpiredMessageIsNeverReturnedAndIsRemovedInPassing()
    {
        var clock = new ManualClock();
        using var connection = Connect(new ConnectionSettings { Clock = clock });
        var queue = connection.Queue("jobs");
        await queue.PushAsync(Text("short") with { TimeToLive = TimeSpan.FromSeconds(10) }, None);
        await queue.PushAsync(Text("long") with { TimeToLive = TimeSpan.FromHours(10) }, None);
        await queue.PushAsync(Text("short too") with { TimeToLive = TimeSpan.FromSeconds(10) }, None);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["long"], await LookAll(queue));
        Assert.Equal(["long"], await PopAll(queue));
        Assert.Equal(0, (await queue.SummaryAsync(None))!.Depth);
    }

    [Fact]
    public async Task ALongRunOfExpiredMessagesIsPassedOver()
    {
        var clock = new ManualClock();
        using var connection = Connect(new ConnectionSettings { Clock = clock });
        var queue = connection.Queue("jobs");
        for (var i = 0; i < 150; i++)
            await queue.PushAsync(Text("short") with { TimeToLive = TimeSpan.FromSeconds(10) }, None);
        await queue.PushAsync(Text("stays"), None);
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(["stays"], await PopAll(queue, 1));
    }

    [Fact]
    public async Task LookingTakesNothing()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        Assert.Empty(await LookAll(queue));
        await PushAll(queue, Numbers(1000));
        Assert.Equal(Numbers(1000), await LookAll(queue));
        Assert.Equal(Numbers(1000), await PopAll(queue));
    }

    [Fact]
    public async Task PositionsCountFromTheNextMessage()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(5));
        using (var consumer = queue.OpenConsumer())
            await consumer.PopAsync(2, None);
        var seen = new List<QueueObject>();
        var browser = queue.Browse();
        while (await browser.NextAsync(None) is { } batch)
            seen.AddRange(batch.Items);
        Assert.Equal([("m2", 0L), ("m3", 1L), ("m4", 2L)], seen.Select(i => (i.Content.Text!, i.Position!.Value)));
    }

    [Fact]
    public async Task WhatAnAbandonedPopTookIsInItsOldPlaceBeforeTheConnectionEnds()
    {
        using var other = Connect();
        await PushAll(other.Queue("jobs"), Numbers(40));
        // It has said what it took, or is somewhere before that.
        foreach (var isOver in (bool[])[true, false, true, false, false])
        {
            using var connection = Connect();
            using var stop = new CancellationTokenSource();
            using var consumer = connection.Queue("jobs").OpenConsumer();
            var pop = consumer.PopAsync(5, stop.Token);
            if (isOver)
                await pop;
            stop.Cancel();
            consumer.Abandon(pop);
        }

        Assert.Equal(Numbers(40), await PopAll(other.Queue("jobs")));
    }

    [Fact]
    public async Task WhatIsPutBackIsInItsOldPlace()
    {
        using var connection = Connect();
        using var other = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(10));
        for (var i = 10; i < 15; i++)
            await queue.PushAsync(Text($"m{i}"), None);
        using (var consumer = queue.OpenConsumer())
        {
            var batch = await consumer.PopAsync(8, None);
            Assert.Equal(Numbers(8), batch.Items.Select(i => i.Content.Text));
            // Somebody else goes on behind, with a view of his own.
            using var second = other.Queue("jobs").OpenConsumer();
            Assert.Equal(["m8", "m9", "m10"], await Take(second, 3));
            await consumer.PutBackAsync([batch.Items[6], batch.Items[3], batch.Items[7]], None);
            Assert.Equal(["m3", "m6", "m7", "m11", "m12"], await LookAll(queue).ContinueWith(t => t.Result.Take(5), TaskScheduler.Default));
            Assert.Equal(["m3"], await Take(second, 1));
        }

        Assert.Equal(["m6", "m7", "m11", "m12", "m13", "m14"], await PopAll(queue, 1));
        Assert.Empty(await LookAll(queue));
    }

    private static async Task<List<string>> Take(QueueConsumer consumer, int count)
    {
        var taken = new List<string>();
        while (taken.Count < count && (await consumer.PopAsync(count - taken.Count, None)).Items is { Count: > 0 } items)
            taken.AddRange(items.Select(i => i.Content.Text!));
        return taken;
    }

    [Fact]
    public async Task ManyReturnsInterleaveInOrder()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(200));
        using var consumer = queue.OpenConsumer();
        var items = new List<QueueObject>();
        while (items.Count < 200)
            items.AddRange((await consumer.PopAsync(200, None)).Items);
        // Two entries whose messages alternate, and a hundred single ones between them.
        await consumer.PutBackAsync([.. items.Where((_, i) => i % 4 == 0)], None);
        await consumer.PutBackAsync([.. items.Where((_, i) => i % 4 == 2)], None);
        foreach (var item in items.Where((_, i) => i % 2 == 1))
            await consumer.PutBackAsync([item], None);
        Assert.Equal(Numbers(200), await LookAll(queue));
        Assert.Equal(Numbers(200), await PopAll(queue, 7));
    }

    [Fact]
    public async Task ClearEmptiesTheQueueAndLeavesIt()
    {
        using var connection = Connect();
        using var other = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(50));
        using var consumer = other.Queue("jobs").OpenConsumer();
        Assert.Equal(["m0"], await Take(consumer, 1));
        Assert.Equal(49, await queue.ClearAsync(true, None));
        Assert.Empty(await Take(consumer, 1));
        await other.Queue("jobs").PushAsync(Text("after"), None);
        Assert.Equal(["after"], await Take(consumer, 1));
        Assert.Contains("jobs", await connection.QueueNamesAsync(None));
    }

    [Fact]
    public async Task ARemovedQueueIsGoneUntilTheNextPush()
    {
        using var connection = Connect();
        using var other = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(5));
        Assert.Equal(["jobs"], await connection.QueueNamesAsync(None));
        await other.Queue("jobs").RemoveAsync(None);
        Assert.Empty(await connection.QueueNamesAsync(None));
        Assert.Null(await queue.SummaryAsync(None));
        Assert.Empty(await PopAll(queue));
        await queue.PushAsync(Text("new"), None);
        Assert.Equal(["new"], await PopAll(other.Queue("jobs")));
    }

    [Fact]
    public async Task ClearAndRemoveOfAMissingQueueSaySo()
    {
        using var connection = Connect();
        Assert.Equal(ConsulMqError.QueueNotFound, (await Assert.ThrowsAsync<ConsulMqException>(() => connection.Queue("none").ClearAsync(false, None))).Error);
        Assert.Equal(ConsulMqError.QueueNotFound, (await Assert.ThrowsAsync<ConsulMqException>(() => connection.Queue("none").RemoveAsync(None))).Error);
        Assert.Empty(await PopAll(connection.Queue("none")));
    }

    [Fact]
    public async Task AWaitingConsumerWakesWithTheFirstPush()
    {
        using var connection = Connect();
        using var other = Connect();
        using var consumer = connection.Queue("jobs").OpenConsumer();
        var wait = consumer.WaitAsync(TimeSpan.FromSeconds(30), None);
        await Task.Delay(100);
        Assert.False(wait.IsCompleted);
        await other.Queue("jobs").PushAsync(Text("first"), None);
        Assert.True(await wait);
        Assert.Equal(["first"], await Take(consumer, 1));

        wait = consumer.WaitAsync(TimeSpan.FromSeconds(30), None);
        await Task.Delay(100);
        await other.Queue("jobs").PushAsync(Text("second"), None);
        Assert.True(await wait);
        Assert.Equal(["second"], await Take(consumer, 1));
    }

    [Fact]
    public async Task AWaitEndsWithItsTimeAndWithItsCancellation()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await queue.PushAsync(Text("x"), None);
        await PopAll(queue);
        using var consumer = queue.OpenConsumer();
        Assert.False(await consumer.WaitAsync(TimeSpan.FromMilliseconds(200), None));
        using var cancel = new CancellationTokenSource(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => consumer.WaitAsync(Timeout.InfiniteTimeSpan, cancel.Token));
    }

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
            taken.AddRange(batch.Items.Select(i => i.Content.Text!));
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
    public async Task ATooLargeMessageFailsAloneAndInItsTurn()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        using var push = queue.OpenPush();
        await push.AddAsync(Text("a"), 0, None);
        await push.AddAsync(Text(new string('x', 300_000)), 1, None);
        await push.AddAsync(Text(new string('z', 250_000)), 2, None);
        await push.AddAsync(Text("b"), 3, None);
        await push.FlushAsync(None);
        var outcomes = new List<PushOutcome>();
        while (push.TryTake(out var outcome))
            outcomes.Add(outcome);
        Assert.Equal([0, 1, 2, 3], outcomes.Select(o => (int)o.Tag!));
        Assert.Equal(ConsulMqError.MessageTooLarge, outcomes[1].Error!.Error);
        Assert.Equal(["a", new string('z', 250_000), "b"], await PopAll(queue));
    }

    [Theory]
    [InlineData("with blank")]
    [InlineData("100%")]
    [InlineData("a#b?c=d&e+f")]
    [InlineData("größe-鍵-🔑")]
    [InlineData("a.b..c")]
    [InlineData("%2F%2e%2e")]
    [InlineData("back\\slash")]
    public async Task OddNamesWork(string name)
    {
        using var connection = Connect();
        await connection.Queue(name).PushAsync(Text("x"), None);
        Assert.Equal([name], await connection.QueueNamesAsync(None));
        Assert.Equal(1, (await connection.Queue(name).SummaryAsync(None))!.Depth);
        Assert.Equal(["x"], await PopAll(connection.Queue(name)));
    }

    [Fact]
    public async Task TheSummaryCounts()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        Assert.Null(await queue.SummaryAsync(None));
        await PushAll(queue, Numbers(700));
        using (var consumer = queue.OpenConsumer())
        {
            Assert.Equal(Numbers(10), await Take(consumer, 10));
            var popped = await consumer.PopAsync(1, None);
            await consumer.PutBackAsync(popped.Items, None);
        }

        var summary = (await queue.SummaryAsync(None))!;
        Assert.Equal(690, summary.Depth);
        Assert.InRange(summary.Bytes, 690 * 60, 700 * 200);
        Assert.NotNull(summary.OldestAt);
    }
}
