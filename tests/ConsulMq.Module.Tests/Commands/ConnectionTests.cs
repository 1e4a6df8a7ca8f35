using System.Net;
using System.Net.Sockets;
using System.Text;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

public sealed class ConnectionTests(ConsulFixture consul) : CommandTests(""), IClassFixture<ConsulFixture>
{
    private static readonly string Secret = Secrets.New();

    [Fact]
    public void Connecting_returns_the_current_connection()
    {
        Assert.Equal([consul.Address, "team/queues", "dc1", true], Run(
            $"$c = Connect-ConsulMq '{consul.Address}' -Prefix /team/queues/; $c.Address, $c.Prefix, $c.Datacenter, [object]::ReferenceEquals($c, (Get-ConsulMqConnection))"));
    }

    [Fact]
    public void Without_connecting_the_environment_says_where_Consul_is()
    {
        using var session = new ModuleRunspace();
        Assert.Empty(session.Run("Get-ConsulMqConnection").Output);

        // An in-process Consul would not be there yet; the variables of this process belong to all tests, so only their absence can be used here.
        var result = session.Run("$c = $null; if (-not $env:CONSUL_HTTP_ADDR) { $c = & { try { $null = Pop-ConsulMqItem nobody } catch { }; Get-ConsulMqConnection } } ; $c.Address");

        Assert.Equal("http://127.0.0.1:8500", Assert.Single(result.Values));
    }

    [Theory]
    [InlineData("")]
    [InlineData("$null = Connect-ConsulMq -InMemory;")]
    public void After_a_connect_that_failed_nothing_goes_to_another_Consul(string before)
    {
        using var session = new ModuleRunspace();
        session.Run(before);
        Assert.Single(session.Run("Connect-ConsulMq 127.0.0.1:1 -Timeout 1s").Errors);

        Assert.StartsWith("NotConnected,", Assert.Single(session.Run("'x' | Push-ConsulMqItem jobs").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(session.Run("Get-ConsulMqConnection").Output);

        Assert.Equal(["jobs"], session.Run("$null = Connect-ConsulMq -InMemory; ('x' | Push-ConsulMqItem jobs).Queue").Values);
    }

    [Theory]
    [InlineData("try { Connect-ConsulMq -InMemory | ForEach-Object { throw 'x' } } catch { }")]
    [InlineData("foreach ($once in 1) { Connect-ConsulMq -InMemory | ForEach-Object { break } }")]
    public void A_connect_that_succeeded_stays_whatever_ends_the_pipeline_behind_it(string script)
    {
        using var session = new ModuleRunspace();

        Assert.Equal(["jobs"], session.Run($"{script}; ('x' | Push-ConsulMqItem jobs).Queue").Values);
    }

    [Fact]
    public void After_disconnecting_the_environment_counts_again_whatever_failed_before()
    {
        using var session = new ModuleRunspace();
        Assert.Single(session.Run("Connect-ConsulMq -InMemory -DefaultQueue 'a/b'").Errors);

        var result = session.Run("Disconnect-ConsulMq; if (-not $env:CONSUL_HTTP_ADDR) { try { $null = Pop-ConsulMqItem nobody } catch { } }; (Get-ConsulMqConnection).Address");

        Assert.Equal("http://127.0.0.1:8500", Assert.Single(result.Values));
    }

    [Fact]
    public void Two_runspaces_share_nothing()
    {
        using var other = new ModuleRunspace();

        Run("$null = Connect-ConsulMq -InMemory; $null = 'mine' | Push-ConsulMqItem jobs");
        other.Run("$null = Connect-ConsulMq -InMemory; $null = 'yours' | Push-ConsulMqItem jobs");

        Assert.Equal(["mine"], Run("Pop-ConsulMqItem jobs -All | ForEach-Object Body"));
        Assert.Equal(["yours"], other.Run("Pop-ConsulMqItem jobs -All | ForEach-Object Body").Values);
    }

    [Fact]
    public void Several_connections_can_be_used_side_by_side()
    {
        Run("$script:a = Connect-ConsulMq -InMemory; $script:b = Connect-ConsulMq -InMemory; $global:a = $a; $global:b = $b");

        Assert.Equal(["to a", "to b"], Run("$null = 'to a' | Push-ConsulMqItem jobs -Connection $a; $null = 'to b' | Push-ConsulMqItem jobs; (Pop-ConsulMqItem jobs -Connection $a).Body; (Pop-ConsulMqItem jobs -Connection $b).Body"));
    }

    [Fact]
    public void A_connection_that_was_ended_says_so()
    {
        Run("$global:c = Connect-ConsulMq -InMemory; Disconnect-ConsulMq; Disconnect-ConsulMq");

        Assert.Empty(Run("Get-ConsulMqConnection"));
        foreach (var command in new[] { "Pop-ConsulMqItem jobs", "'x' | Push-ConsulMqItem jobs", "Get-ConsulMqQueue", "Get-ConsulMqItem jobs", "Clear-ConsulMq jobs -Confirm:$false" })
            Assert.StartsWith("ConnectionClosed,", Fail($"{command} -Connection $c").FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_at_the_address()
    {
        var error = Fail("Connect-ConsulMq 127.0.0.1:1 -Timeout 200ms");

        Assert.Equal("ConsulUnreachable,ConsulMq.Commands.ConnectCommand", error.FullyQualifiedErrorId);
        Assert.Equal("127.0.0.1:1", error.TargetObject);
        Assert.Empty(Run("Get-ConsulMqConnection"));
    }

    [Fact]
    public void The_wrong_scheme() =>
        Assert.Equal("TlsFailure,ConsulMq.Commands.ConnectCommand", Fail($"Connect-ConsulMq '{consul.Address.Replace("http:", "https:", StringComparison.Ordinal)}' -Timeout 1").FullyQualifiedErrorId);

    [Theory]
    [InlineData("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 17\r\n\r\nNo cluster leader", "NoLeader")]
    [InlineData("HTTP/1.1 403 Forbidden\r\nContent-Length: 13\r\n\r\nACL not found", "AclDenied")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\n<html>nginx>", "ConsulUnreachable")]
    public async Task What_Consul_or_another_server_says_is_told(string answer, string id)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var answering = AnswerAsync(server, answer);

        var error = Fail($"Connect-ConsulMq '{server.LocalEndpoint}' -Timeout 300ms -Token {Secret} -Verbose");

        Assert.Equal(id + ",ConsulMq.Commands.ConnectCommand", error.FullyQualifiedErrorId);
        server.Stop();
        await answering;
    }

    [Fact]
    public void A_token_is_never_shown()
    {
        var result = Session.Run($"$c = Connect-ConsulMq '{consul.Address}' -Token {Secret} -Verbose; \"$c\"; $c.psobject.Properties | ForEach-Object {{ \"$($_.Value)\" }}; [Management.Automation.PSSerializer]::Serialize($c, 5)");

        Assert.DoesNotContain(Secret, string.Join('\n', result.Values.Concat(result.Verbose).Concat(result.Errors.Select(e => e.ToString() + e.Exception))), StringComparison.Ordinal);
    }

    private static async Task AnswerAsync(TcpListener server, string answer)
    {
        try
        {
            while (true)
            {
                using var client = await server.AcceptTcpClientAsync();
                var stream = client.GetStream();
                _ = await stream.ReadAsync(new byte[4096]);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal)));
            }
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidOperationException)
        {
            // The test is over.
        }
    }
}
