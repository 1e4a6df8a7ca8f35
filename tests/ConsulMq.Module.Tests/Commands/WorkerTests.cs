using System.Diagnostics;
using System.Management.Automation;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>Script blocks that work on a queue.</summary>
public abstract class WorkerTests(string connect) : CommandTests(connect)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private object[] Left => Run("Pop-ConsulMqItem jobs -All | ForEach-Object Body");

    [Fact]
    public void Every_message_is_worked_on_and_completed()
    {
        Run("$null = 1..100 | Push-ConsulMqItem jobs");

        Assert.Equal(Enumerable.Range(1, 100).Cast<object>(), Run("Invoke-ConsulMqWorker -Queue jobs -ThrottleLimit 4 -StopWhenEmpty { param($item) $item.Body }").Order());

        Assert.Empty(Left);
    }

    [Fact]
    public void One_after_the_other_they_come_in_their_order()
    {
        Run("$null = 1..20 | Push-ConsulMqItem jobs");

        Assert.Equal(Enumerable.Range(1, 20).Cast<object>(), Run("Invoke-ConsulMqWorker jobs { $_.Body } -StopWhenEmpty"));
    }

    [Theory]
    [InlineData("{ param($item) $item.Body }")]
    [InlineData("{ $args[0].Body }")]
    [InlineData("{ $_.Body }")]
    [InlineData("{ switch ($_.Body) { 'x' { } }; $_.Body }")]
    [InlineData("{ [CmdletBinding()] param([Parameter(Mandatory)] $item) $item.Body }")]
    [InlineData("{ begin { } process { } end { $args[0].Body } }")]
    [InlineData("${function:work}")]
    public void The_block_gets_its_message(string block)
    {
        Run("$null = 'x' | Push-ConsulMqItem jobs");

        Assert.Equal(["x"], Run("function work($job) { $job.Body }; Invoke-ConsulMqWorker jobs -MaxItems 1 -ScriptBlock " + block));
    }

    [Fact]
    public void The_block_sees_the_caller_s_variables_by_using()
    {
        Run("$null = 'x' | Push-ConsulMqItem");

        Assert.Equal(["1 2 3 b last"], Run("$list = 1, 2, 3; $table = @{ a = 'b' }; ${odd name} = 'last'; Invoke-ConsulMqWorker -MaxItems 1 { \"$using:list $($using:table.a) ${using:odd name}\" }"));
    }

    [Fact]
    public void Commands_in_the_block_use_the_same_connection_and_leave_it_open()
    {
        Run("$null = 'seed' | Push-ConsulMqItem jobs");

        Assert.Equal(["seed", "grown"], Run("Invoke-ConsulMqWorker jobs -StopWhenEmpty { $_.Body; if ($_.Body -eq 'seed') { $null = 'grown' | Push-ConsulMqItem jobs; Disconnect-ConsulMq } }"));

        Assert.Empty(Left);
    }

    [Fact]
    public void What_it_writes_is_tagged_with_the_message()
    {
        var id = Assert.Single(Run("('x' | Push-ConsulMqItem jobs).Id"));

        var result = Session.Run("Invoke-ConsulMqWorker jobs -MaxItems 1 -Verbose { 'text'; [pscustomobject] @{ A = 1 }; Import-Module /no/such/module; & { [CmdletBinding()] param() $PSCmdlet.WriteWarning('warned'); $PSCmdlet.WriteVerbose('told') } }");

        Assert.Equal(["text", id], [result.Output[0].BaseObject, result.Output[0].Properties["ConsulMqItemId"].Value]);
        Assert.Equal([1, id], [result.Output[1].Properties["A"].Value, result.Output[1].Properties["ConsulMqItemId"].Value]);
        Assert.Equal([$"{id}: warned"], result.Warnings);
        Assert.Contains($"{id}: told", result.Verbose);
        var error = Assert.Single(result.Errors);
        Assert.Equal($"jobs/{id}", error.TargetObject.ToString());
        Assert.Contains($"{id}", error.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("Modules_ModuleNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        // It went on behind the error, so the message is done.
        Assert.Empty(Left);
    }

    [Fact]
    public void It_ends_after_so_many_messages_and_leaves_the_others_as_they_were()
    {
        Run("$null = 1..10 | Push-ConsulMqItem jobs");

        Assert.Equal([1, 2, 3], Run("Invoke-ConsulMqWorker jobs -MaxItems 3 -ThrottleLimit 3 { $_.Body }").Order());

        Assert.Equal([.. Enumerable.Range(4, 7).Select(static n => $"{n} 0")], Run("Pop-ConsulMqItem jobs -All | ForEach-Object { \"$($_.Body) $($_.DeliveryCount)\" }"));
    }

    [Fact]
    public void It_ends_when_its_time_is_over()
    {
        var watch = Stopwatch.StartNew();

        Assert.Empty(Run("Invoke-ConsulMqWorker jobs -Timeout 0.3 { 'never' }"));

        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.25), Soon);
    }

    [Fact]
    public void What_its_end_meets_running_comes_to_its_end_and_the_rest_goes_back()
    {
        Run("$null = 1..10 | Push-ConsulMqItem jobs");

        Assert.Equal(["1 done"], Run("Invoke-ConsulMqWorker jobs -Timeout 0.3 { [Threading.Thread]::Sleep(1000); \"$($_.Body) done\" }"));

        Assert.Equal([.. Enumerable.Range(2, 9).Select(static n => $"{n} 0")], Run("Pop-ConsulMqItem jobs -All | ForEach-Object { \"$($_.Body) $($_.DeliveryCount)\" }"));
    }

    [Fact]
    public void What_runs_beyond_the_grace_period_is_stopped_and_goes_back()
    {
        Run("$null = 1..2 | Push-ConsulMqItem jobs");
        var watch = Stopwatch.StartNew();

        var error = Fail("Invoke-ConsulMqWorker jobs -Timeout 0.2 -GracePeriod 0.2 -RetryDelay 0 { while ($true) { [Threading.Thread]::Sleep(5) } }");

        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.4), Soon);
        Assert.Contains("stopped", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(["1 1", "2 0"], Run("Pop-ConsulMqItem jobs -Count 2 -Timeout 5s | ForEach-Object { \"$($_.Body) $($_.DeliveryCount)\" }"));
    }

    [Fact]
    public async Task Ctrl_C_lets_what_runs_come_to_its_end_and_gives_back_the_rest()
    {
        Run("$null = 1..20 | Push-ConsulMqItem jobs");
        var connection = Assert.Single(Run("Get-ConsulMqConnection"));
        using var entered = new CountdownEvent(2);
        using var gate = new ManualResetEventSlim();
        using var shell = Session.CreateShell();
        shell.AddScript("param($entered, $gate) Invoke-ConsulMqWorker jobs -ThrottleLimit 2 { $null = ($using:entered).Signal(); ($using:gate).Wait(); $_.Body }").AddArgument(entered).AddArgument(gate);
        var running = shell.BeginInvoke();
        Assert.True(entered.Wait(TimeSpan.FromSeconds(20)));

        var stop = shell.BeginStop(null, null);
        using var other = new ModuleRunspace();
        await Eventually.TrueAsync(() => other.Run("param($c) Get-ConsulMqItem jobs -All -Connection $c", new Dictionary<string, object> { ["c"] = connection }).Output.Count == 18);
        Assert.False(running.IsCompleted);
        gate.Set();
        Assert.True(stop.AsyncWaitHandle.WaitOne(Soon));

        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Equal([.. Enumerable.Range(3, 18).Select(static n => $"{n} 0")], Run("Pop-ConsulMqItem jobs -All | ForEach-Object { \"$($_.Body) $($_.DeliveryCount)\" }"));
    }

    [Fact]
    public async Task Ctrl_C_ends_a_worker_that_has_nothing_to_do_at_once()
    {
        using var shell = Session.CreateShell();
        shell.AddScript("Invoke-ConsulMqWorker jobs { 'never' }");
        var running = shell.BeginInvoke();
        await Eventually.TrueAsync(() => shell.Streams.Progress.Count > 0);

        var watch = Stopwatch.StartNew();
        shell.Stop();

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"It took {watch.Elapsed}.");
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
    }

    [Fact]
    public void A_pipeline_that_ends_early_loses_no_output()
    {
        Run("param($assembly) Import-Module -Assembly $assembly", new Dictionary<string, object> { ["assembly"] = typeof(SelectFirstCommand).Assembly });
        Run("$null = 1..20 | Push-ConsulMqItem jobs");

        Assert.Equal([1, 2, 3], Run("Invoke-ConsulMqWorker jobs { $_.Body } | Select-First 3"));

        Assert.Equal(Enumerable.Range(4, 17).Cast<object>(), Left);
    }

    [Fact]
    public void It_holds_no_more_messages_than_it_works_on_and_as_many_again()
    {
        Run("$null = 1..50 | Push-ConsulMqItem jobs");

        Assert.Equal([46], Run("Invoke-ConsulMqWorker jobs -MaxItems 5 -ThrottleLimit 2 { if ($_.Body -eq 1) { [Threading.Thread]::Sleep(300); @(Get-ConsulMqItem jobs -All).Count } else { [Threading.Thread]::Sleep(1500) } }"));
    }

    [Fact]
    public void A_lease_that_was_lost_while_its_block_ran_is_an_error_and_the_message_comes_again()
    {
        Run("$null = 'x' | Push-ConsulMqItem jobs");

        var result = Session.Run(
            """
            Invoke-ConsulMqWorker jobs -MaxItems 2 {
                "delivery $($_.DeliveryCount)"
                if ($_.DeliveryCount -eq 0) {
                    $null = (Get-ConsulMqConnection).Consul.DestroySessionAsync(($_.ReceiptHandle -split '/')[0], [Threading.CancellationToken]::None).GetAwaiter().GetResult()
                }
            }
            """);

        Assert.Equal(["delivery 0", "delivery 1"], result.Values);
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("LeaseLost,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("jobs/", error.TargetObject.ToString(), StringComparison.Ordinal);
        Assert.Empty(Left);
    }

    [Theory]
    [InlineData("Invoke-ConsulMqWorker a/b { }", "InvalidQueueName")]
    [InlineData("Invoke-ConsulMqWorker jobs { } -Timeout -1", "InvalidTimeout")]
    [InlineData("Invoke-ConsulMqWorker jobs { } -RetryDelay -1", "InvalidRetryDelay")]
    [InlineData("Invoke-ConsulMqWorker jobs { } -GracePeriod -1", "InvalidGracePeriod")]
    [InlineData("Invoke-ConsulMqWorker jobs { } -ThrottleLimit 0", "ParameterArgumentValidationError")]
    [InlineData("Invoke-ConsulMqWorker jobs { } -Connection (Connect-ConsulMq 127.0.0.1:1 -Timeout 0.1)", "ConsulUnreachable")]
    public void What_makes_no_sense_is_refused(string script, string id)
    {
        try
        {
            Assert.StartsWith(id + ",", Fail(script).FullyQualifiedErrorId, StringComparison.Ordinal);
        }
        catch (RuntimeException e)
        {
            Assert.StartsWith(id + ",", e.ErrorRecord.FullyQualifiedErrorId, StringComparison.Ordinal);
        }
    }
}

public sealed class WorkerInMemory() : WorkerTests(InMemory);

public sealed class WorkerOnConsul(ConsulFixture consul) : WorkerTests(To(consul)), IClassFixture<ConsulFixture>;
