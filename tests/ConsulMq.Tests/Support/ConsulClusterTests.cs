using ConsulMq.TestSupport;
using ConsulMq.TestSupport.Cluster;

namespace ConsulMq.Tests.Support;

public sealed class ConsulClusterTests : IDisposable
{
    private readonly HttpClient _http = new();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_cluster_goes_on_without_its_leader_and_takes_it_back()
    {
        await using var cluster = await ConsulCluster.StartAsync();
        var first = await cluster.LeaderAsync();
        await PutAsync(first, "kept", "1");

        await first.KillAsync();
        Assert.False(first.IsAlive);
        var second = await cluster.LeaderAsync();
        Assert.NotSame(first, second);
        await PutAsync(second, "kept", "2");
        await first.RestartAsync();

        Assert.Equal("2", await _http.GetStringAsync($"{first.Address}/v1/kv/kept?raw&stale"));
        Assert.Same(second, await cluster.LeaderAsync());

        if (OperatingSystem.IsWindows())
            return; // a process cannot be halted there
        second.Suspend();
        var third = await cluster.LeaderAsync();
        Assert.NotSame(second, third);
        second.Resume();
        await Eventually.TrueAsync(async () => await cluster.LeaderAsync() != second, TimeSpan.FromSeconds(30));
        await PutAsync(third, "kept", "3");
    }

    private async Task PutAsync(ConsulMember member, string key, string value)
    {
        using var response = await _http.PutAsync($"{member.Address}/v1/kv/{key}", new StringContent(value));
        response.EnsureSuccessStatusCode();
    }
}
