using ConsulMq.Tests.Support;

namespace ConsulMq.Tests.Queueing.Behaviour;

/// <content>What becomes of a big body where something goes wrong, is cleared away, or expires.</content>
public abstract partial class BigBodyBehaviour
{
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
            Assert.Equal(Long("a"), Assert.Single((await first.PopAsync(1, None)).Items).ReadContent().Text);
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
}
