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
        await AreAsync(crew, node, check, "");
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
        await AreAsync(crew, node, check, "");
    }

    [Fact]
    public async Task A_process_that_is_killed_turns_critical()
    {
        await using var crew = new Crew(consul.Address);
        var (worker, node, check) = await StartAsync(crew);

        await worker.KillAsync();

        await AreAsync(crew, node, check, "Critical");
    }

    private static async Task<(Worker Worker, string Node, string Check)> StartAsync(Crew crew)
    {
        var worker = await crew.StartAsync("there", Scripts.BeThere);
        await worker.GoAsync();
        await worker.HasWrittenAsync(2);
        var (node, check) = (worker.Lines[0], worker.Lines[1]);
        await AreAsync(crew, node, check, "Passing");
        return (worker, node, check);
    }

    /// <summary>Waits until both are in that state; empty: not there.</summary>
    private static Task AreAsync(Crew crew, string node, string check, string state) =>
        Eventually.TrueAsync(() => State(crew, "consulmq", node) == state && State(crew, "consulmq-queue", check) == state, Limit);

    private static string State(Crew crew, string service, string id) => string.Concat(crew.Run(
        $"(Get-ConsulMqConnection).Consul.ListServiceAsync('{service}', [ConsulMq.Consul.ReadOptions]::Consistent, [Threading.CancellationToken]::None).GetAwaiter().GetResult().Instances | Where-Object Id -eq '{id}' | ForEach-Object {{ \"$($_.Status)\" }}"));
}
