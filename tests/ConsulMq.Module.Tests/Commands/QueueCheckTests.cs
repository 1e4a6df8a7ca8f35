using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>Queues in Consul's health system.</summary>
public abstract class QueueCheckTests(string connect) : CommandTests(connect)
{
    /// <summary>What Consul says of a service: the states of its instances.</summary>
    private const string States =
        "(Get-ConsulMqConnection).Consul.ListServiceAsync('consulmq-queue', [ConsulMq.Consul.ReadOptions]::Consistent, [Threading.CancellationToken]::None).GetAwaiter().GetResult().Instances | Where-Object { $_.Meta['prefix'] -eq (Get-ConsulMqConnection).Prefix } | ForEach-Object { \"$($_.Status)\" }";

    [Fact]
    public async Task A_check_is_returned_follows_its_queue_and_ends()
    {
        Assert.Equal(
            ["jobs", 2L, 5L, TimeSpan.FromMinutes(5), null!, "Passing", "jobs: 0 ready (there is no such queue)", true],
            Run("$global:check = Register-ConsulMqQueueCheck jobs -WarningDepth 2 -CriticalDepth 5 -WarningAge 5m; $check.Queue, $check.WarningDepth, $check.CriticalDepth, $check.WarningAge, $check.CriticalAge, \"$($check.Status)\", $check.Output, $check.CheckId.Contains('jobs')"));

        Run("$null = 1..2 | Push-ConsulMqItem jobs");
        await Becomes("Warning");
        Run("$null = 1..3 | Push-ConsulMqItem jobs");
        await Becomes("Critical");
        Assert.StartsWith("jobs: 5 ready (critical at 5), 0 in flight, oldest ", (string)Run("$check.Output")[0], StringComparison.Ordinal);
        Run("Clear-ConsulMq jobs -Confirm:$false");
        await Becomes("Passing");

        Run("Unregister-ConsulMqQueueCheck jobs -WhatIf");
        Assert.Equal([false], Run("$check.IsEnded"));
        Run("Unregister-ConsulMqQueueCheck jobs");
        await Becomes();
        Assert.Equal([true], Run("$check.IsEnded"));
        Assert.Equal("QueueCheckNotFound,ConsulMq.Commands.UnregisterQueueCheckCommand", Fail("Unregister-ConsulMqQueueCheck jobs").FullyQualifiedErrorId);
    }

    [Fact]
    public async Task Several_queues_can_be_piped_and_each_has_one_check()
    {
        Run("$null = 'x' | Push-ConsulMqItem b");
        Assert.Equal(["a Passing", "b Warning"], Run("'a', 'b' | Register-ConsulMqQueueCheck -WarningDepth 1 | ForEach-Object { \"$($_.Queue) $($_.Status)\" }"));
        Assert.Equal(["Critical"], Run("(Register-ConsulMqQueueCheck b -CriticalDepth 1).Status.ToString()"));
        await Becomes("Critical", "Passing");

        Run("(Get-ConsulMqConnection).QueueChecks | Unregister-ConsulMqQueueCheck");

        await Becomes();
    }

    [Fact]
    public async Task A_worker_has_its_queue_watched_while_it_works()
    {
        Run("$null = 'x' | Push-ConsulMqItem jobs");
        using var gate = new ManualResetEvent(false);
        using var shell = Session.CreateShell();
        shell.AddScript("param($gate) Invoke-ConsulMqWorker jobs -MaxItems 1 -RegisterCheck -WarningDepth 10 { $null = ($using:gate).WaitOne(); $_.Body }").AddParameter("gate", gate);
        using var other = new ModuleRunspace();
        var connection = Run("Get-ConsulMqConnection")[0];
        var running = shell.BeginInvoke();
        await Eventually.TrueAsync(() => Checks().Equals(1), TimeSpan.FromSeconds(30));

        gate.Set();

        Assert.Equal(["x"], shell.EndInvoke(running).Select(static o => o.BaseObject));
        Assert.Equal(0, Checks());
        await Becomes();

        object Checks() => other.Run("param($c) $c.QueueChecks.Count", new Dictionary<string, object> { ["c"] = connection }).Values.Single();
    }

    [Theory]
    [InlineData("Register-ConsulMqQueueCheck jobs", "InvalidThreshold")]
    [InlineData("Register-ConsulMqQueueCheck jobs -WarningDepth 10 -CriticalDepth 9", "InvalidThreshold")]
    [InlineData("Register-ConsulMqQueueCheck jobs -WarningAge 10s -CriticalAge 9s", "InvalidThreshold")]
    [InlineData("Register-ConsulMqQueueCheck jobs -WarningDepth 0", "InvalidThreshold")]
    [InlineData("Register-ConsulMqQueueCheck jobs -CriticalAge 0", "InvalidThreshold")]
    [InlineData("Register-ConsulMqQueueCheck a/b -WarningDepth 1", "InvalidQueueName")]
    [InlineData("Invoke-ConsulMqWorker jobs { } -RegisterCheck -StopWhenEmpty", "InvalidThreshold")]
    [InlineData("Invoke-ConsulMqWorker jobs { } -WarningDepth 10 -StopWhenEmpty", "InvalidThreshold")]
    [InlineData("Invoke-ConsulMqWorker jobs { } -RegisterCheck -WarningDepth 10 -CriticalDepth 9 -StopWhenEmpty", "InvalidThreshold")]
    public void What_makes_no_sense_is_refused(string script, string id)
    {
        try
        {
            Assert.StartsWith(id + ",", Fail(script).FullyQualifiedErrorId, StringComparison.Ordinal);
        }
        catch (System.Management.Automation.RuntimeException e)
        {
            Assert.StartsWith(id + ",", e.ErrorRecord.FullyQualifiedErrorId, StringComparison.Ordinal);
        }
    }

    private Task Becomes(params string[] states) => Eventually.TrueAsync(() => Run(States).Order().SequenceEqual(states), TimeSpan.FromSeconds(30));
}

public sealed class QueueChecksInMemory() : QueueCheckTests(InMemory);

public sealed class QueueChecksOnConsul(ConsulFixture consul) : QueueCheckTests(To(consul)), IClassFixture<ConsulFixture>;
