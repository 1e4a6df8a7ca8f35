using ConsulMq.InMemory;
using ConsulMq.Tests.Support;
using ManualClock = ConsulMq.Tests.InMemory.ManualClock;

namespace ConsulMq.Tests.Queueing;

/// <summary>What maintenance costs: nothing on the way of a warm pop, and next to nothing beside it.</summary>
public sealed class MaintenanceCosts : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly InMemoryConsul _consul;
    private readonly CountingConsul _counting;
    private readonly ConsulMqConnection _connection;

    public MaintenanceCosts()
    {
        _consul = new InMemoryConsul(new InMemoryConsulOptions { Clock = _clock, RunContinuationsAsynchronously = false });
        _counting = new CountingConsul(_consul);
        _connection = Connect(_counting);
    }

    private static CancellationToken None => CancellationToken.None;

    private MessageQueue Queue => _connection.Queue("jobs");

    public void Dispose()
    {
        _connection.Dispose();
        _consul.Dispose();
    }

    private ConsulMqConnection Connect(ConsulMq.Consul.IConsul consul, double firstChores = 0) =>
        new(new Unowned(consul), new ConnectionSettings
        {
            Clock = _clock,
            FirstChores = firstChores,
            Random = new OnePage(),
            Continuations = TaskCreationOptions.None,
        });

    private static MessageDraft Text(string text) => new() { Body = MessageBody.FromText(text) };

    [Fact]
    public async Task AWarmPopIsOneRequestAndAtMostOneSnapshotASecondIsTakenBesideIt()
    {
        for (var i = 0; i < 101; i++)
            await Queue.PushAsync(Text("x"), None);
        using var consumer = Queue.OpenConsumer();
        await consumer.PopAsync(1, None);
        _counting.Take();
        for (var i = 0; i < 50; i++)
        {
            Assert.Single((await consumer.PopAsync(1, None)).Items);
            Assert.InRange(_counting.Take().Requests, 1, 2);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        // Ten operations a second, five seconds.
        var requests = 0;
        for (var i = 0; i < 50; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            Assert.Single((await consumer.PopAsync(1, None)).Items);
            requests += _counting.Take().Requests;
        }

        Assert.InRange(requests, 54, 55);
    }

    [Fact]
    public async Task NothingIsAskedWhileNobodyWorks()
    {
        await Queue.PushAsync(Text("x"), None);
        _counting.Take();
        _clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal((0, 0), _counting.Take());
    }

    [Fact]
    public async Task APopOfAnEmptyQueueStaysOneRequest()
    {
        await Queue.PushAsync(Text("x"), None);
        using var consumer = Queue.OpenConsumer();
        await consumer.PopAsync(1, None);
        await consumer.PopAsync(1, None);
        for (var i = 0; i < 5; i++)
        {
            _counting.Take();
            Assert.Empty((await consumer.PopAsync(1, None)).Items);
            Assert.Equal((1, 0), _counting.Take());
            _clock.Advance(TimeSpan.FromSeconds(30));
        }
    }

    /// <summary>Never small, so no push begins a new page, which would have to be read.</summary>
    private sealed class OnePage : RandomSource
    {
        public override void Fill(Span<byte> buffer)
        {
            System.Fill(buffer);
            if (buffer.Length == 8)
                buffer[7] |= 0x80;
        }
    }
}
