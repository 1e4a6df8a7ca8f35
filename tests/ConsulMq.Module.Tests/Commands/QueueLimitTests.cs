using System.Management.Automation;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>Limits of a queue that are changed while it is in use, and those that a worker has it watched by.</summary>
public sealed class QueueLimitTests() : CommandTests(InMemory)
{
    [Fact]
    public void A_body_size_that_is_set_holds_for_the_next_push()
    {
        Run("$null = Push-ConsulMqItem jobs ('x' * 2000); Set-ConsulMqQueue jobs -MaxBodySize 1KB");

        Assert.Equal(
            ("MessageTooLarge,ConsulMq.Commands.PushItemCommand", ErrorCategory.LimitsExceeded),
            (Fail("$ErrorActionPreference = 'Continue'; Push-ConsulMqItem jobs ('x' * 2000)") is var error ? error.FullyQualifiedErrorId : "", error.CategoryInfo.Category));
        Assert.Equal([1024L, 2000, 1024], Run("(Get-ConsulMqQueue jobs).MaxBodySize; (Pop-ConsulMqItem jobs).Size; (Push-ConsulMqItem jobs ('x' * 1024)).Size"));
    }

    [Fact]
    public void A_deduplication_window_that_is_set_holds_for_the_next_push()
    {
        Run("$null = New-ConsulMqQueue jobs; Set-ConsulMqQueue jobs -DeduplicationWindow 1s; $null = Push-ConsulMqItem jobs x -DeduplicationId one");

        Assert.Equal([TimeSpan.FromSeconds(1), false], Run("(Get-ConsulMqQueue jobs).DeduplicationWindow; [Threading.Thread]::Sleep(1500); (Push-ConsulMqItem jobs x -DeduplicationId one).IsDuplicate"));
        Assert.Equal([TimeSpan.FromHours(1), true], Run("(Set-ConsulMqQueue jobs -DeduplicationWindow 1h -PassThru).DeduplicationWindow; $null = Push-ConsulMqItem jobs x -DeduplicationId two; (Push-ConsulMqItem jobs x -DeduplicationId two).IsDuplicate"));
    }

    [Fact]
    public void A_worker_s_check_goes_by_the_ages_that_it_is_given()
    {
        Run("$null = 'x' | Push-ConsulMqItem jobs");

        Assert.Equal(["01:00:00 02:00:00"], Run(
            "Invoke-ConsulMqWorker jobs -MaxItems 1 -RegisterCheck -WarningAge 1h -CriticalAge 2h { (Get-ConsulMqConnection).QueueChecks | ForEach-Object { \"$($_.WarningAge) $($_.CriticalAge)\" } }"));
        Assert.Empty(Run("(Get-ConsulMqConnection).QueueChecks"));
    }
}
