using ConsulMq.Consul;
using ConsulMq.Tests.Queueing.Behaviour;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Nodes;

public sealed class QueueChecksOnModel() : QueueCheckBehaviour(new ModelBackend());

public sealed class QueueChecksOnConsul(ConsulFixture consul) : QueueCheckBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>A queue's state in Consul's health system.</summary>
public abstract class QueueCheckBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task ACheckFollowsTheDepthOfItsQueue()
    {
        using var connection = Connect();
        using var other = Connect();
        using var consul = OpenConsul();
        var check = await connection.RegisterQueueCheckAsync("jobs", new QueueThresholds { WarningDepth = 3, CriticalDepth = 1000 }, None);
        Assert.Equal(("jobs", 3, 1000), (check.Queue, check.WarningDepth, check.CriticalDepth));
        Assert.Contains("jobs", check.CheckId, StringComparison.Ordinal);
        Assert.Equal((CheckStatus.Passing, "jobs: 0 ready (there is no such queue)"), (check.Status, check.Output));
        await InConsul(consul, check, CheckStatus.Passing, "");

        await PushAll(other.Queue("jobs"), Numbers(2));
        await Eventually.TrueAsync(() => check.Output.StartsWith("jobs: 2 ready, 0 in flight, oldest ", StringComparison.Ordinal), Patience);
        Assert.Equal(CheckStatus.Passing, check.Status);

        await PushAll(other.Queue("jobs"), Numbers(1));
        await InConsul(consul, check, CheckStatus.Warning, "jobs: 3 ready (warning at 3), 0 in flight, oldest ");

        await PushAll(other.Queue("jobs"), Numbers(1231));
        await InConsul(consul, check, CheckStatus.Critical, "jobs: 1,234 ready (critical at 1,000), 0 in flight, oldest ");
        Assert.Equal(CheckStatus.Critical, check.Status);

        await Lease(other.Queue("jobs"), 1);
        await PopAll(other.Queue("jobs"));
        await InConsul(consul, check, CheckStatus.Passing, "jobs: 0 ready, 1 in flight");

        await other.Queue("jobs").RemoveAsync(None);
        await Eventually.TrueAsync(() => check.Output == "jobs: 0 ready (there is no such queue)", Patience);
    }

    [Fact]
    public async Task AMessageGrowsTooOldThoughNothingElseHappens()
    {
        using var connection = Connect();
        using var consul = OpenConsul();
        await connection.Queue("jobs").PushAsync(Text("x"), None);
        var check = await connection.RegisterQueueCheckAsync("jobs", new QueueThresholds { WarningAge = TimeSpan.FromSeconds(1), CriticalAge = TimeSpan.FromSeconds(4) }, None);
        Assert.NotEqual(CheckStatus.Critical, check.Status);
        await InConsul(consul, check, CheckStatus.Warning, "jobs: 1 ready, 0 in flight, oldest ");
        Assert.EndsWith(" (warning at 1s)", check.Output, StringComparison.Ordinal);
        await InConsul(consul, check, CheckStatus.Critical, "jobs: 1 ready, 0 in flight, oldest ");
        Assert.EndsWith(" (critical at 4s)", check.Output, StringComparison.Ordinal);
        await PopAll(connection.Queue("jobs"));
        await InConsul(consul, check, CheckStatus.Passing, "jobs: 0 ready, 0 in flight");
    }

    [Fact]
    public async Task WhileNothingHappensNobodyLooks()
    {
        AgentFaults agent = null!;
        using var connection = Connect(new ConnectionSettings { CheckTtl = TimeSpan.FromSeconds(3) }, consul => agent = new AgentFaults(consul));
        using var other = Connect();
        await PushAll(other.Queue("jobs"), Numbers(2));
        await connection.RegisterQueueCheckAsync("jobs", new QueueThresholds { WarningDepth = 100 }, None);
        // What was going on at the beginning has come to its end, and the queue is blocked on.
        await Eventually.TrueAsync(() => agent.Reports.Count >= 4, Patience);
        var looks = agent.Looks;
        await Eventually.TrueAsync(() => agent.Reports.Count >= 12, Patience);
        Assert.Equal(looks, agent.Looks);
    }

    [Fact]
    public async Task ABusyQueueIsLookedAtOnceASecond()
    {
        AgentFaults agent = null!;
        using var connection = Connect(through: consul => agent = new AgentFaults(consul));
        using var other = Connect();
        var check = await connection.RegisterQueueCheckAsync("jobs", new QueueThresholds { WarningDepth = 1_000_000 }, None);
        var before = agent.Looks;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; clock.Elapsed < TimeSpan.FromSeconds(4); i++)
        {
            await other.Queue("jobs").PushAsync(Text($"{i}"), None);
            await Task.Delay(10);
        }

        // A look is a blocking query and at most eight requests more.
        Assert.InRange(agent.Looks - before, 1, 9 * (clock.Elapsed.TotalSeconds + 1));
    }

    [Fact]
    public async Task EachConnectionHasACheckOfItsOwnWhichEndsWithIt()
    {
        using var consul = OpenConsul();
        using var a = Connect();
        var b = Connect();
        var thresholds = new QueueThresholds { CriticalDepth = 1 };
        var first = await a.RegisterQueueCheckAsync("jobs", thresholds, None);
        var second = await b.RegisterQueueCheckAsync("jobs", thresholds, None);
        Assert.NotEqual(first.CheckId, second.CheckId);
        await InConsul(consul, first, CheckStatus.Passing, "");
        await InConsul(consul, second, CheckStatus.Passing, "");
        Assert.Equal([second.CheckId], b.QueueChecks.Select(static check => check.CheckId));

        b.Dispose();
        await IsGone(consul, second);
        await InConsul(consul, first, CheckStatus.Passing, "");
        Assert.True(second.IsEnded);

        first.Dispose();
        first.Dispose();
        await IsGone(consul, first);
        Assert.Empty(a.QueueChecks);
    }

    [Fact]
    public async Task AnAgentThatHasLostACheckGetsItAgainWithItsState()
    {
        using var consul = OpenConsul();
        using var connection = Connect(new ConnectionSettings { CheckTtl = TimeSpan.FromSeconds(3) });
        await PushAll(connection.Queue("jobs"), Numbers(5));
        var check = await connection.RegisterQueueCheckAsync("jobs", new QueueThresholds { WarningDepth = 5 }, None);
        await InConsul(consul, check, CheckStatus.Warning, "jobs: 5 ready");
        await consul.DeregisterServiceAsync(check.ServiceId, None);
        await InConsul(consul, check, CheckStatus.Warning, "jobs: 5 ready");
    }

    [Fact]
    public async Task AQueueThatCannotBeCountedForLongIsCriticalUntilItCan()
    {
        AgentFaults agent = null!;
        using var connection = Connect(new ConnectionSettings { CheckTtl = TimeSpan.FromSeconds(3), Timeout = TimeSpan.FromSeconds(1) }, consul => agent = new AgentFaults(consul));
        using var other = Connect();
        using var consul = OpenConsul();
        var check = await connection.RegisterQueueCheckAsync("jobs", new QueueThresholds { WarningDepth = 5 }, None);
        agent.HasNoLeader = true;
        await PushAll(other.Queue("jobs"), Numbers(1));
        await InConsul(consul, check, CheckStatus.Critical, "jobs: cannot be counted: No cluster leader.");
        agent.HasNoLeader = false;
        await InConsul(consul, check, CheckStatus.Passing, "jobs: 1 ready");
    }

    [Fact]
    public async Task WhatCannotBeRegisteredSaysWhy()
    {
        using var connection = Connect(through: static consul => new AgentFaults(consul) { Fault = ConsulFault.AclDenied });
        var error = await Assert.ThrowsAsync<ConsulMqException>(() => connection.RegisterQueueCheckAsync("jobs", new QueueThresholds { WarningDepth = 1 }, None));
        Assert.Equal(ConsulMqError.AclDenied, error.Error);
        Assert.Contains("service:write on 'consulmq-queue'", error.Message, StringComparison.Ordinal);
        Assert.Empty(connection.QueueChecks);
    }

    /// <summary>What Consul says, text included where it changed with the state.</summary>
    private static Task InConsul(IConsul consul, ConsulMqQueueCheck check, CheckStatus status, string output) => IsTrue(
        async () => await Find(consul, check) is { } instance && instance.Status == status
            && (output.Length == 0 || instance.Output.StartsWith(output, StringComparison.Ordinal) || check.Output.StartsWith(output, StringComparison.Ordinal)));

    private static Task IsGone(IConsul consul, ConsulMqQueueCheck check) => IsTrue(async () => await Find(consul, check) is null);

    /// <summary>A server that is busy for a moment is asked again.</summary>
    private static Task IsTrue(Func<Task<bool>> condition) => Eventually.TrueAsync(
        async () =>
        {
            try
            {
                return await condition();
            }
            catch (ConsulException e) when (e.IsTransient)
            {
                return false;
            }
        },
        Patience);

    private static async Task<ServiceInstance?> Find(IConsul consul, ConsulMqQueueCheck check) =>
        (await consul.ListServiceAsync("consulmq-queue", ReadOptions.Consistent, None)).Instances.SingleOrDefault(instance => instance.Id == check.ServiceId);
}
