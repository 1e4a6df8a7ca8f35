using System.Net.Http.Json;
using System.Text.Json;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>A Consul that asks for tokens, and denies what they do not allow.</summary>
public sealed class AccessTests : CommandTests, IClassFixture<AccessTests.GuardedConsul>
{
    private readonly GuardedConsul _consul;

    public AccessTests(GuardedConsul consul)
        : base("") => _consul = consul;

    [Fact]
    public async Task A_token_for_keys_alone_is_enough()
    {
        var token = await _consul.TokenAsync("""key_prefix "mine/" { policy = "write" }""");

        var result = Session.Run($"$c = Connect-ConsulMq '{_consul.Address}' -Token {token} -Prefix mine -Verbose; $c.Datacenter; $null = 'x' | Push-ConsulMqItem jobs; (Pop-ConsulMqItem jobs).Body");

        Assert.Empty(result.Errors.Select(e => e.ToString()));
        Assert.Equal([null!, "x"], result.Output.Select(o => o?.BaseObject));
        Assert.Contains(result.Verbose, line => line.Contains("agent:read", StringComparison.Ordinal));
        Assert.DoesNotContain(result.Verbose, line => line.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_token_fails_at_connect()
    {
        var error = Fail($"Connect-ConsulMq '{_consul.Address}' -Token {Secrets.New()}");

        Assert.Equal("AclDenied,ConsulMq.Commands.ConnectCommand", error.FullyQualifiedErrorId);
        Assert.Equal(System.Management.Automation.ErrorCategory.PermissionDenied, error.CategoryInfo.Category);
    }

    [Fact]
    public async Task What_a_token_does_not_allow_is_denied_item_by_item()
    {
        var token = await _consul.TokenAsync("""key_prefix "other/" { policy = "write" }""");
        Run($"$null = Connect-ConsulMq '{_consul.Address}' -Token {token} -Prefix mine");

        foreach (var command in new[] { "Pop-ConsulMqItem jobs", "Get-ConsulMqItem jobs", "'x' | Push-ConsulMqItem jobs", "Clear-ConsulMq jobs -Confirm:$false" })
            Assert.StartsWith("AclDenied,", Fail(command).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], Session.Run("'a', 'b' | Push-ConsulMqItem jobs").Errors.Select(e => e.TargetObject.ToString()));
    }

    [Fact]
    public async Task Without_the_right_to_register_there_is_a_warning_and_the_work_goes_on()
    {
        var token = await _consul.TokenAsync("""key_prefix "mine/" { policy = "write" } session_prefix "" { policy = "write" }""");

        var result = Session.Run($"$null = Connect-ConsulMq '{_consul.Address}' -Token {token} -Prefix mine; $null = 'x' | Push-ConsulMqItem watched; Invoke-ConsulMqWorker watched -StopWhenEmpty -RegisterCheck -WarningDepth 1 {{ $_.Body }}");

        Assert.Empty(result.Errors.Select(e => e.ToString()));
        Assert.Equal(["x"], result.Values);
        Assert.Equal(2, result.Warnings.Count);
        Assert.Contains("service:write on 'consulmq'", result.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("service:write on 'consulmq-queue'", result.Warnings[1], StringComparison.Ordinal);
        var error = Fail("Register-ConsulMqQueueCheck watched -WarningDepth 1");
        Assert.Equal("AclDenied,ConsulMq.Commands.RegisterQueueCheckCommand", error.FullyQualifiedErrorId);
        Assert.Equal("watched", error.TargetObject);
        // Consul leaves out what a token may not read, without a word.
        Assert.Contains(Session.Run("Get-ConsulMqNode -Verbose").Verbose, static line => line.Contains("service:read", StringComparison.Ordinal));
        Assert.Empty(Session.Run($"$null = Connect-ConsulMq '{_consul.Address}' -Token {token} -Prefix mine -NoRegister").Warnings);
    }

    [Fact]
    public async Task With_the_right_to_register_a_process_and_its_checks_are_there()
    {
        var token = await _consul.TokenAsync("""key_prefix "mine/" { policy = "write" } service_prefix "consulmq" { policy = "write" } node_prefix "" { policy = "read" }""");

        var result = Session.Run($"$null = Connect-ConsulMq '{_consul.Address}' -Token {token} -Prefix mine; (Register-ConsulMqQueueCheck watched -WarningDepth 1).Status.ToString()");

        Assert.Empty(result.Warnings);
        Assert.Equal(["Passing"], result.Values);
        await Eventually.TrueAsync(() => Run("Get-ConsulMqNode | Where-Object Id -eq (Get-ConsulMqConnection).NodeId").Length == 1);
    }

    /// <summary>One server for all tests of the class.</summary>
    public sealed class GuardedConsul : IAsyncLifetime
    {
        private static readonly string Master = Secrets.New();

        private ConsulServer? _server;

        public string Address => _server!.Address;

        public async Task InitializeAsync() => _server = await ConsulServer.StartAsync(new ConsulServerOptions
        {
            Configuration = $$"""{"acl":{"enabled":true,"default_policy":"deny","tokens":{"master":"{{Master}}"} } }""",
            Token = Master,
        });

        /// <summary>A new token that allows this.</summary>
        public async Task<string> TokenAsync(string rules)
        {
            using var http = new HttpClient { BaseAddress = new Uri(Address), DefaultRequestHeaders = { { "X-Consul-Token", Master } } };
            var name = "p" + Guid.NewGuid().ToString("n");
            (await http.PutAsJsonAsync("/v1/acl/policy", new { Name = name, Rules = rules })).EnsureSuccessStatusCode();
            var answer = await http.PutAsJsonAsync("/v1/acl/token", new { Policies = new[] { new { Name = name } } });
            return Secrets.Add((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("SecretID").GetString()!);
        }

        public async Task DisposeAsync() => await _server!.DisposeAsync();
    }
}
