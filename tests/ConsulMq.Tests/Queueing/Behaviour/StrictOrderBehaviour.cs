using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class StrictOrderOnModel() : StrictOrderBehaviour(new ModelBackend());

public sealed class StrictOrderOnConsul(ConsulFixture consul) : StrictOrderBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>In a queue of strict order messages start exactly in order, though consumers compete for them.</summary>
public abstract class StrictOrderBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(true, 3)]
    public async Task ConsumersThatCompeteStartInOrder(bool packed, int atATime)
    {
        using var producer = Connect();
        var queue = producer.Queue("jobs");
        await queue.CreateAsync(new QueueSettings { StrictOrder = true }, None);
        await Push(queue, Numbers(240), packed);
        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            using var consumer = new Starts(this);
            return await consumer.TakeAsync(atATime, 60);
        })));
        AssertInOrder(Numbers(240), taken.SelectMany(t => t));
    }

    [Fact]
    public async Task ItBeginsAtOnceForConsumersThatHaveSpread()
    {
        using var producer = Connect();
        var queue = producer.Queue("jobs");
        await Push(queue, Numbers(400), packed: false);
        var consumers = Enumerable.Range(0, 4).Select(_ => new Starts(this)).ToList();
        // By then they hold shares, each of a class of its own.
        await Task.WhenAll(consumers.Select(c => Task.Run(() => c.TakeAsync(1, 30))));
        await queue.ChangeAsync(s => s with { StrictOrder = true }, None);
        var left = await LookAll(queue);
        var taken = await Task.WhenAll(consumers.Select(c => Task.Run(() => c.TakeAsync(1, 40))));
        AssertInOrder(left, taken.SelectMany(t => t));
        consumers.ForEach(c => c.Dispose());
        Assert.Equal(left.Count - 160, (await PopAll(queue)).Count);
    }

    private static async Task Push(MessageQueue queue, IEnumerable<string> texts, bool packed)
    {
        if (packed)
        {
            await PushAll(queue, texts);
            return;
        }

        foreach (var text in texts)
            await queue.PushAsync(Text(text), None);
    }

    private static void AssertInOrder(IEnumerable<string> expected, IEnumerable<(ulong Start, string Text)> taken)
    {
        // The messages of one claim are in order by themselves.
        var started = taken.OrderBy(t => t.Start).Select(t => t.Text).ToList();
        Assert.Equal(expected.Take(started.Count), started);
    }

    /// <summary>A consumer in a process of its own, and the Raft index under which it took what.</summary>
    private sealed class Starts : IDisposable
    {
        private readonly ConsulMqConnection _connection;
        private readonly QueueConsumer _consumer;
        private LastCommit _last = null!;

        public Starts(StrictOrderBehaviour test)
        {
            _connection = test.Connect(through: consul => _last = new LastCommit(consul));
            _consumer = _connection.Queue("jobs").OpenConsumer();
        }

        public async Task<List<(ulong Start, string Text)>> TakeAsync(int atATime, int count)
        {
            var taken = new List<(ulong, string)>();
            while (taken.Count < count && (await _consumer.PopAsync(Math.Min(atATime, count - taken.Count), None)).Items is { Count: > 0 } items)
                taken.AddRange(items.Select(i => (_last.Index, i.ReadContent().Text!)));
            return taken;
        }

        public void Dispose()
        {
            _consumer.Dispose();
            _connection.Dispose();
        }
    }
}
