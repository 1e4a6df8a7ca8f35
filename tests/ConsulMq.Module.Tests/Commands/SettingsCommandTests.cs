using System.Diagnostics;
using System.Management.Automation;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>What the commands do with the settings of queues, in this process and on a real Consul alike.</summary>
public abstract class SettingsCommandTests(string connect) : CommandTests(connect)
{
    [Fact]
    public void A_queue_is_created_with_settings_and_shows_them()
    {
        Assert.Equal(["jobs", 0L, TimeSpan.FromDays(7), 3, 100L, true, true, TimeSpan.FromHours(1), 1024L * 1024],
            Run("New-ConsulMqQueue jobs -TimeToLive 7d -MaxDeliveries 3 -MaxDepth 100 -StrictOrder -DeadLetterExpired -DeduplicationWindow 1h -MaxBodySize 1MB | "
                + "ForEach-Object { $_.Name, $_.Depth, $_.TimeToLive, $_.MaxDeliveries, $_.MaxDepth, $_.StrictOrder, $_.DeadLetterExpired, $_.DeduplicationWindow, $_.MaxBodySize }"));
        Assert.Equal([null!, 5, null!, false, false, TimeSpan.FromMinutes(5), 64L * 1024 * 1024],
            Run("$null = New-ConsulMqQueue plain; Get-ConsulMqQueue plain | ForEach-Object { $_.TimeToLive, $_.MaxDeliveries, $_.MaxDepth, $_.StrictOrder, $_.DeadLetterExpired, $_.DeduplicationWindow, $_.MaxBodySize }"));

        var error = Fail("New-ConsulMqQueue jobs");
        Assert.Equal("QueueExists,ConsulMq.Commands.NewQueueCommand", error.FullyQualifiedErrorId);
        Assert.Equal((ErrorCategory.ResourceExists, "jobs"), (error.CategoryInfo.Category, error.TargetObject));
    }

    [Fact]
    public void Setting_changes_what_is_given_and_can_take_it_back()
    {
        Run("$null = New-ConsulMqQueue jobs -TimeToLive 7d -MaxDepth 100 -StrictOrder -DeadLetterExpired");

        Assert.Empty(Run("Set-ConsulMqQueue jobs -MaxDeliveries 0"));
        Assert.Equal([TimeSpan.FromDays(7), 0, 100L, true], Run("Get-ConsulMqQueue jobs | ForEach-Object { $_.TimeToLive, $_.MaxDeliveries, $_.MaxDepth, $_.StrictOrder }"));
        Assert.Empty(Run("Set-ConsulMqQueue jobs -StrictOrder:$false -MaxDepth 1 -WhatIf"));
        Assert.Equal([null!, null!, false, true], Run("Set-ConsulMqQueue jobs -DefaultTimeToLive $null -MaxDepth $null -StrictOrder:$false -PassThru | ForEach-Object { $_.TimeToLive, $_.MaxDepth, $_.StrictOrder, $_.DeadLetterExpired }"));
        Assert.Equal([TimeSpan.FromHours(1), 5L], Run("Set-ConsulMqQueue jobs -Ttl 1h -MaxDepth 5 -PassThru | ForEach-Object { $_.TimeToLive, $_.MaxDepth }"));
        Assert.Equal([null!, null!, false], Run("Set-ConsulMqQueue jobs -TimeToLive 0 -MaxDepth 0 -DeadLetterExpired:$false -PassThru | ForEach-Object { $_.TimeToLive, $_.MaxDepth, $_.DeadLetterExpired }"));
    }

    [Fact]
    public void Setting_takes_queues_from_the_pipeline_and_goes_on_behind_an_error()
    {
        Run("$null = 'a', 'b' | New-ConsulMqQueue");

        Assert.Equal([9, 9], Run("Get-ConsulMqQueue | Set-ConsulMqQueue -MaxDeliveries 9 -PassThru | ForEach-Object MaxDeliveries"));
        var error = Fail("'a', 'nobody', 'b' | Set-ConsulMqQueue -MaxDeliveries 8");
        Assert.Equal(("QueueNotFound,ConsulMq.Commands.SetQueueCommand", "nobody"), (error.FullyQualifiedErrorId, error.TargetObject));
        Assert.Equal([8, 8], Run("(Get-ConsulMqQueue).MaxDeliveries"));
    }

    [Theory]
    [InlineData("-MaxDeliveries 1001", "not 1001")]
    [InlineData("-MaxDeliveries -1", "not -1")]
    [InlineData("-MaxDepth -1", "not -1")]
    [InlineData("-TimeToLive ([timespan]-1)", "not -00:00:00.0000001")]
    [InlineData("-DeduplicationWindow 8d", "not 8.00:00:00")]
    [InlineData("-DeduplicationWindow 0", "not 00:00:00")]
    [InlineData("-MaxBodySize 2GB", "not 2147483648")]
    public void What_is_out_of_its_range_is_an_error_that_names_it(string setting, string value)
    {
        var error = Fail($"New-ConsulMqQueue jobs {setting}");

        Assert.Equal(("InvalidSetting,ConsulMq.Commands.NewQueueCommand", ErrorCategory.InvalidArgument), (error.FullyQualifiedErrorId, error.CategoryInfo.Category));
        Assert.Contains($", {value}. Nothing was changed.", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(Run("Get-ConsulMqQueue"));
    }

    [Theory]
    [InlineData("''")]
    [InlineData("' '")]
    [InlineData("'10k'")]
    public void What_is_no_number_leaves_the_limit_as_it_is(string depth)
    {
        Run("$null = New-ConsulMqQueue jobs -MaxDepth '7'");

        var result = Session.Run($"$ErrorActionPreference = 'Continue'; Set-ConsulMqQueue jobs -MaxDepth {depth}");

        Assert.StartsWith("ParameterArgumentTransformationError,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal([7L], Run("(Get-ConsulMqQueue jobs).MaxDepth"));
    }

    [Fact]
    public void Messages_get_the_queue_s_time_to_live()
    {
        Run("$null = New-ConsulMqQueue jobs -TimeToLive 2h");

        Assert.Equal([7200d, 60d], Run("'a' | Push-ConsulMqItem jobs | ForEach-Object { ($_.TtlDeadline - $_.CreatedAt).TotalSeconds }; Push-ConsulMqItem jobs b -TimeToLive 1m | ForEach-Object { ($_.TtlDeadline - $_.CreatedAt).TotalSeconds }"));
    }

    [Fact]
    public void A_full_queue_refuses_each_item_as_its_own_error()
    {
        var result = Session.Run("$ErrorActionPreference = 'Continue'; $null = New-ConsulMqQueue jobs -MaxDepth 3; 1..5 | Push-ConsulMqItem jobs | ForEach-Object Body");

        Assert.Equal([1, 2, 3], result.Output.Select(o => o.BaseObject));
        Assert.All(result.Errors, e => Assert.Equal(("QueueFull,ConsulMq.Commands.PushItemCommand", ErrorCategory.LimitsExceeded), (e.FullyQualifiedErrorId, e.CategoryInfo.Category)));
        Assert.Equal([4, 5], result.Errors.Select(e => ((PSObject)e.TargetObject).BaseObject));
        Assert.Contains("-Wait", result.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal([1, 4], Run("(Pop-ConsulMqItem jobs).Body; 4 | Push-ConsulMqItem jobs | ForEach-Object Body"));
    }

    [Fact]
    public async Task A_push_that_waits_goes_on_when_there_is_room_and_tells_at_once()
    {
        Run("$null = New-ConsulMqQueue jobs -MaxDepth 2");
        var connection = Assert.Single(Run("Get-ConsulMqConnection"));
        using var shell = Session.CreateShell();
        shell.AddScript("1..5 | Push-ConsulMqItem jobs -Wait | ForEach-Object Body");
        var output = new PSDataCollection<PSObject>();
        var running = shell.BeginInvoke<PSObject, PSObject>(null, output);
        await Eventually.TrueAsync(() => output.Count == 2);

        using var other = new ModuleRunspace();
        var taken = other.Run("param($c) Pop-ConsulMqItem jobs -Count 5 -Wait -Timeout 30s -Connection $c | ForEach-Object Body", new Dictionary<string, object> { ["c"] = connection });
        shell.EndInvoke(running);

        Assert.Equal([1, 2, 3, 4, 5], taken.Output.Select(o => o.BaseObject));
        Assert.Equal([1, 2, 3, 4, 5], output.Select(o => o.BaseObject));
        Assert.Empty(shell.Streams.Error);
    }

    [Fact]
    public void A_push_that_waits_gives_up_when_its_time_is_over()
    {
        Run("$null = New-ConsulMqQueue jobs -MaxDepth 1");
        var watch = Stopwatch.StartNew();
        var result = Session.Run("$ErrorActionPreference = 'Continue'; 1..3 | Push-ConsulMqItem jobs -Timeout 0.3 | ForEach-Object Body");

        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.3), TimeSpan.FromSeconds(10));
        Assert.Equal([1], result.Output.Select(o => o.BaseObject));
        Assert.Equal(2, result.Errors.Count(e => e.FullyQualifiedErrorId == "QueueFull,ConsulMq.Commands.PushItemCommand"));
        Assert.Contains("it may hold 1 message, and no room came within 0.3 s.", result.Errors[0].Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_ends_a_push_that_waits_at_once()
    {
        Run("$null = New-ConsulMqQueue jobs -MaxDepth 1");
        using var shell = Session.CreateShell();
        shell.AddScript("1..3 | Push-ConsulMqItem jobs -Wait | ForEach-Object Body");
        var output = new PSDataCollection<PSObject>();
        var running = shell.BeginInvoke<PSObject, PSObject>(null, output);
        await Eventually.TrueAsync(() => output.Count == 1);

        var watch = Stopwatch.StartNew();
        shell.Stop();

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"It took {watch.Elapsed}.");
        await Eventually.TrueAsync(() => running.IsCompleted);
        Assert.Equal([1], Run("Pop-ConsulMqItem jobs -All | ForEach-Object Body"));
        Assert.Empty(Run("Pop-ConsulMqItem jobs -Timeout 200ms"));
    }
}

public sealed class SettingsCommandsInMemory() : SettingsCommandTests(InMemory);

public sealed class SettingsCommandsOnConsul(ConsulFixture consul) : SettingsCommandTests(To(consul)), IClassFixture<ConsulFixture>;
