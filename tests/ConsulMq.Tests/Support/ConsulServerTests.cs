using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Support;

public sealed class ConsulServerTests : IDisposable
{
    private readonly HttpClient _http = new();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_server_on_disk_still_has_its_keys_after_a_crash()
    {
        await using ConsulServer server = await ConsulServer.StartAsync(new ConsulServerOptions { OnDisk = true });
        await PutAsync(server, "kept", "value");

        await server.KillAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(server, "kept"));
        await server.RestartAsync();

        Assert.Equal("value", await GetAsync(server, "kept"));
    }

    [Fact]
    public async Task Disposing_of_a_server_ends_its_process()
    {
        ConsulServer server = await ConsulServer.StartAsync();
        int id = server.ProcessId;
        Assert.True(ProcessState.IsRunning(id));

        await server.DisposeAsync();

        await Eventually.TrueAsync(() => !ProcessState.IsRunning(id));
    }

    [Fact]
    public async Task Settings_of_the_caller_go_over_the_own_ones()
    {
        const string token = "11111111-2222-3333-4444-555555555555";
        await using ConsulServer server = await ConsulServer.StartAsync(new ConsulServerOptions
        {
            Configuration = $$$"""{"acl": {"enabled": true, "default_policy": "deny", "tokens": {"master": "{{{token}}}" } } }""",
            Token = token,
        });

        using HttpResponseMessage anonymous = await _http.GetAsync($"{server.Address}/v1/kv/some");

        Assert.False(anonymous.IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_server_that_does_not_start_shows_its_log()
    {
        var options = new ConsulServerOptions { Configuration = """{"no_such_setting": 1}""" };

        var failure = await Assert.ThrowsAsync<ConsulUnavailableException>(() => ConsulServer.StartAsync(options));

        Assert.Contains("no_such_setting", failure.Message);
    }

    private async Task PutAsync(ConsulServer server, string key, string value)
    {
        using HttpResponseMessage response = await _http.PutAsync($"{server.Address}/v1/kv/{key}", new StringContent(value));
        response.EnsureSuccessStatusCode();
    }

    private Task<string> GetAsync(ConsulServer server, string key) => _http.GetStringAsync($"{server.Address}/v1/kv/{key}?raw");
}
