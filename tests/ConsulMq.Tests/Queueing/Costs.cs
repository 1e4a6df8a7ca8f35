using ConsulMq.Consul;
using ConsulMq.InMemory;
using ConsulMq.Queueing;
using ConsulMq.Tests.Support;

namespace ConsulMq.Tests.Queueing;

/// <summary>The table of costs in docs/storage-protocol.md, counted.</summary>
public sealed class Costs : IDisposable
{
    private readonly InMemoryConsul _consul = new();
    private readonly CountingConsul _counting;
    private readonly ConsulMqConnection _connection;

    public Costs()
    {
        _counting = new CountingConsul(_consul);
        _connection = Connect(_counting);
    }

    /// <summary>Time stands still: what maintenance costs once a second is counted in <see cref="MaintenanceCosts"/>.</summary>
    private static ConsulMqConnection Connect(IConsul consul) =>
        new(new Unowned(consul), new ConnectionSettings { Clock = new InMemory.ManualClock(), FirstChores = 0 });

    private static CancellationToken None => CancellationToken.None;

    public void Dispose()
    {
        _connection.Dispose();
        _consul.Dispose();
    }

    private static MessageDraft Text(string text) => new() { Body = MessageBody.FromText(text) };

    private async Task Fill(int count, int size = 20)
    {
        using var other = new ConsulMqConnection(new Unowned(_consul));
        for (var i = 0; i < count; i++)
            await other.Queue("jobs").PushAsync(Text(new string('x', size)), None);
    }

    private async Task FillPacked(int count, int size = 200)
    {
        using var other = new ConsulMqConnection(new Unowned(_consul));
        using var push = other.Queue("jobs").OpenPush();
        for (var i = 0; i < count; i++)
            await push.AddAsync(Text(new string('x', size)), null, None);
        await push.FlushAsync(None);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task ABigBodyCostsItsChunksAndAMarkAndComesOutWithOneWrite(int chunks)
    {
        var settings = new ConnectionSettings { Clock = new InMemory.ManualClock(), FirstChores = 0, Random = new OnePage() };
        using var connection = new ConsulMqConnection(new Unowned(_counting), settings);
        var queue = connection.Queue("jobs");
        await queue.PushAsync(Text("warm"), None);
        using var consumer = queue.OpenConsumer();
        await consumer.PopAsync(1, None);
        _counting.Take();
        var body = MessageBody.FromBytes(new byte[chunks * Layout.ChunkBytes]);
        await queue.PushAsync(new MessageDraft { Body = body }, None);
        Assert.Equal((chunks + 2, chunks + 2), _counting.Take());
        Assert.Single((await consumer.PopAsync(1, None)).Items);
        // The page is read for what was pushed since.
        Assert.Equal((chunks + 2, 1), _counting.Take());
    }

    [Fact]
    public async Task AWarmPushIsOneRequestAndOneWrite()
    {
        await _connection.Queue("jobs").PushAsync(Text("warm"), None);
        _counting.Take();
        for (var i = 0; i < 2000; i++)
            await _connection.Queue("jobs").PushAsync(Text("x"), None);
        // Rolling to new pages included: it costs no write of its own.
        Assert.Equal((2000, 2000), _counting.Take());
    }

    [Fact]
    public async Task AColdPushIsAtMostThreeRequestsAndOneWrite()
    {
        await _connection.Queue("jobs").PushAsync(Text("creates the queue"), None);
        var (requests, writes) = _counting.Take();
        Assert.InRange(requests, 1, 3);
        Assert.Equal(1, writes);

        using var second = Connect(_counting);
        await second.Queue("jobs").PushAsync(Text("finds it"), None);
        (requests, writes) = _counting.Take();
        Assert.InRange(requests, 1, 3);
        Assert.Equal(1, writes);
    }

    [Fact]
    public async Task AStreamOfSmallMessagesCostsTheirSizeByAnEighthOfAMegabyte()
    {
        using var slow = Connect(new Slow(_counting));
        await slow.Queue("jobs").PushAsync(Text("warm"), None);
        _counting.Take();
        using var push = slow.Queue("jobs").OpenPush();
        for (var i = 0; i < 10_000; i++)
            await push.AddAsync(Text(new string('x', 200)), null, None);
        await push.FlushAsync(None);
        var (requests, writes) = _counting.Take();
        Assert.Equal(requests, writes);
        var bytes = (await _consul.ListAsync("consulmq/jobs/p/", default, None)).Pairs.Sum(p => (long)p.Value.Length);
        // The first item is sent at once, and the batch behind it, and the last one, need not be full.
        Assert.InRange(writes, 1, (bytes / (120 * 1024)) + 4);
    }

    [Fact]
    public async Task AColdPopIsThreeRequestsAndOneWrite()
    {
        await Fill(5);
        using var consumer = _connection.Queue("jobs").OpenConsumer();
        Assert.Single((await consumer.PopAsync(1, None)).Items);
        var (requests, writes) = _counting.Take();
        Assert.InRange(requests, 1, 3);
        Assert.Equal(1, writes);
    }

    [Fact]
    public async Task AWarmPopIsOneRequestAndOneWriteAndAReadAPage()
    {
        await Fill(3001);
        var pages = (await _consul.KeysAsync("consulmq/jobs/p/", null, default, None)).Keys.Select(k => k[..33]).Distinct().Count();
        using (var first = _connection.Queue("jobs").OpenConsumer())
            Assert.Single((await first.PopAsync(1, None)).Items);
        _counting.Take();
        for (var i = 0; i < 3000; i++)
        {
            // A consumer anew each time, as a cmdlet in a loop has it.
            using var consumer = _connection.Queue("jobs").OpenConsumer();
            Assert.Single((await consumer.PopAsync(1, None)).Items);
        }

        var (requests, writes) = _counting.Take();
        Assert.Equal(3000, writes);
        Assert.InRange(requests, 3000 + pages - 1, 3000 + pages + 1);
    }

    [Fact]
    public async Task ManyMessagesOfPackedEntriesAreAWriteEachPage()
    {
        await FillPacked(5000);
        var keys = (await _consul.KeysAsync("consulmq/jobs/p/", null, default, None)).Keys;
        var pages = keys.Select(k => k[..33]).Distinct().Count();
        using var consumer = _connection.Queue("jobs").OpenConsumer();
        var taken = 0;
        while ((await consumer.PopAsync(int.MaxValue, None)).Items is { Count: > 0 } items)
            taken += items.Count;
        Assert.Equal(5000, taken);
        var (requests, writes) = _counting.Take();
        // Twenty entries to a transaction at least, and never two pages in one.
        Assert.InRange(writes, 1, pages + (keys.Count / 20));
        Assert.InRange(requests, writes, writes + pages + 2);
    }

    [Fact]
    public async Task APopOfAnEmptyQueueIsOneRequestAndNoWrite()
    {
        await Fill(1);
        using var consumer = _connection.Queue("jobs").OpenConsumer();
        await consumer.PopAsync(1, None);
        await consumer.PopAsync(1, None);
        _counting.Take();
        Assert.Empty((await consumer.PopAsync(1, None)).Items);
        Assert.Equal((1, 0), _counting.Take());
    }

    [Fact]
    public async Task AClearIsTwoRequestsAndOneWrite()
    {
        await Fill(500);
        await _connection.Queue("jobs").ClearAsync(false, None);
        Assert.Equal((2, 1), _counting.Take());
    }

    [Fact]
    public async Task AWaitingConsumerMakesNoRequestWhileNothingHappens()
    {
        await Fill(1);
        using var consumer = _connection.Queue("jobs").OpenConsumer();
        await consumer.PopAsync(1, None);
        using var cancel = new CancellationTokenSource();
        var wait = consumer.WaitAsync(Timeout.InfiniteTimeSpan, cancel.Token);
        await Task.Delay(50);
        _counting.Take();
        await Task.Delay(400);
        Assert.Equal((0, 0), _counting.Take());
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }
}
