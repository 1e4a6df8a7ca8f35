using ConsulMq.Consul;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Processes;

/// <summary>Processes that are listed as connected and watch a queue, and how that ends with them.</summary>
[Collection(ProcessCollection.Name)]
public sealed class NodeProcessTests(ConsulFixture consul)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_process_that_ends_leaves_nothing_behind()
    {
        await using var crew = new Crew(consul.Address);
        var (worker, node, check) = await StartAsync(crew);

        worker.AskToStop();

        await worker.EndsAsync(0, Limit);
        await AreAsync(node, check, null);
    }

    [Fact]
    public async Task A_process_that_is_asked_to_end_leaves_nothing_behind()
    {
        // There it is another thing that no test can send.
        if (OperatingSystem.IsWindows())
            return;
        await using var crew = new Crew(consul.Address);
        var (worker, node, check) = await StartAsync(crew);

        worker.Terminate();

        await worker.EndsAsync(null, Limit);
        await AreAsync(node, check, null);
    }

    [Fact]
    public async Task A_process_that_is_killed_turns_critical()
    {
        await using var crew = new Crew(consul.Address);
        var (worker, node, check) = await StartAsync(crew);

        await worker.KillAsync();

        await AreAsync(node, check, CheckStatus.Critical);
    }

    private async Task<(Worker Worker, string Node, string Check)> StartAsync(Crew crew)
    {
        var worker = await crew.StartAsync("there", Scripts.BeThere);
        await worker.GoAsync();
        await worker.HasWrittenAsync(2);
        var (node, check) = (worker.Lines[0], worker.Lines[1]);
        await AreAsync(node, check, CheckStatus.Passing);
        return (worker, node, check);
    }

    /// <summary>Waits until both are in that state; null: not there.</summary>
    private async Task AreAsync(string node, string check, CheckStatus? status)
    {
        using var http = new HttpConsul(new ConsulOptions { Address = consul.Address });
        await Eventually.TrueAsync(async () => await StateAsync("consulmq", node) == status && await StateAsync("consulmq-queue", check) == status, Limit);

        async Task<CheckStatus?> StateAsync(string service, string id) =>
            (await http.ListServiceAsync(service, ReadOptions.Consistent, default)).Instances.SingleOrDefault(instance => instance.Id == id)?.Status;
    }
}
