using System.Management.Automation;
using ConsulMq.TestSupport;
using ConsulMq.TestSupport.Cluster;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>A Consul that takes its time: whatever is under way when a pipeline ends is back where it was when the prompt is.</summary>
public sealed class SlowConsulTests : CommandTests, IClassFixture<ConsulFixture>
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(500);

    private readonly TcpProxy _proxy;

    public SlowConsulTests(ConsulFixture consul)
        : base(To(consul))
    {
        _proxy = TcpProxy.Start(new Uri(consul.Address).Port);
        Run("param($assembly) Import-Module -Assembly $assembly", new Dictionary<string, object> { ["assembly"] = typeof(SelectFirstCommand).Assembly });
        Run("$global:near = Get-ConsulMqConnection; $null = 1..20 | Push-ConsulMqItem jobs");
        Run($"$global:far = Connect-ConsulMq {_proxy.Address} -Prefix $near.Prefix");
    }

    [Theory]
    [InlineData("Invoke-ConsulMqWorker jobs { $_.Body } -Connection $far")]
    [InlineData("Pop-ConsulMqItem jobs -All -Connection $far | ForEach-Object Body")]
    [InlineData("Pop-ConsulMqItem jobs -Count 20 -Connection $far | ForEach-Object Body")]
    [InlineData("Pop-ConsulMqItem jobs -Count 20 -Wait -Connection $far | ForEach-Object Body")]
    public void What_is_being_taken_when_a_pipeline_ends_early_is_back_before_the_prompt(string command)
    {
        _proxy.Faults = new ProxyFaults { DelayToClient = Delay / 4 };

        Assert.Equal([1, 2, 3], Run($"{command} | Select-First 3"));

        Assert.Equal(Enumerable.Range(4, 17).Cast<object>(), Run("Pop-ConsulMqItem jobs -All -Connection $near | ForEach-Object Body"));
    }

    [Fact]
    public async Task What_a_worker_leases_at_the_moment_of_Ctrl_C_is_back_before_the_prompt()
    {
        _proxy.Faults = new ProxyFaults { DelayToClient = Delay };
        var near = new Dictionary<string, object> { ["near"] = Assert.Single(Run("$near")) };
        using var shell = Session.CreateShell();
        shell.AddScript("Invoke-ConsulMqWorker jobs { 'never' } -Connection $far");
        var running = shell.BeginInvoke();
        using var watcher = new ModuleRunspace();
        await Eventually.TrueAsync(() => watcher.Run("param($near) Find-ConsulMqItem jobs -State InFlight -Connection $near", near).Output.Count > 0);

        shell.Stop();

        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Equal(Enumerable.Range(1, 20).Cast<object>(), watcher.Run("param($near) Pop-ConsulMqItem jobs -All -Connection $near | ForEach-Object Body", near).Output.Select(static o => o.BaseObject));
    }

    [Theory]
    [InlineData("Push-ConsulMqItem files -Path $file -Connection $far", "Pushing 'big.bin'")]
    [InlineData("Pop-ConsulMqItem files -OutFile $folder -Force -Connection $far", "Writing 'big.bin'")]
    public void A_file_that_takes_its_time_shows_how_far_it_is(string command, string activity)
    {
        var folder = Directory.CreateTempSubdirectory("consulmq-slow-");
        try
        {
            var file = Path.Combine(folder.FullName, "big.bin");
            File.WriteAllBytes(file, new byte[5 * 1024 * 1024]);
            Run($"$global:folder = '{folder.FullName}'; $global:file = '{file}'; $null = Push-ConsulMqItem files -Path $file -Connection $near");
            _proxy.Faults = new ProxyFaults { DelayToClient = Delay / 2 };
            using var shell = Session.CreateShell();

            shell.AddScript(command).Invoke();

            Assert.True(shell.Streams.Progress.Count > 1, "Nothing was drawn.");
            Assert.All(shell.Streams.Progress, record => Assert.Equal(activity, record.Activity));
            Assert.Contains(" of 5.0 MiB", shell.Streams.Progress[0].StatusDescription, StringComparison.Ordinal);
            Assert.Equal(ProgressRecordType.Completed, shell.Streams.Progress[^1].RecordType);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _proxy.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
