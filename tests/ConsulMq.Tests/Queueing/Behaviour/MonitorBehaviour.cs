using ConsulMq.Consul;
using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class MonitorOnModel() : MonitorBehaviour(new ModelBackend())
{
    [Fact]
    public async Task NothingIsAskedWhileNothingHappens()
    {
        CountingConsul? counting = null;
        using var connection = Connect(through: consul => counting = new CountingConsul(consul));
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(3));
        using var monitor = connection.OpenMonitor(["jobs"]);
        await monitor.NextAsync(None);
        var next = monitor.NextAsync(None);
        counting!.Take();

        await Task.Delay(TimeSpan.FromSeconds(2));

        Assert.False(next.IsCompleted);
        Assert.Equal((0, 0), counting.Take());
    }
}

public sealed class MonitorOnConsul(ConsulFixture consul) : MonitorBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>Whoever watches queues sees what others do to them.</summary>
public abstract class MonitorBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Reads on until the figures are as they should be.</summary>
    private static async Task<QueueFigures> UntilAsync(QueueMonitor monitor, Func<QueueFigures, bool> condition)
    {
        using var stop = new CancellationTokenSource(Patience);
        while (true)
        {
            var figures = await monitor.NextAsync(stop.Token);
            if (condition(figures))
                return figures;
        }
    }

    private static Task<QueueFigures> UntilAsync(QueueMonitor monitor, Func<ConsulMqQueue, bool> condition) =>
        UntilAsync(monitor, (QueueFigures figures) => figures.Queues.Any(condition));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EveryChangeIsSeen(bool isNamed)
    {
        using var connection = Connect();
        using var other = Connect();
        var queue = other.Queue("jobs");
        await PushAll(queue, Numbers(10));
        using var monitor = isNamed ? connection.OpenMonitor(["jobs"]) : connection.OpenMonitor();
        Assert.Equal(10, Assert.Single((await monitor.NextAsync(None)).Queues).Depth);

        await queue.PushAsync(Text("new"), None);
        await UntilAsync(monitor, q => q.Depth == 11);

        using (var consumer = queue.OpenConsumer())
            await consumer.PopAsync(1, None);
        await UntilAsync(monitor, q => q.Depth == 10);

        var leased = await Lease(queue, 2);
        await UntilAsync(monitor, q => q is { Depth: 8, InFlight: 2 });

        await Settle(queue, SettlementKind.Complete, leased.Take(1));
        await UntilAsync(monitor, q => q.InFlight == 1);

        await Settle(queue, SettlementKind.Deny, leased.Skip(1));
        await UntilAsync(monitor, q => q is { Name: "jobs", InFlight: 0, Dead: 1 });

        await queue.PushAsync(Text("later") with { NotBefore = DateTimeOffset.UtcNow.AddHours(1) }, None);
        await UntilAsync(monitor, q => q.Scheduled == 1);

        await queue.ChangeAsync(settings => settings with { MaxDepth = 100 }, None);
        await UntilAsync(monitor, q => q.MaxDepth == 100);

        await PushAll(other.Queue("source"), Numbers(3));
        using (var move = other.Queue("source").OpenMove(queue))
            await move.NextAsync(3, None);
        await UntilAsync(monitor, q => q is { Name: "jobs", Depth: 11 });

        await queue.ClearAsync(false, None);
        await UntilAsync(monitor, q => q is { Name: "jobs", Depth: 0 });

        await queue.RemoveAsync(None);
        await UntilAsync(monitor, (QueueFigures figures) => figures.Queues.All(q => q.Name != "jobs"));

        await queue.PushAsync(Text("again"), None);
        await UntilAsync(monitor, q => q is { Name: "jobs", Depth: 1 });
    }

    [Fact]
    public async Task QueuesThatComeLaterAreSeen()
    {
        using var connection = Connect();
        using var monitor = connection.OpenMonitor(name => name.StartsWith("job", StringComparison.Ordinal));
        Assert.Empty((await monitor.NextAsync(None)).Queues);

        using var other = Connect();
        await other.Queue("else").PushAsync(Text("a"), None);
        await other.Queue("jobs").PushAsync(Text("a"), None);

        Assert.Equal(["jobs"], (await UntilAsync(monitor, q => q.Depth == 1)).Queues.Select(q => q.Name));
    }

    [Fact]
    public async Task DeadLettersThatAreTakenAreSeen()
    {
        using var connection = Connect();
        using var other = Connect();
        var queue = other.Queue("jobs");
        await PushAll(queue, Numbers(3));
        await Settle(queue, SettlementKind.Deny, await Lease(queue, 2));
        using var monitor = connection.OpenMonitor(["jobs"]);
        await UntilAsync(monitor, q => q.Dead == 2);

        await PopAll(other.Queue("jobs.dead"));

        await UntilAsync(monitor, q => q.Dead == 0);
    }

    [Fact]
    public async Task RatesComeToZeroWhenNothingHappensAnyMore()
    {
        using var connection = Connect();
        using var monitor = connection.OpenMonitor(["jobs"]);
        await connection.Queue("jobs").PushAsync(Text("a"), None);
        await monitor.NextAsync(None);
        await connection.Queue("jobs").PushAsync(Text("b"), None);
        await UntilAsync(monitor, q => q.PushRate > 0);

        await UntilAsync(monitor, q => q.PushRate == 0);
    }

    [Fact]
    public async Task ItGoesOnWhenConsulIsBack()
    {
        Outage? outage = null;
        using var connection = Connect(new ConnectionSettings { Timeout = TimeSpan.FromMilliseconds(300) }, consul => outage = new Outage(consul));
        await connection.Queue("jobs").PushAsync(Text("a"), None);
        using var monitor = connection.OpenMonitor(["jobs"]);
        Assert.Equal(1, Assert.Single((await monitor.NextAsync(None)).Queues).Depth);

        outage!.Begin();
        var error = await Assert.ThrowsAsync<ConsulMqException>(() => UntilAsync(monitor, (QueueFigures _) => false));
        Assert.Equal(ConsulMqError.ConsulUnreachable, error.Error);
        Assert.NotNull(connection.Trouble);
        outage.End();

        Assert.Equal(1, Assert.Single((await monitor.NextAsync(None)).Queues).Depth);
        Assert.Null(connection.Trouble);
        using var other = Connect();
        await other.Queue("jobs").PushAsync(Text("b"), None);
        await UntilAsync(monitor, q => q.Depth == 2);
    }

    [Fact]
    public async Task ADamagedQueueDoesNotHideTheOthers()
    {
        using var connection = Connect();
        await connection.Queue("good").PushAsync(Text("a"), None);
        await connection.Queue("bad").PushAsync(Text("a"), None);
        using (var consul = OpenConsul())
            await consul.PutAsync($"{Prefix}/bad/_index/head", "no"u8.ToArray(), None);
        using var monitor = connection.OpenMonitor(["bad", "good"]);

        var figures = await monitor.NextAsync(None);

        Assert.Equal(["good"], figures.Queues.Select(q => q.Name));
        Assert.Equal(ConsulMqError.CorruptEntry, Assert.Single(figures.Problems).Error);
    }

    /// <summary>A Consul that nobody can reach for a while; who blocks there is thrown out.</summary>
    private sealed class Outage(IConsul inner) : DelegatingConsul(inner)
    {
        private volatile CancellationTokenSource _out = new();

        public void Begin() => _out.Cancel();

        public void End() => _out = new CancellationTokenSource();

        public override Task<KvKeys> KeysAsync(string prefix, string? separator, ReadOptions options, CancellationToken cancellation) =>
            Try(ct => base.KeysAsync(prefix, separator, options, ct), cancellation);

        public override Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation) =>
            Try(ct => base.TransactAsync(operations, consistency, ct), cancellation);

        private async Task<T> Try<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
        {
            var outage = _out;
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, outage.Token);
            try
            {
                both.Token.ThrowIfCancellationRequested();
                return await call(both.Token);
            }
            catch (OperationCanceledException e) when (outage.IsCancellationRequested)
            {
                throw new ConsulException(ConsulFault.Unreachable, Address, false, "Nobody there.", e);
            }
        }
    }
}
