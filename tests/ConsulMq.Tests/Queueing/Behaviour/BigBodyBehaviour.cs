using ConsulMq.Consul;
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
        Assert.Equal(bodies.Select(static b => b.Kind), items.Select(static i => i.ReadContent().Kind));
        Assert.Equal(bodies.Select(static b => b.Text), items.Select(static i => i.ReadContent().Text));
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
            taken.AddRange(batch.Items.Select(static i => i.ReadContent().Text!));
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
