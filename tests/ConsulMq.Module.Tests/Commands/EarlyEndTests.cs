using System.Diagnostics;
using System.Management.Automation;
using System.Reflection;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>Pipelines that end before all is through: nothing is lost, nothing comes twice, nobody waits.</summary>
public abstract class EarlyEndTests(string connect) : CommandTests(connect)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    [Fact]
    public void What_was_popped_and_not_passed_on_when_a_loop_breaks_goes_back_to_its_place()
    {
        Run("$null = 1..50 | Push-ConsulMqItem jobs");

        Assert.Equal([1, 2], Run("foreach ($once in 1) { Pop-ConsulMqItem jobs -All | ForEach-Object { $_.Body; if ($_.Body -eq 2) { break } } }"));

        Assert.Equal(Enumerable.Range(3, 48).Cast<object>(), Run("Pop-ConsulMqItem jobs -All | ForEach-Object Body"));
    }

    [Fact]
    public void What_was_popped_and_not_passed_on_when_the_next_command_fails_goes_back_to_its_place()
    {
        Run("$null = 1..50 | Push-ConsulMqItem jobs");

        Run("try { Pop-ConsulMqItem jobs -Count 20 | ForEach-Object { throw 'no' } } catch { }");

        Assert.Equal(Enumerable.Range(2, 49).Cast<object>(), Run("Pop-ConsulMqItem jobs -All | ForEach-Object Body"));
    }

    [Fact]
    public void The_first_ones_can_be_selected_and_the_others_stay()
    {
        Run("param($assembly) Import-Module -Assembly $assembly", new Dictionary<string, object> { ["assembly"] = typeof(SelectFirstCommand).Assembly });
        Run("$null = 1..50 | Push-ConsulMqItem jobs");

        Assert.Equal([1, 2, 3], Run("Pop-ConsulMqItem jobs -All | Select-First 3 | ForEach-Object Body"));

        Assert.Equal(Enumerable.Range(4, 47).Cast<object>(), Run("Pop-ConsulMqItem jobs -All | ForEach-Object Body"));
    }

    [Fact]
    public async Task Ctrl_C_ends_a_waiting_pop_at_once_and_takes_nothing()
    {
        using var shell = Session.CreateShell();
        shell.AddScript("Pop-ConsulMqItem jobs -Wait -Verbose");
        var running = shell.BeginInvoke();
        await Eventually.TrueAsync(() => shell.Streams.Verbose.Any(v => v.Message.Contains("waiting", StringComparison.Ordinal)));

        var watch = Stopwatch.StartNew();
        shell.Stop();

        Assert.True(watch.Elapsed < Soon, $"It took {watch.Elapsed}.");
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Run("$null = Push-ConsulMqItem jobs text");
        Assert.Equal(["text"], Run("(Pop-ConsulMqItem jobs).Body"));
    }

    [Fact]
    public async Task Ctrl_C_while_messages_are_worked_on_puts_the_others_back()
    {
        Run("$null = 1..50 | Push-ConsulMqItem jobs");
        using var shell = Session.CreateShell();
        shell.AddScript("Pop-ConsulMqItem jobs -All | ForEach-Object { $_.Body; if ($_.Body -eq 3) { while ($true) { [Threading.Thread]::Sleep(5) } } }");
        var output = new PSDataCollection<int>();
        var running = shell.BeginInvoke<object, int>(null, output);
        await Eventually.TrueAsync(() => output.Count == 3);

        var watch = Stopwatch.StartNew();
        shell.Stop();

        Assert.True(watch.Elapsed < Soon, $"It took {watch.Elapsed}.");
        Assert.Equal([1, 2, 3], output);
        await Eventually.TrueAsync(() => running.IsCompleted);
        Assert.Equal(Enumerable.Range(4, 47).Cast<object>(), Run("Pop-ConsulMqItem jobs -All | ForEach-Object Body"));
    }

    [Fact]
    public void A_pop_that_waits_is_over_when_its_time_is()
    {
        var watch = Stopwatch.StartNew();

        Assert.Empty(Run("Pop-ConsulMqItem jobs -Wait -Timeout 0.2"));

        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(5));
        Assert.Equal([1, 2], Run("$null = 1, 2 | Push-ConsulMqItem jobs; Pop-ConsulMqItem jobs -Count 3 -Timeout 200ms | ForEach-Object Body"));
    }

    [Fact]
    public async Task A_push_wakes_a_waiting_pop()
    {
        var connection = Assert.Single(Run("Get-ConsulMqConnection"));
        using var shell = Session.CreateShell();
        shell.AddScript("Pop-ConsulMqItem jobs -Count 2 -Wait -Verbose | ForEach-Object Body");
        var running = shell.BeginInvoke();
        await Eventually.TrueAsync(() => shell.Streams.Verbose.Any(v => v.Message.Contains("waiting", StringComparison.Ordinal)));

        using var other = new ModuleRunspace();
        other.Run("param($c) $null = 'a', 'b' | Push-ConsulMqItem jobs -Connection $c", new Dictionary<string, object> { ["c"] = connection });

        Assert.Equal(["a", "b"], shell.EndInvoke(running).Select(o => o.BaseObject));
    }
}

/// <summary>What <c>Select-Object -First</c> does, which the bare engine lacks.</summary>
[Cmdlet(VerbsCommon.Select, "First")]
public sealed class SelectFirstCommand : PSCmdlet
{
    private int _count;

    [Parameter(Position = 0)]
    public int First { get; set; }

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    protected override void ProcessRecord()
    {
        WriteObject(InputObject);
        if (++_count < First)
            return;
        var type = typeof(PSCmdlet).Assembly.GetType("System.Management.Automation.StopUpstreamCommandsException", throwOnError: true)!;
        throw (Exception)Activator.CreateInstance(type, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, [this], null)!;
    }
}

public sealed class EarlyEndInMemory() : EarlyEndTests(InMemory);

public sealed class EarlyEndOnConsul(ConsulFixture consul) : EarlyEndTests(To(consul)), IClassFixture<ConsulFixture>;
