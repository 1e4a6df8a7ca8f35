using ConsulMq.Module.Tests.Processes;
using ConsulMq.TestSupport;
using ConsulMq.TestSupport.Cluster;

namespace ConsulMq.Module.Tests.Cluster;

/// <summary>The server is lost that a consumer is connected to.</summary>
[Collection(ProcessCollection.Name)]
public sealed class LostServerTests : IDisposable
{
    private readonly ModuleRunspace _session = new();
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _session.Dispose();
        _http.Dispose();
    }

    [Fact]
    public async Task A_lease_outlives_the_server_that_it_was_taken_at_as_long_as_its_owner_lives_and_its_time_lasts()
    {
        await using var cluster = await ConsulCluster.StartAsync();
        var (near, far) = (cluster.Members[0], cluster.Members[1]);
        _session.Run($"$null = Connect-ConsulMq {near.Address} -Prefix '{ConsulFixture.NewPrefix()}' -Timeout 1m -SessionTtl 2m; $null = 1..2 | Push-ConsulMqItem jobs; $global:leased = Pop-ConsulMqItem jobs -Lease");

        await near.KillAsync();
        // From here on every session that minds the health of its node has ended.
        await Eventually.TrueAsync(async () => (await HealthAsync(far, near.Name)).Contains("critical", StringComparison.Ordinal), TimeSpan.FromMinutes(1));
        await near.RestartAsync();

        Assert.Empty(_session.Run("$leased | Complete-ConsulMqItem").Errors);
        Assert.Equal(["2"], _session.Run("Pop-ConsulMqItem jobs -All | ForEach-Object Body").Values.Select(static body => body.ToString()));
    }

    private async Task<string> HealthAsync(ConsulMember asked, string node)
    {
        using var answer = await _http.GetAsync($"{asked.Address}/v1/health/node/{node}");
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : "";
    }
}
