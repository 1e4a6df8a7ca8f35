using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Integrations;

/// <summary>The examples with two jobs, played as they stand.</summary>
public sealed class ExampleFlowTests(ConsulFixture consul) : IClassFixture<ConsulFixture>
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["github.ref_name"] = "v4.2",
        ["github.run_id"] = "4711",
        ["secrets.CONSUL_HTTP_TOKEN"] = "",
        ["Build.SourceBranchName"] = "v4.2",
        ["Build.BuildId"] = "4711",
        ["consulAddress"] = "",
        ["consulToken"] = "",
    };

    [Theory]
    [InlineData("GitHub", "integrations/github-action/examples/two-jobs.yml")]
    [InlineData("Azure", "integrations/azure-pipelines/examples/two-jobs.yml")]
    public async Task One_job_pushes_and_another_leases_works_and_completes(string kind, string file)
    {
        if (OperatingSystem.IsWindows())
            return; // the work of the examples is a line of bash
        using var jobs = new Jobs(kind, consul);

        var flow = new ExampleFlow(jobs.Runner, Variables);
        await (kind == "GitHub" ? flow.PlayGitHubAsync(file) : flow.PlayAzureAsync(file));

        Assert.Equal(["announce: push 1", "deploy: lease 1", "deploying v4.2", "deploy: complete 1"], flow.Log);
    }

    [Theory]
    [InlineData("GitHub", "integrations/github-action/examples/two-jobs.yml")]
    [InlineData("Azure", "integrations/azure-pipelines/examples/two-jobs.yml")]
    public async Task Work_that_fails_gives_the_message_back(string kind, string file)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var jobs = new Jobs(kind, consul);

        var flow = new ExampleFlow(jobs.Runner, Variables) { WorkFails = true };
        await (kind == "GitHub" ? flow.PlayGitHubAsync(file) : flow.PlayAzureAsync(file));

        Assert.Equal(["announce: push 1", "deploy: lease 1", "deploy: undo 1"], flow.Log);
    }

    /// <summary>A machine for each job, and a Consul between them.</summary>
    private sealed class Jobs(string kind, ConsulFixture consul) : IDisposable
    {
        private readonly string _prefix = ConsulFixture.NewPrefix();
        private readonly List<Runner> _runners = [];

        public Runner Runner(string job)
        {
            _runners.Add(Integrations.Runner.Create(kind, consul, _prefix));
            return _runners[^1];
        }

        public void Dispose() => _runners.ForEach(static runner => runner.Dispose());
    }
}
