using ConsulMq.Consul;
using ConsulMq.Nodes;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Nodes;

public sealed class RestartedAgentTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task After_a_restart_of_an_agent_that_keeps_nothing_all_that_lives_is_there_again()
    {
        await using var server = await ConsulServer.StartAsync();
        var settings = new ConnectionSettings { CheckTtl = TimeSpan.FromSeconds(6), Timeout = TimeSpan.FromSeconds(2) };
        using var connection = new ConsulMqConnection(new HttpConsul(new ConsulOptions { Address = server.Address }), settings);
        await PushAsync(server, 3);
        await connection.RegisterNodeAsync(
            new NodeDescription { Host = "h", ProcessId = 1, User = "u", ModuleVersion = "1", Runtime = "r" }, TimeSpan.FromSeconds(10), default);
        var check = await connection.RegisterQueueCheckAsync("jobs", new QueueThresholds { WarningDepth = 3 }, default);
        await Eventually.TrueAsync(async () => await StateAsync(server, check) == CheckStatus.Warning);

        await server.KillAsync();
        await server.RestartAsync();

        // The queue is gone with the data, and another one has come in its place.
        await Eventually.TrueAsync(async () => await StateAsync(server, check) == CheckStatus.Passing, Patience);
        await PushAsync(server, 4);
        await Eventually.TrueAsync(async () => await StateAsync(server, check) == CheckStatus.Warning, Patience);
        Assert.StartsWith("jobs: 4 ready", check.Output, StringComparison.Ordinal);
        var node = Assert.Single(await connection.NodesAsync(default));
        Assert.Equal((connection.NodeId, CheckStatus.Passing), (node.Id, node.Status));
    }

    private static async Task PushAsync(ConsulServer server, int count)
    {
        using var connection = new ConsulMqConnection(new HttpConsul(new ConsulOptions { Address = server.Address }));
        for (var i = 0; i < count; i++)
            await connection.Queue("jobs").PushAsync(new MessageDraft { Body = MessageBody.FromText("x") }, default);
    }

    private static async Task<CheckStatus?> StateAsync(ConsulServer server, ConsulMqQueueCheck check)
    {
        using var consul = new HttpConsul(new ConsulOptions { Address = server.Address });
        var listing = await consul.ListServiceAsync("consulmq-queue", ReadOptions.Consistent, default);
        return listing.Instances.SingleOrDefault(instance => instance.Id == check.ServiceId)?.Status;
    }
}
