using ConsulMq.Consul;
using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class BigBodiesOnModel() : BigBodyBehaviour(new ModelBackend());

public sealed class BigBodiesOnConsul(ConsulFixture consul) : BigBodyBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>Messages whose bodies are too big for an entry.</summary>
public abstract partial class BigBodyBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    [Fact]
    public async Task BigAndSmallOnesKeepTheirOrderAndComeOutAsTheyWentIn()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        MessageBody[] bodies =
        [
            MessageBody.FromText("first"), MessageBody.FromText(Long("text ")), MessageBody.FromText("between"),
            MessageBody.FromJson(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new { text = Long("json ") })), MessageBody.FromBytes(Bytes(1_300_000)),
            MessageBody.FromText(Long("half \uD800")), MessageBody.FromText("last"),
        ];
        await Push(queue, bodies.Select(static b => new MessageDraft { Body = b, Tags = ["t"] }));
        using var consumer = queue.OpenConsumer();
        var items = await PopItems(consumer);
        Assert.Equal(bodies.Select(static b => b.Kind), items.Select(static i => i.Content.Kind));
        Assert.Equal(bodies.Select(static b => b.Text), items.Select(static i => i.Content.Text));
        Assert.Equal(bodies.Select(static b => b.Bytes.ToArray()), items.Select(static i => i.RawBody));
        Assert.Equal(bodies.Select(static b => b.Size), items.Select(static i => i.Size));
        Assert.Equal(
            ["text/plain; charset=utf-8", "text/plain; charset=utf-8", "text/plain; charset=utf-8", "application/json", "application/octet-stream", "text/plain; charset=utf-16le", "text/plain; charset=utf-8"],
            items.Select(static i => i.ContentType));
        Assert.All(items, static i => Assert.Equal(["t"], i.Tags));
        await NothingIsLeft(connection);
    }

    [Fact]
    public async Task OneIsPushedByItself()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        var pushed = await queue.PushAsync(new MessageDraft { Body = MessageBody.FromBytes(Bytes(600_000)) }, None);
        Assert.Equal(600_000, pushed.Size);
        using var consumer = queue.OpenConsumer();
        var item = Assert.Single((await consumer.PopAsync(1, None)).Items);
        Assert.Equal((pushed.Id, pushed.CreatedAt), (item.Id, item.CreatedAt));
        Assert.Equal(Bytes(600_000), item.RawBody);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(190_000)]
    [InlineData(200_000)]
    [InlineData(512_000)]
    [InlineData(3_000_000)]
    public async Task AStreamIsPushedAsItIsRead(int size)
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        var opened = 0;
        var draft = new MessageDraft { OpenBody = Opened, Source = "the file" };
        var pushed = await queue.PushAsync(draft, None);
        Assert.Equal(("the file", size, "application/octet-stream"), (pushed.Body, pushed.Size, pushed.ContentType));
        Assert.Equal(Bytes(size), pushed.RawBody);
        using var consumer = queue.OpenConsumer();
        Assert.Equal(Bytes(size), Assert.Single((await consumer.PopAsync(1, None)).Items).RawBody);
        Assert.Equal(0, opened);
        await NothingIsLeft(connection);

        Stream Opened()
        {
            opened++;
            return new Closing(Bytes(size), () => opened--);
        }
    }

    [Fact]
    public async Task AStreamThatCannotBeReadFailsByItself()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        using var push = queue.OpenPush();
        await push.AddAsync(Text("before"), 0, None);
        await push.AddAsync(new MessageDraft { OpenBody = static () => throw new FileNotFoundException("It is gone.") }, 1, None);
        await push.AddAsync(Text("behind"), 2, None);
        await push.FlushAsync(None);
        var outcomes = Outcomes(push);
        Assert.Equal([0, 1, 2], outcomes.Select(static o => (int)o.Tag!));
        Assert.Equal([null, ConsulMqError.InvalidBody, null], outcomes.Select(static o => o.Error?.Error));
        Assert.Equal(["before", "behind"], await PopAll(queue));
    }

    [Fact]
    public async Task OneOverTheLimitFailsByItself()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        const int limit = (int)QueueSettings.DefaultMaxBodyBytes;
        using var push = queue.OpenPush();
        await push.AddAsync(Text("before"), 0, None);
        await push.AddAsync(new MessageDraft { Body = MessageBody.FromBytes(new byte[limit + 1]) }, 1, None);
        await push.AddAsync(new MessageDraft { OpenBody = static () => new MemoryStream(new byte[limit + 1]) }, 2, None);
        await push.AddAsync(new MessageDraft { Body = MessageBody.FromBytes(new byte[limit]) }, 3, None);
        await push.FlushAsync(None);
        var outcomes = Outcomes(push);
        Assert.Equal([null, ConsulMqError.MessageTooLarge, ConsulMqError.MessageTooLarge, null], outcomes.Select(static o => o.Error?.Error));
        Assert.Contains("67,108,864", outcomes[1].Error!.Message, StringComparison.Ordinal);
        using var consumer = queue.OpenConsumer();
        Assert.Equal(["before".Length, limit], (await PopItems(consumer)).Select(static i => i.Size));
        await NothingIsLeft(connection);
    }

    [Fact]
    public async Task TagsAndHeadersThatAreTooLongStayAnErrorBesideABigBody()
    {
        using var connection = Connect();
        var draft = new MessageDraft { Body = MessageBody.FromBytes(Bytes(600_000)), Tags = [new string('t', 300_000)] };
        Assert.Equal(ConsulMqError.MessageTooLarge, (await Assert.ThrowsAsync<ConsulMqException>(() => connection.Queue("jobs").PushAsync(draft, None))).Error);
        await NothingIsLeft(connection);
    }

    [Fact]
    public async Task LookingReadsBodiesAndTheIndexDoesNot()
    {
        RawReads? reads = null;
        using var connection = Connect(through: consul => reads = new RawReads(consul));
        var queue = connection.Queue("jobs");
        await Push(queue, [Text(Long("a")), Text("b"), Text(Long("c"))]);
        var index = await queue.Browse(bodies: false).NextAsync(None);
        Assert.Equal([Long("a").Length, 1, Long("c").Length], index!.Items.Select(static i => QueueIndexEntry.Of(i).Size));
        Assert.Equal(0, reads!.Count);
        Assert.Equal([Long("a"), "b", Long("c")], await LookAll(queue));
        Assert.Equal(2, reads.Count);
    }

    [Fact]
    public async Task LookingAtManyHoldsFewInMemory()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await Push(queue, Enumerable.Range(0, 5).Select(static _ => new MessageDraft { Body = MessageBody.FromBytes(new byte[30_000_000]) }));
        var batches = new List<int>();
        var browser = queue.Browse();
        while (await browser.NextAsync(None) is { } batch)
            batches.Add(batch.Items.Count);
        Assert.Equal(5, batches.Sum());
        Assert.All(batches, static count => Assert.InRange(count, 0, 2));
        using var consumer = queue.OpenConsumer();
        Assert.Equal(2, (await consumer.PopAsync(5, None)).Items.Count);
    }

    [Fact]
    public async Task WhatIsPutBackIsWholeAndInItsPlace()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        string[] texts = ["a", Long("b"), "c", Long("d"), "e"];
        await Push(queue, texts.Select(Text));
        using (var consumer = queue.OpenConsumer())
        {
            var items = await PopItems(consumer);
            await NothingIsLeft(connection);
            await consumer.PutBackAsync([items[3], items[1], items[2]], None);
        }

        Assert.Equal(texts[1..4], await LookAll(queue));
        Assert.Equal(texts[1..4], await PopAll(queue, 1));
        await NothingIsLeft(connection);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(600)]
    public async Task ADamagedBodyIsNamedAndItsMessageStaysWhileTheOthersGoOn(int more)
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        var behind = Numbers(more).ConvertAll(static t => t + new string('y', 3000));
        await Push(queue, [Text("before"), Text(Long("damaged")), Text("behind"), Text(Long("missing")), .. behind.Select(Text)]);
        var chunks = await Chunks(connection);
        var (damaged, missing) = (chunks[0], chunks[2]);
        using var value = await connection.Consul.GetRawAsync(damaged, default, None);
        using var gone = await connection.Consul.GetRawAsync(missing, default, None);
        await connection.Consul.PutAsync(damaged, new byte[value!.Length - 1], None);
        await connection.Consul.DeleteAsync(missing, None);

        using (var consumer = queue.OpenConsumer())
        {
            var (taken, damage) = await PopAllOf(consumer);
            Assert.Equal(["before", "behind", .. behind], taken);
            Assert.Equal([damaged, missing], damage.Select(static d => (string)d.Subject!));
            Assert.All(damage, static d => Assert.Equal(ConsulMqError.CorruptEntry, d.Error));
        }

        var browser = queue.Browse();
        var seen = new List<ConsulMqException>();
        while (await browser.NextAsync(None) is { } batch)
        {
            Assert.Empty(batch.Items);
            seen.AddRange(batch.Damage);
        }

        Assert.Equal([damaged, missing], seen.Select(static d => (string)d.Subject!));
        Assert.Equal(2, (await queue.SummaryAsync(None))!.Depth);

        // Repaired, they are the first again.
        await connection.Consul.PutAsync(damaged, value.Bytes, None);
        await connection.Consul.PutAsync(missing, gone!.Bytes, None);
        using var other = Connect();
        await queue.PushAsync(Text("later"), None);
        Assert.Equal([Long("damaged"), Long("missing"), "later"], await PopAll(other.Queue("jobs")));
        await NothingIsLeft(connection);
    }

    [Fact]
    public async Task ABodyWhoseMessageSomebodyHasJustTakenIsNotDamaged()
    {
        using var other = Connect();
        Func<Task>? before = null;
        using var connection = Connect(through: consul => new RawReads(consul) { Before = () => Interlocked.Exchange(ref before, null)?.Invoke() ?? Task.CompletedTask });
        await Push(other.Queue("jobs"), [Text(Long("a")), Text(Long("b"))]);
        before = async () =>
        {
            using var first = other.Queue("jobs").OpenConsumer();
            Assert.Equal(Long("a"), Assert.Single((await first.PopAsync(1, None)).Items).Content.Text);
        };
        using var consumer = connection.Queue("jobs").OpenConsumer();
        var (taken, damage) = await PopAllOf(consumer);
        Assert.Equal([Long("b")], taken);
        Assert.Empty(damage);
    }

    [Fact]
    public async Task ClearAndRemoveTakeTheBodiesWithThem()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await Push(queue, [Text(Long("a"))]);
        await queue.ClearAsync(false, None);
        await NothingIsLeft(connection);
        await Push(queue, [Text(Long("a"))]);
        await queue.RemoveAsync(None);
        await NothingIsLeft(connection);
    }

    [Fact]
    public async Task WhatHasExpiredGoesWithItsBody()
    {
        var clock = new ManualClock();
        using var connection = Connect(new ConnectionSettings { Clock = clock });
        var queue = connection.Queue("jobs");
        await Push(queue, [Text(Long("a")) with { TimeToLive = TimeSpan.FromMinutes(1) }, Text("b")]);
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(["b"], await PopAll(queue));
        await NothingIsLeft(connection);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task WhatIsClearedAwayBeforeItIsPushedIsUploadedAgain(int times)
    {
        Meddler? meddler = null;
        using var connection = Connect(through: consul => meddler = new Meddler(consul) { Times = times });
        var queue = connection.Queue("jobs");
        await Push(queue, [Text("a"), Text(Long("b")), Text("c"), new MessageDraft { OpenBody = static () => new MemoryStream(Bytes(700_000)) }, Text("d")]);
        Assert.Equal(0, meddler!.Times);
        using var consumer = queue.OpenConsumer();
        Assert.Equal([1, Long("b").Length, 1, 700_000, 1], (await PopItems(consumer)).Select(static i => i.Size));
        Assert.True(await Eventually(async () => (await Left(connection)).Count == 0));
    }

    [Fact]
    public async Task ChunksThatArriveAfterAClearAreNotLeftBehind()
    {
        using var other = Connect();
        await Push(other.Queue("jobs"), [Text("a")]);
        using var connection = Connect(through: consul => new ClearedInBetween(consul, () => other.Queue("jobs").ClearAsync(false, None)));
        var queue = connection.Queue("jobs");
        await queue.PushAsync(new MessageDraft { OpenBody = static () => new MemoryStream(Bytes(1_800_000)) }, None);
        using var consumer = queue.OpenConsumer();
        Assert.Equal([1_800_000], (await PopItems(consumer)).Select(static i => i.Size));
        Assert.True(await Eventually(async () => (await Left(connection)).Count == 0));
    }

    [Fact]
    public async Task LostRepliesInTheMiddleOfAnUploadDoNotHarmIt()
    {
        using var connection = Connect(new ConnectionSettings { Timeout = TimeSpan.FromSeconds(10) }, consul => new Lossy(consul));
        var queue = connection.Queue("jobs");
        await Push(queue, [Text("a"), new MessageDraft { OpenBody = static () => new MemoryStream(Bytes(5_000_000)) }, Text("c")]);
        using var consumer = queue.OpenConsumer();
        var items = await PopItems(consumer);
        Assert.Equal([1, 5_000_000, 1], items.Select(static i => i.Size));
        Assert.Equal(Bytes(5_000_000), items[1].RawBody);
        await NothingIsLeft(connection);
    }

    [Fact]
    public async Task WhatADeadProducerLeftBehindIsRemovedInPassing()
    {
        var clock = new ManualClock();
        using var connection = Connect(new ConnectionSettings { Clock = clock });
        var queue = connection.Queue("jobs");
        await Push(queue, [Text(Long("a"))]);
        using (var dying = Connect(new ConnectionSettings { Clock = clock, Timeout = TimeSpan.FromSeconds(1) }, static consul => new Dying(consul)))
            await Assert.ThrowsAsync<ConsulMqException>(() => dying.Queue("jobs").PushAsync(new MessageDraft { Body = MessageBody.FromBytes(Bytes(3_000_000)) }, None));
        Assert.Contains(await Left(connection), static key => key.StartsWith("o/", StringComparison.Ordinal));
        clock.Advance(TimeSpan.FromMinutes(61));
        using var other = Connect(new ConnectionSettings { Clock = clock, FirstChores = 1 });
        Assert.Equal([Long("a")], await PopAll(other.Queue("jobs")));
        Assert.True(await Eventually(async () => (await Left(connection)).Count == 0));
    }

    [Fact]
    public async Task NoMoreThanAFewChunksAreInMemoryOfAStream()
    {
        var read = 0L;
        Meter? meter = null;
        using var connection = Connect(through: consul => meter = new Meter(consul));
        var queue = connection.Queue("jobs");
        const int size = 40_000_000;
        var most = 0L;
        await queue.PushAsync(new MessageDraft { OpenBody = () => new Endless(size, count => most = Math.Max(most, (read += count) - meter!.Stored)) }, None);
        // Four under way, one being read, and the first one once more.
        Assert.InRange(most, 1, 6 * 512 * 1024);
        var target = new Destination();
        using var consumer = queue.OpenConsumer();
        Assert.Single((await consumer.PopAsync(1, target, None)).Items);
        Assert.Equal(size, target.Written);
        Assert.InRange(meter!.MostOpen, 1, 5);
    }

    [Fact]
    public async Task CompetingConsumersTakeEachOnce()
    {
        using var producer = Connect();
        await Push(producer.Queue("jobs"), Enumerable.Range(0, 24).Select(static i => Text(Long($"{i}."))));
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var connection = Connect();
            using var consumer = connection.Queue("jobs").OpenConsumer();
            var (taken, damage) = await PopAllOf(consumer);
            Assert.Empty(damage);
            return taken;
        }));
        Assert.Equal(Enumerable.Range(0, 24).Select(static i => Long($"{i}.")).Order(), all.SelectMany(static t => t).Order());
        await NothingIsLeft(producer);
    }

    [Fact]
    public async Task ALeaseKeepsTheBodyUntilItIsCompleted()
    {
        using var connection = Connect(new ConnectionSettings { Random = new OnePage() });
        var queue = connection.Queue("jobs");
        await Push(queue, [Text(Long("a")), Text("b")]);
        using var consumer = queue.OpenConsumer();
        var items = (await consumer.LeaseAsync(2, null, None)).Items;
        Assert.Equal([Long("a"), "b"], items.Select(static i => i.Content.Text!));
        Assert.NotEmpty(await Left(connection));
        await Settle(queue, items[0], SettlementKind.Return);
        var again = Assert.Single((await consumer.LeaseAsync(1, null, None)).Items);
        Assert.Equal((Long("a"), 1), (again.Content.Text, again.DeliveryCount));
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

    private static async Task Settle(MessageQueue queue, QueueObject item, SettlementKind kind)
    {
        using var settle = queue.OpenSettle();
        await settle.AddAsync(Settlement.Of(kind, item), null, None);
        await settle.FlushAsync(None);
        Assert.True(settle.TryTake(out var outcome));
        Assert.Null(outcome.Error);
    }

    private static string Long(string text) => string.Concat(Enumerable.Repeat(text, 600_000 / text.Length));

    private static byte[] Bytes(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    private static async Task Push(MessageQueue queue, IEnumerable<MessageDraft> drafts)
    {
        using var push = queue.OpenPush();
        foreach (var draft in drafts)
            await push.AddAsync(draft, null, None);
        await push.FlushAsync(None);
        Assert.All(Outcomes(push), static o => Assert.Null(o.Error));
    }

    private static List<PushOutcome> Outcomes(PushStream push)
    {
        var outcomes = new List<PushOutcome>();
        while (push.TryTake(out var outcome))
            outcomes.Add(outcome);
        return outcomes;
    }

    private static async Task<List<QueueObject>> PopItems(QueueConsumer consumer)
    {
        var all = new List<QueueObject>();
        while ((await consumer.PopAsync(100, None)).Items is { Count: > 0 } items)
            all.AddRange(items);
        return all;
    }

    private static async Task<(List<string> Taken, List<ConsulMqException> Damage)> PopAllOf(QueueConsumer consumer)
    {
        var taken = new List<string>();
        var damage = new List<ConsulMqException>();
        while (true)
        {
            var batch = await consumer.PopAsync(100, None);
            damage.AddRange(batch.Damage);
            if (batch.Items.Count == 0)
                return (taken, damage);
            taken.AddRange(batch.Items.Select(static i => i.Content.Text!));
        }
    }

    private static async Task<List<string>> Chunks(ConsulMqConnection connection) =>
        [.. (await connection.Consul.KeysAsync(connection.Prefix + "/jobs/d/", null, ReadOptions.Consistent, None)).Keys];

    /// <summary>The chunks and marks that are there.</summary>
    private static async Task<List<string>> Left(ConsulMqConnection connection, string queue = "jobs")
    {
        var root = $"{connection.Prefix}/{queue}/";
        var keys = (await connection.Consul.KeysAsync(root, null, ReadOptions.Consistent, None)).Keys;
        return [.. keys.Select(key => key[root.Length..]).Where(static key => key.StartsWith("d/", StringComparison.Ordinal) || key.StartsWith("o/", StringComparison.Ordinal))];
    }

    private static async Task NothingIsLeft(ConsulMqConnection connection) => Assert.Empty(await Left(connection));

    private static async Task<bool> Eventually(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 100; i++)
        {
            if (await condition())
                return true;
            await Task.Delay(50);
        }

        return false;
    }
}
