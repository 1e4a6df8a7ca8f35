using ConsulMq.Consul;
using ConsulMq.Diagnostics;
using ConsulMq.Tests.Queueing.Behaviour;
using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Diagnostics;

public sealed class OperationLogOnModel() : OperationLogTests(new ModelBackend())
{
    [Fact]
    public async Task TheModelTellsItsOperations()
    {
        using var connection = Connect(through: consul => new LoggingConsul(consul));

        var (_, requests) = await LogAsync(() => connection.Queue("jobs").PushAsync(Text(Marker), None));

        Assert.Contains(requests, line => line.StartsWith("Transaction of 5 operations: committed, ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ALostReplyIsTold()
    {
        using var connection = Connect(new ConnectionSettings { Random = new OnePage() }, consul => new LoseOne(consul));

        var (steps, _) = await LogAsync(() => connection.Queue("jobs").PushAsync(Text("a"), None));

        Assert.Contains("No reply to a write: asking the receipt whether it happened.", steps);
        Assert.Contains(steps, line => line.StartsWith("The receipt says: the write had happened", StringComparison.Ordinal));
    }

    [Fact]
    public void NothingIsMadeWhereNobodyWantsToKnow()
    {
        OperationLog.Steps?.Step("warm");
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
            OperationLog.Steps?.Step($"Step {i}.");

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    /// <summary>Its first write commits, and nobody hears of it.</summary>
    private sealed class LoseOne(IConsul inner) : DelegatingConsul(inner)
    {
        private int _left = 1;

        public override async Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation)
        {
            var result = await base.TransactAsync(operations, consistency, cancellation);
            if (!operations.All(static o => o.IsRead) && Interlocked.Decrement(ref _left) == 0)
                throw new ConsulException(ConsulFault.Timeout, Address, true, "No reply.");
            return result;
        }
    }
}

public sealed class OperationLogOnConsul(ConsulFixture consul) : OperationLogTests(new ConsulBackend(consul)), IClassFixture<ConsulFixture>
{
    [Fact]
    public async Task ARequestIsToldWithMethodPathStatusAndBytes()
    {
        using var connection = Connect();
        await connection.Queue("jobs").PushAsync(Text(Marker), None);

        var (_, requests) = await LogAsync(() => connection.Queue("jobs").PushAsync(Text(Marker), None));

        Assert.Matches(@"^PUT /v1/txn: 200, \d{3} B sent, \d+ B received, \d+(\.\d)? ms$", Assert.Single(requests));
        (_, requests) = await LogAsync(() => connection.QueueNamesAsync(None));
        Assert.Matches($@"^GET /v1/kv/{Prefix}/\?keys&separator=%2F&consistent: 200, 0 B sent, \d+ B received, ", requests[0]);
    }

    [Fact]
    public async Task ARequestThatFailsIsTold()
    {
        using var connection = new ConsulMqConnection(new HttpConsul(new ConsulOptions { Address = "127.0.0.1:1" }), new ConnectionSettings { Timeout = TimeSpan.FromMilliseconds(200) });

        var (steps, requests) = await LogAsync(() => Assert.ThrowsAsync<ConsulMqException>(() => connection.QueueNamesAsync(None)));

        Assert.StartsWith("GET /v1/kv/consulmq/?keys&separator=%2F&consistent: Unreachable, ", requests[0], StringComparison.Ordinal);
        Assert.Contains(steps, line => line.Contains("Trying again in ", StringComparison.Ordinal));
    }
}

/// <summary>What operations tell whoever wants to know.</summary>
public abstract class OperationLogTests(IBackend backend) : QueueBehaviour(backend)
{
    protected const string Marker = "the-body-that-nobody-may-see";

    protected static async Task<(List<string> Steps, List<string> Requests)> LogAsync(Func<Task> work)
    {
        var log = new OperationLog(true, true);
        using (OperationLog.Enter(log))
            await work();
        var steps = new List<string>();
        var requests = new List<string>();
        while (log.TryTake(out var line))
            (line.IsRequest ? requests : steps).Add(line.Text);
        Assert.DoesNotContain(steps.Concat(requests), line => line.Contains(Marker, StringComparison.Ordinal));
        return (steps, requests);
    }

    [Fact]
    public async Task StepsAreSentences()
    {
        using var connection = Connect(new ConnectionSettings { Random = new OnePage(), FirstChores = 0 });
        var queue = connection.Queue("jobs");

        var (steps, _) = await LogAsync(() => PushAll(queue, [Marker]));
        Assert.Matches(@"^Pushed 1 message to page 1 of 'jobs', which it creates, in one transaction of 5 operations \(Raft index \d+\), .* ms\.$", steps[^1]);

        await PushAll(queue, Enumerable.Repeat(Marker, 20));
        using var consumer = queue.OpenConsumer();
        (steps, _) = await LogAsync(() => consumer.PopAsync(1, None));
        Assert.Contains(steps, line => line.StartsWith("Read page 1 of 'jobs' (the tail): ", StringComparison.Ordinal));
        Assert.Matches(@"^Took 1 message from 1 entry of page 1 of 'jobs' in one transaction of \d operations \(Raft index \d+\), ", steps[^1]);

        IReadOnlyList<QueueObject> leased = [];
        (steps, _) = await LogAsync(async () => leased = await Lease(queue, 2));
        Assert.Contains(steps, line => line.StartsWith("Created session ", StringComparison.Ordinal));
        Assert.Contains(steps, line => line.StartsWith("Leased 2 messages from ", StringComparison.Ordinal));

        (steps, _) = await LogAsync(() => Settle(queue, SettlementKind.Complete, leased));
        Assert.Contains(steps, line => line.StartsWith("Settled ", StringComparison.Ordinal));

        (steps, _) = await LogAsync(() => queue.ClearAsync(false, None));
        Assert.Contains(steps, line => line.StartsWith("Cleared 'jobs' in one transaction of ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TwoFlowsDoNotHearOneAnother()
    {
        using var connection = Connect();

        var logs = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => LogAsync(async () =>
        {
            for (var n = 0; n < 20; n++)
                await connection.Queue($"q{i}").PushAsync(Text(Marker), None);
        })));

        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(20, logs[i].Steps.Count(line => line.StartsWith("Pushed ", StringComparison.Ordinal)));
            Assert.All(logs[i].Steps, line => Assert.Contains($"'q{i}'", line, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task WhatGoesOnBehindIsNotTold()
    {
        using var connection = Connect(new ConnectionSettings { FirstChores = 1 });
        var queue = connection.Queue("jobs");
        await PushAll(queue, Numbers(3));
        using var consumer = queue.OpenConsumer();

        // A first pop begins the chores of the queue in the background: they read receipts.
        var (_, requests) = await LogAsync(() => consumer.PopAsync(1, None));

        Assert.DoesNotContain(requests, line => line.Contains("/r/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ALogThatIsClosedHearsNothing()
    {
        using var connection = Connect();
        var log = new OperationLog(true, true);
        using (OperationLog.Enter(log))
        {
            log.Close();
            await connection.Queue("jobs").PushAsync(Text("a"), None);
        }

        Assert.False(log.TryTake(out _));
        Assert.Null(OperationLog.Current);
    }
}
