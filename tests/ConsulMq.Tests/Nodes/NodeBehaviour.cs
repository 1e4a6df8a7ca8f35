using System.Diagnostics;
using System.Text;
using ConsulMq.Consul;
using ConsulMq.Nodes;
using ConsulMq.Tests.Queueing.Behaviour;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Nodes;

public sealed class NodesOnModel() : NodeBehaviour(new ModelBackend());

public sealed class NodesOnConsul(ConsulFixture consul) : NodeBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>Who is connected, as others see it.</summary>
public abstract class NodeBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly NodeDescription Me = new() { Host = "host", ProcessId = 4711, User = "DOM\\jürgen 日本😀", ModuleVersion = "1.2.3", Runtime = "Tests 1.0" };

    [Fact]
    public async Task AConnectionThatRegisteredIsListedWithWhatItSaysOfItselfUntilItEnds()
    {
        using var observer = Connect();
        string id;
        using (var connection = Connect(new ConnectionSettings { DefaultQueue = "jöbs", ClientName = "host-4711" }))
        {
            Assert.Null(connection.NodeId);
            Assert.True(await connection.RegisterNodeAsync(Me, Patience, None));
            id = connection.NodeId!;
            Assert.StartsWith("consulmq-host-4711-", id, StringComparison.Ordinal);
            await IsListed(observer, id);
            var node = await Find(observer, id);
            Assert.Equal(
                ("host", 4711, Me.User, "1.2.3", "Tests 1.0", "jöbs", Prefix, CheckStatus.Passing),
                (node!.Host, node.ProcessId, node.User, node.ModuleVersion, node.Runtime, node.DefaultQueue, node.Prefix, node.Status));
            Assert.NotEmpty(node.Node);
            Assert.InRange(DateTimeOffset.UtcNow - node.ConnectedAt!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        }

        await Eventually.TrueAsync(async () => await Find(observer, id) is null);
    }

    [Fact]
    public async Task AConnectionThatDidNotRegisterIsNotListed()
    {
        using var connection = Connect(new ConnectionSettings { DefaultQueue = "nobody" });
        await connection.Queue().PushAsync(Text("x"), None);
        Assert.DoesNotContain(await connection.NodesAsync(None), static node => node.DefaultQueue == "nobody");
    }

    [Fact]
    public async Task TwoConnectionsOfOneProcessAreTwoNodes()
    {
        using var a = Connect();
        using var b = Connect();
        await a.RegisterNodeAsync(Me, Patience, None);
        await b.RegisterNodeAsync(Me, Patience, None);
        Assert.NotEqual(a.NodeId, b.NodeId);
        await IsListed(a, a.NodeId!);
        await IsListed(a, b.NodeId!);

        b.UnregisterNode();
        Assert.Null(b.NodeId);
        await Eventually.TrueAsync(async () => (await a.NodesAsync(None)).All(node => node.Id != b.NodeId));
        await IsListed(a, a.NodeId!);
    }

    [Fact]
    public async Task ANodePassesForAsLongAsItLivesAndIsCriticalWhenItIsNotHeardOfAnyMore()
    {
        AgentFaults agent = null!;
        var ttl = TimeSpan.FromSeconds(3);
        using var observer = Connect();
        using var connection = Connect(new ConnectionSettings { CheckTtl = ttl }, consul => agent = new AgentFaults(consul));
        await connection.RegisterNodeAsync(Me, Patience, None);
        var id = connection.NodeId!;
        var clock = Stopwatch.StartNew();
        await Eventually.TrueAsync(() => agent.Reports.Count >= 4 && clock.Elapsed > ttl, Patience);
        await Eventually.TrueAsync(async () => (await Find(observer, id))?.Status == CheckStatus.Passing);

        agent.Fault = ConsulFault.Unreachable;
        await Eventually.TrueAsync(async () => await Find(observer, id) is { Status: CheckStatus.Critical, Output: "TTL expired" }, Patience);
        agent.Fault = null;
        await Eventually.TrueAsync(async () => (await Find(observer, id))?.Status == CheckStatus.Passing, Patience);
    }

    [Fact]
    public async Task AnAgentThatHasLostANodeGetsItAgain()
    {
        using var consul = OpenConsul();
        using var connection = Connect(new ConnectionSettings { CheckTtl = TimeSpan.FromSeconds(3) });
        await connection.RegisterNodeAsync(Me, Patience, None);
        await IsListed(connection, connection.NodeId!);
        await consul.DeregisterServiceAsync(connection.NodeId!, None);
        await IsListed(connection, connection.NodeId!);
        Assert.Equal(CheckStatus.Passing, (await Find(connection, connection.NodeId!))!.Status);
    }

    [Fact]
    public async Task WhoMayNotRegisterIsToldWhatIsMissingAndWorksAllTheSame()
    {
        AgentFaults agent = null!;
        using var connection = Connect(through: consul => agent = new AgentFaults(consul) { Fault = ConsulFault.AclDenied });
        var error = await Assert.ThrowsAsync<ConsulMqException>(() => connection.RegisterNodeAsync(Me, Patience, None));
        Assert.Equal(ConsulMqError.AclDenied, error.Error);
        Assert.Contains("service:write on 'consulmq'", error.Message, StringComparison.Ordinal);
        Assert.Null(connection.NodeId);
        await connection.Queue("jobs").PushAsync(Text("x"), None);
        Assert.Equal(["x"], await PopAll(connection.Queue("jobs")));
        Assert.Single(agent.Registrations);
    }

    [Fact]
    public async Task AnAgentThatDoesNotAnswerIsTriedOnInTheBackground()
    {
        AgentFaults agent = null!;
        using var connection = Connect(new ConnectionSettings { Timeout = TimeSpan.FromSeconds(1) }, consul => agent = new AgentFaults(consul) { Fault = ConsulFault.ConnectionLost });
        Assert.False(await connection.RegisterNodeAsync(Me, TimeSpan.FromMilliseconds(50), None));
        agent.Fault = null;
        await IsListed(connection, connection.NodeId!);
    }

    [Fact]
    public async Task AnAgentThatIsSilentDoesNotHoldUpTheEndForLong()
    {
        AgentFaults agent = null!;
        var connection = Connect(through: consul => agent = new AgentFaults(consul));
        await connection.RegisterNodeAsync(Me, Patience, None);
        agent.IsSilent = true;
        var clock = Stopwatch.StartNew();
        connection.Dispose();
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        using var consul = OpenConsul();
        await consul.DeregisterServiceAsync(agent.Registrations.Single().Id, None);
    }

    [Fact]
    public async Task NamesLongerThanConsulTakesAreCut()
    {
        using var connection = Connect();
        await connection.RegisterNodeAsync(Me with { User = new string('é', 300) + "x" }, Patience, None);
        await IsListed(connection, connection.NodeId!);
        var node = await Find(connection, connection.NodeId!);
        Assert.Equal(512, Encoding.UTF8.GetByteCount(node!.User!));
    }

    [Fact]
    public async Task WhatAnybodyElseRegisteredUnderTheNameIsListedToo()
    {
        using var consul = OpenConsul();
        using var connection = Connect();
        var id = $"stranger-{Guid.NewGuid():N}";
        await consul.RegisterServiceAsync(
            new ServiceRegistration { Id = id, Name = "consulmq", Meta = new Dictionary<string, string> { ["process"] = "many", ["connected"] = "yesterday" } }, None);
        await IsListed(connection, id);
        var node = await Find(connection, id);
        Assert.Equal((node!.Node, null, null, null), (node.Host, node.ProcessId, node.ConnectedAt, node.User));
        await consul.DeregisterServiceAsync(id, None);
    }

    private static async Task<ConsulMqNode?> Find(ConsulMqConnection connection, string id) =>
        (await connection.NodesAsync(None)).SingleOrDefault(node => node.Id == id);

    private static Task IsListed(ConsulMqConnection connection, string id) =>
        Eventually.TrueAsync(async () => await Find(connection, id) is not null, Patience);
}
