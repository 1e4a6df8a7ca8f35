using System.Diagnostics;
using System.Management.Automation;
using ConsulMq.Module.Tests.Processes;
using ConsulMq.TestSupport;
using ConsulMq.TestSupport.Cluster;
using Xunit.Abstractions;

namespace ConsulMq.Module.Tests.Cluster;

/// <summary>What a user sees, and how soon, where a fault lasts longer than the patience that <c>Connect-ConsulMq -Timeout</c> asks for.</summary>
[Collection(ProcessCollection.Name)]
public sealed class PatienceTests(ITestOutputHelper log) : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(4);

    private readonly ModuleRunspace _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Commands_end_in_time_where_replies_are_lost_and_a_write_says_that_nobody_knows_of_it()
    {
        await using var consul = await ConsulServer.StartAsync();
        await using var proxy = TcpProxy.Start(new Uri(consul.Address).Port);
        Connect(proxy.Address, "5s");
        _session.Run("1..3 | Push-ConsulMqItem jobs");
        proxy.Faults = new ProxyFaults { SwallowReplies = true };

        Fails("Get-ConsulMqItem jobs", "Timeout", ErrorCategory.OperationTimeout, TimeSpan.FromSeconds(5));
        // The write, and then the question what became of it.
        Fails("'4' | Push-ConsulMqItem jobs", "OutcomeUnknown", ErrorCategory.ConnectionError, TimeSpan.FromSeconds(10));

        proxy.Faults = ProxyFaults.None;
        Assert.Equal(["1", "2", "3", "4"], Bodies("Pop-ConsulMqItem jobs -All"));
    }

    [Fact]
    public async Task Without_a_majority_commands_say_that_there_is_no_leader_and_with_one_they_go_on()
    {
        await using var cluster = await ConsulCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        var others = cluster.Members.Where(m => m != leader).ToList();
        Connect(others[0].Address, "10s");
        _session.Run("1..3 | Push-ConsulMqItem jobs");
        await leader.KillAsync();
        await others[1].KillAsync();

        Fails("Get-ConsulMqItem jobs", "NoLeader", ErrorCategory.ResourceUnavailable, TimeSpan.FromSeconds(10));
        Fails("Pop-ConsulMqItem jobs -Lease", "NoLeader", ErrorCategory.ResourceUnavailable, TimeSpan.FromSeconds(10));

        var waiting = Task.Run(() => Bodies("Pop-ConsulMqItem jobs -All"));
        await Task.WhenAll(leader.RestartAsync(), others[1].RestartAsync());
        Assert.Equal(["1", "2", "3"], await waiting);
    }

    private void Connect(string address, string timeout) => _session.Run($"$null = Connect-ConsulMq {address} -Prefix '{ConsulFixture.NewPrefix()}' -Timeout {timeout} -NoRegister");

    private IEnumerable<string> Bodies(string script) => _session.Run($"$ErrorActionPreference = 'Stop'; {script} | ForEach-Object Body").Values.Select(static body => body.ToString()!);

    private void Fails(string script, string id, ErrorCategory category, TimeSpan within)
    {
        var clock = Stopwatch.StartNew();
        var error = _session.Run($"try {{ $null = {script} -ErrorAction Stop }} catch {{ $_ }}").Values.OfType<ErrorRecord>().Single();
        log.WriteLine($"{script}: {clock.Elapsed.TotalSeconds:0.0} s, {error}");
        Assert.Equal((id, category), (error.FullyQualifiedErrorId.Split(',')[0], error.CategoryInfo.Category));
        Assert.True(clock.Elapsed < within + Grace, $"{clock.Elapsed.TotalSeconds:0.0} s");
    }
}
