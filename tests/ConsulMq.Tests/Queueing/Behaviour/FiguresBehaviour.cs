using ConsulMq.Consul;
using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class FiguresOnModel() : FiguresBehaviour(new ModelBackend());

public sealed class FiguresOnConsul(ConsulFixture consul) : FiguresBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>What a look at a queue counts, and what two of them tell together.</summary>
public abstract class FiguresBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    [Fact]
    public async Task DeadLettersCountWithTheirQueue()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(5));
        Assert.Equal(0, (await queue.SummaryAsync(None))!.Dead);

        await Settle(queue, SettlementKind.Deny, await Lease(queue, 3));

        Assert.Equal((2L, 3L), await CountAsync(queue));
        Assert.Equal((3L, 0L), await CountAsync(connection.Queue("jobs.dead")));
        await PopAll(connection.Queue("jobs.dead"));
        Assert.Equal((2L, 0L), await CountAsync(queue));

        static async Task<(long, long)> CountAsync(MessageQueue queue)
        {
            var summary = (await queue.SummaryAsync(None))!;
            return (summary.Depth, summary.Dead);
        }
    }

    [Fact]
    public async Task ALongLogIsListedInParts()
    {
        var listed = new Listings();
        using var connection = Connect(new ConnectionSettings { Random = new ManyPages() }, consul => listed.Over(consul));
        var queue = connection.Queue("jobs");
        for (var i = 0; i < 200; i++)
            await queue.PushAsync(Text($"m{i}"), None);
        await PushAll(queue, Numbers(30));
        using (var consumer = queue.OpenConsumer())
            Assert.Equal(3, (await Take(consumer, 3)).Count);
        listed.Prefixes.Clear();

        Assert.Equal(227, (await queue.SummaryAsync(None))!.Depth);

        var log = $"{Prefix}/jobs/p/";
        Assert.DoesNotContain((log, null), listed.Prefixes);
        // The names of the pages, and sixteen pages at a time.
        Assert.Equal(1, listed.Prefixes.Count(p => p == (log, "/")));
        Assert.InRange(listed.Prefixes.Count(p => p.Prefix.StartsWith(log + "0", StringComparison.Ordinal) && p.Separator is null), 3, 14);
    }

    [Fact]
    public async Task ASecondLookTellsHowManyCameAndWentASecond()
    {
        var clock = new SteppedClock();
        using var connection = Connect(new ConnectionSettings { Clock = clock, Random = new OnePage() });
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(50));
        var first = (await queue.SummaryAsync(None))!;
        Assert.Null(first.PushRate);
        Assert.Null(first.PopRate);

        using var consumer = queue.OpenConsumer();
        await Take(consumer, 30);
        for (var i = 0; i < 10; i++)
            await queue.PushAsync(Text("new"), None);
        clock.Advance(TimeSpan.FromSeconds(100));

        // Ten in and thirty out in 100 seconds, and what the test itself took.
        var second = (await queue.SummaryAsync(None))!;
        Assert.InRange(second.PushRate!.Value, 0.05, 0.1);
        Assert.InRange(second.PopRate!.Value, 0.15, 0.3);
        Assert.Equal(3, second.PopRate.Value / second.PushRate.Value, 6);

        clock.Advance(TimeSpan.FromSeconds(10));
        var third = (await queue.SummaryAsync(None))!;
        Assert.Equal((0, 0), (third.PushRate, third.PopRate));
    }

    [Fact]
    public async Task WhatIsGivenBackCameIn()
    {
        var clock = new SteppedClock();
        using var connection = Connect(new ConnectionSettings { Clock = clock, Random = new OnePage() });
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(20));
        var leased = await Lease(queue, 20);
        await queue.SummaryAsync(None);

        await Settle(queue, SettlementKind.Return, leased);
        clock.Advance(TimeSpan.FromSeconds(100));

        var summary = (await queue.SummaryAsync(None))!;
        Assert.InRange(summary.PushRate!.Value, 0.1, 0.2);
        Assert.Equal(0, summary.PopRate);
    }

    [Fact]
    public async Task AQueueThatWasMadeAnewHasNoPast()
    {
        var clock = new SteppedClock();
        using var connection = Connect(new ConnectionSettings { Clock = clock });
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(20));
        await queue.SummaryAsync(None);
        await queue.RemoveAsync(None);
        clock.Advance(TimeSpan.FromSeconds(10));
        await PushAll(queue, Numbers(3));

        Assert.Null((await queue.SummaryAsync(None))!.PushRate);
    }

    /// <summary>Which names were listed.</summary>
    private sealed class Listings
    {
        public List<(string Prefix, string? Separator)> Prefixes { get; } = [];

        public IConsul Over(IConsul inner) => new Listener(inner, Prefixes);

        private sealed class Listener(IConsul inner, List<(string, string?)> prefixes) : DelegatingConsul(inner)
        {
            public override Task<KvKeys> KeysAsync(string prefix, string? separator, ReadOptions options, CancellationToken cancellation)
            {
                lock (prefixes)
                    prefixes.Add((prefix, separator));
                return base.KeysAsync(prefix, separator, options, cancellation);
            }
        }
    }
}
