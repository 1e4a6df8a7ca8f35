using System.Management.Automation;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>What <c>-Verbose</c> and <c>-Debug</c> tell.</summary>
public sealed class TracingTests(ConsulFixture consul) : CommandTests(To(consul)), IClassFixture<ConsulFixture>
{
    private (List<string> Verbose, List<string> Debug) Trace(string script)
    {
        using var shell = Session.CreateShell();
        shell.AddScript(script, useLocalScope: true).Invoke();
        Assert.Empty(shell.Streams.Error);
        return ([.. shell.Streams.Verbose.Select(line => line.Message)], [.. shell.Streams.Debug.Select(line => line.Message)]);
    }

    [Fact]
    public void Verbose_tells_steps_and_debug_requests()
    {
        var (verbose, debug) = Trace("$null = 1..3 | Push-ConsulMqItem jobs -Verbose -Debug");

        Assert.Contains(verbose, line => line.StartsWith("Pushed ", StringComparison.Ordinal) && line.Contains("to page 1 of 'jobs'", StringComparison.Ordinal) && line.Contains("(Raft index ", StringComparison.Ordinal));
        Assert.Contains(debug, line => line.StartsWith("PUT /v1/txn: 200, ", StringComparison.Ordinal) && line.EndsWith(" ms", StringComparison.Ordinal));

        (verbose, debug) = Trace("$null = Pop-ConsulMqItem jobs -Verbose");
        Assert.Contains(verbose, line => line.StartsWith("Took 1 message from 1 entry of page 1 of 'jobs'", StringComparison.Ordinal));
        Assert.Empty(debug);

        (_, debug) = Trace("$null = Get-ConsulMqQueue jobs -Debug");
        Assert.Contains(debug, line => line.StartsWith("GET /v1/kv/", StringComparison.Ordinal));
    }

    [Fact]
    public void The_caller_s_preference_counts_and_the_parameter_overrides_it()
    {
        var (verbose, _) = Trace("$VerbosePreference = 'Continue'; function f { $null = 1 | Push-ConsulMqItem jobs }; f");
        Assert.Contains(verbose, line => line.StartsWith("Pushed ", StringComparison.Ordinal));

        (verbose, _) = Trace("$VerbosePreference = 'Continue'; $null = 1 | Push-ConsulMqItem jobs -Verbose:$false");
        Assert.Empty(verbose);
    }

    [Fact]
    public void In_a_pipeline_each_command_tells_its_own()
    {
        Run("$null = 1..3 | Push-ConsulMqItem jobs");

        var (verbose, _) = Trace("Pop-ConsulMqItem jobs -Count 3 -Lease -Verbose | Complete-ConsulMqItem");

        Assert.Contains(verbose, line => line.StartsWith("Leased ", StringComparison.Ordinal));
        Assert.DoesNotContain(verbose, line => line.StartsWith("Settled ", StringComparison.Ordinal));

        Run("$null = 1..3 | Push-ConsulMqItem jobs");
        (verbose, _) = Trace("Pop-ConsulMqItem jobs -Count 3 -Lease | Complete-ConsulMqItem -Verbose");
        Assert.Contains(verbose, line => line.StartsWith("Settled ", StringComparison.Ordinal));
        Assert.DoesNotContain(verbose, line => line.StartsWith("Leased ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_happens_is_told_while_it_happens()
    {
        Run("$null = 1 | Push-ConsulMqItem jobs; $null = Pop-ConsulMqItem jobs");
        using var shell = Session.CreateShell();
        shell.AddScript("Pop-ConsulMqItem jobs -Wait -Verbose");
        var running = shell.BeginInvoke();

        await Eventually.TrueAsync(() => shell.Streams.Verbose.Any(v => v.Message.StartsWith("Waiting for a change of page 1 of 'jobs' (index ", StringComparison.Ordinal)));

        Assert.False(running.IsCompleted);
        shell.Stop();
    }

    [Fact]
    public void Who_stops_at_verbose_output_loses_no_message()
    {
        Run("$null = 1 | Push-ConsulMqItem jobs");

        using (var shell = Session.CreateShell())
            Assert.ThrowsAny<RuntimeException>(() => shell.AddScript("$VerbosePreference = 'Stop'; $c = Get-ConsulMqConnection; Pop-ConsulMqItem jobs -Connection $c", useLocalScope: true).Invoke());

        Assert.Equal([1], Run("Pop-ConsulMqItem jobs -Timeout 10 | ForEach-Object Body"));
    }
}

/// <summary>No token and no body is ever told.</summary>
public sealed class SecretsTests(AccessTests.GuardedConsul consul) : CommandTests(""), IClassFixture<AccessTests.GuardedConsul>
{
    private const string Body = "body-that-nobody-may-see";

    [Fact]
    public async Task Neither_a_token_nor_a_body_is_told()
    {
        var token = await consul.TokenAsync("""key_prefix "" { policy = "write" } session_prefix "" { policy = "write" } agent_prefix "" { policy = "read" } node_prefix "" { policy = "read" } service_prefix "" { policy = "write" }""");
        using var shell = Session.CreateShell();
        shell.AddScript(
            $$"""
            $VerbosePreference = $DebugPreference = 'Continue'
            $null = Connect-ConsulMq '{{consul.Address}}' -Token {{token}} -DefaultQueue jobs
            $null = '{{Body}}', '{{Body}}', '{{Body}}', '{{Body}}' | Push-ConsulMqItem jobs
            $null = ('{{Body}}' * 20000) | Push-ConsulMqItem jobs
            $null = '{{Body}}' | Push-ConsulMqItem jobs -Delay 1h
            $null = Get-ConsulMqItem jobs -All
            $null = Get-ConsulMqIndex jobs
            $null = Pop-ConsulMqItem jobs
            Pop-ConsulMqItem jobs -Lease | Complete-ConsulMqItem
            Pop-ConsulMqItem jobs -Lease | Undo-ConsulMqItem
            Pop-ConsulMqItem jobs -Lease | Deny-ConsulMqItem
            $null = Pop-ConsulMqItem jobs -LeaseDuration 10s | Update-ConsulMqLease
            $null = Move-ConsulMqItem jobs -Destination other -All
            $null = Set-ConsulMqQueue jobs -MaxDepth 5
            $null = Get-ConsulMqQueue
            $null = Pop-ConsulMqItem jobs -Timeout 100ms
            Clear-ConsulMq jobs -Confirm:$false
            Remove-ConsulMqQueue other -Confirm:$false
            Disconnect-ConsulMq
            """);
        var output = shell.Invoke();

        var told = shell.Streams.Verbose.Select(line => line.Message).Concat(shell.Streams.Debug.Select(line => line.Message))
            .Concat(shell.Streams.Error.Select(e => e.ToString() + e.Exception)).Concat(shell.Streams.Warning.Select(line => line.Message)).ToList();
        Assert.Empty(shell.Streams.Error.Select(e => e.ToString()));
        Assert.DoesNotContain(output, o => o?.BaseObject is string);
        Assert.InRange(told.Count, 50, 5000);
        Assert.DoesNotContain(told, line => line.Contains(token, StringComparison.Ordinal) || line.Contains(Body, StringComparison.Ordinal));
        Assert.DoesNotContain(told, line => line.Contains("X-Consul-Token", StringComparison.OrdinalIgnoreCase));
    }
}
