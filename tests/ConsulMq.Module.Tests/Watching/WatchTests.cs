using System.Diagnostics;
using System.Management.Automation;
using ConsulMq.Module.Tests.Commands;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Watching;

public sealed class WatchInMemory() : WatchTests(InMemory);

public sealed class WatchOnConsul(ConsulFixture consul) : WatchTests(To(consul)), IClassFixture<ConsulFixture>;

/// <summary>What <c>-Watch</c> gives where there is no terminal.</summary>
public abstract class WatchTests : CommandTests
{
    private readonly object _connection;

    protected WatchTests(string connect)
        : base(connect) => _connection = Assert.Single(Run("Get-ConsulMqConnection"));

    /// <summary>Runs a command of somebody else while this session watches.</summary>
    private void Elsewhere(string script)
    {
        using var other = new ModuleRunspace();
        var result = other.Run("param($c) $PSDefaultParameterValues = @{ '*-ConsulMq*:Connection' = $c }; " + script, new Dictionary<string, object> { ["c"] = _connection });
        Assert.Empty(result.Errors.Select(e => e.ToString()));
    }

    [Fact]
    public async Task A_pipeline_gets_an_object_for_each_queue_that_changes()
    {
        Run("$null = 1, 2 | Push-ConsulMqItem jobs; $null = 1 | Push-ConsulMqItem other");
        using var shell = Session.CreateShell();
        shell.AddScript("Get-ConsulMqQueue -Watch | ForEach-Object { \"$($_.Name) $($_.Depth)\" }");
        var output = new PSDataCollection<string>();
        var running = shell.BeginInvoke<object, string>(null, output);
        await Eventually.TrueAsync(() => output.Count == 2);
        // One by one: whoever enumerates the collection waits until it is complete.
        Assert.Equal(("jobs 2", "other 1"), (output[0], output[1]));

        Elsewhere("$null = 3 | Push-ConsulMqItem jobs");
        await Eventually.TrueAsync(() => output.Contains("jobs 3"));
        Elsewhere("$null = 1 | Push-ConsulMqItem new");
        await Eventually.TrueAsync(() => output.Contains("new 1"));

        var watch = Stopwatch.StartNew();
        shell.Stop();
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"It took {watch.Elapsed}.");
        await Eventually.TrueAsync(() => running.IsCompleted);
        Assert.Equal(["jobs 2", "other 1", "jobs 3", "new 1"], output);
        Assert.Empty(shell.Streams.Warning);
    }

    [Fact]
    public async Task The_first_one_that_is_wanted_ends_it()
    {
        Session.Run("param($assembly) Import-Module -Assembly $assembly", new Dictionary<string, object> { ["assembly"] = typeof(SelectFirstCommand).Assembly });
        Run("$null = 1 | Push-ConsulMqItem jobs");
        using var shell = Session.CreateShell();
        shell.AddScript("Get-ConsulMqQueue jobs -Watch | Where-Object Depth -gt 5 | Select-First 1 | ForEach-Object Depth");
        var running = shell.BeginInvoke();

        Elsewhere("$null = 1..9 | Push-ConsulMqItem jobs");

        await Eventually.TrueAsync(() => running.IsCompleted, TimeSpan.FromSeconds(20));
        Assert.InRange((long)Assert.Single(shell.EndInvoke(running)).BaseObject, 6, 10);
    }

    [Fact]
    public async Task A_queue_that_is_not_there_yet_is_seen_when_it_comes()
    {
        using var shell = Session.CreateShell();
        shell.AddScript("Get-ConsulMqQueue later -Watch | ForEach-Object Name");
        var output = new PSDataCollection<string>();
        _ = shell.BeginInvoke<object, string>(null, output);

        Elsewhere("$null = 1 | Push-ConsulMqItem later");

        await Eventually.TrueAsync(() => output.Count == 1, TimeSpan.FromSeconds(20));
        shell.Stop();
    }
}
