using ConsulMq.Consul;
using ConsulMq.Tests.Support;

namespace ConsulMq.Tests.Queueing.Behaviour;

/// <content>What others do at the same moment.</content>
public abstract partial class PlaceBehaviour
{
    [Fact]
    public async Task APlaceIsFoundThoughOthersInsertAllTheTime()
    {
        using var other = Connect();
        await PushAll(other.Queue("jobs"), Numbers(4));
        // Somebody touches the head between any two requests.
        using var connection = Connect(through: consul => new Restless(consul, 12, () => Insert(other.Queue("jobs"), 0, "x")));
        await Insert(connection.Queue("jobs"), 2, "y");
        Assert.Equal(["m0", "m1", "m2", "m3", "y"], (await LookAll(other.Queue("jobs"))).Where(static text => text != "x").Order());
    }

    [Fact]
    public async Task WhoEndsAStreamEndsItsSearchForAPlace()
    {
        using var other = Connect();
        await PushAll(other.Queue("jobs"), Numbers(4));
        var touches = 0;
        using var connection = Connect(through: consul => new Restless(consul, int.MaxValue, async () =>
        {
            // The model answers at once, and would never let go of the thread.
            await Task.Delay(1);
            Interlocked.Increment(ref touches);
            await Insert(other.Queue("jobs"), 0, "x");
        }));
        using (var push = connection.Queue("jobs").OpenInsert(2))
        {
            await push.AddAsync(Text("y"), null, None);
            while (Volatile.Read(ref touches) < 20)
                await Task.Delay(10);
        }

        Assert.True(connection.Context("jobs").Background.Wait(TimeSpan.FromSeconds(10)));
        await Task.Delay(500);
        var before = Volatile.Read(ref touches);
        await Task.Delay(500);
        Assert.Equal(before, Volatile.Read(ref touches));
        Assert.DoesNotContain("y", await LookAll(other.Queue("jobs")));
    }

    [Fact]
    public async Task ManyInsertsAtOnceAllGetTheirPlaces()
    {
        using var connection = Connect();
        await PushAll(connection.Queue("jobs"), Numbers(4));
        var connections = Enumerable.Range(0, 4).Select(_ => Connect()).ToList();
        await Task.WhenAll(connections.Select((c, who) => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
                await Insert(c.Queue("jobs"), who % 2 == 0 ? 0 : 2, $"{who}.{i}");
        })));
        foreach (var c in connections)
            c.Dispose();
        var all = await PopAll(connection.Queue("jobs"));
        Assert.Equal(44, all.Distinct().Count());
        Assert.Equal(Numbers(4), all.Where(static text => text[0] == 'm'));
        // Each to the front: the later the earlier.
        Assert.All([0, 2], who => Assert.Equal(Enumerable.Range(0, 10).Reverse().Select(i => $"{who}.{i}"), all.Where(text => text.StartsWith($"{who}.", StringComparison.Ordinal))));
    }

    /// <summary>Has something happen before each of the first transactions.</summary>
    private sealed class Restless(IConsul inner, int times, Func<Task> happen) : DelegatingConsul(inner)
    {
        private int _left = times;

        public override async Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation)
        {
            if (_left-- > 0)
                await happen();
            return await base.TransactAsync(operations, consistency, cancellation);
        }
    }
}
