using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>What is pushed for later.</summary>
public abstract class DelayTests(string connect) : CommandTests(connect)
{
    [Fact]
    public void A_delayed_message_wakes_whoever_waits_when_it_is_due()
    {
        var pushed = Run("$pushed = 'later' | Push-ConsulMqItem jobs -Delay 400ms; $pushed.NotBefore -gt $pushed.CreatedAt; Pop-ConsulMqItem jobs");
        Assert.Equal([true], pushed);

        Assert.Equal(["later", true], Run("(Pop-ConsulMqItem jobs -Timeout 30s).Body; [datetimeoffset]::UtcNow -ge $pushed.NotBefore"));
    }

    [Theory]
    [InlineData("30", 30)]
    [InlineData("5m", 300)]
    [InlineData("([timespan]'01:00')", 3600)]
    public void A_delay_is_a_time_span(string delay, int seconds)
    {
        var after = (double)Run($"$m = Push-ConsulMqItem jobs x -Delay {delay}; ($m.NotBefore - $m.CreatedAt).TotalSeconds")[0];

        Assert.InRange(after, seconds, seconds + 1);
    }

    [Fact]
    public void A_moment_without_a_time_zone_is_local_time()
    {
        Assert.Equal([true, true, true], Run("""
            $time = [datetime]::Today.AddDays(2).AddHours(8)
            (Push-ConsulMqItem jobs x -NotBefore $time).NotBefore -eq [datetimeoffset]$time.ToUniversalTime()
            (Push-ConsulMqItem jobs x -NotBefore $time.ToString('yyyy-MM-dd HH:mm')).NotBefore -eq [datetimeoffset]$time.ToUniversalTime()
            (Push-ConsulMqItem jobs x -NotBefore ([datetimeoffset]::UtcNow.AddDays(1))).NotBefore -gt [datetimeoffset]::UtcNow
            """));
    }

    [Fact]
    public void A_moment_that_has_just_passed_is_now()
    {
        Assert.Equal([true, "x"], Run("$null -eq (Push-ConsulMqItem jobs x -NotBefore ([datetime]::Now)).NotBefore; (Pop-ConsulMqItem jobs).Body"));
        Assert.Equal([true, "y"], Run("$null -eq (Push-ConsulMqItem jobs y -Delay 0).NotBefore; (Pop-ConsulMqItem jobs).Body"));
    }

    [Fact]
    public void A_pipeline_s_items_come_in_their_order()
    {
        Run("$null = 1..500 | Push-ConsulMqItem jobs -NotBefore ([datetimeoffset]::UtcNow.AddSeconds(2))");

        Assert.Equal(Enumerable.Range(1, 500).Cast<object>(), Run("Pop-ConsulMqItem jobs -Count 500 -Timeout 60s | ForEach-Object Body"));
    }

    [Fact]
    public void A_queue_shows_what_is_scheduled_and_in_flight()
    {
        Run("$null = 1..3 | Push-ConsulMqItem jobs; $null = 1..2 | Push-ConsulMqItem jobs -Delay 1h; $leased = Pop-ConsulMqItem jobs -Lease");

        Assert.Equal([2L, 1L, 2L], Run("$q = Get-ConsulMqQueue jobs; $q.Depth, $q.InFlight, $q.Scheduled"));
        Assert.Equal([0L], Run("Clear-ConsulMq jobs -Confirm:$false; (Get-ConsulMqQueue jobs).Scheduled"));
    }
}

public sealed class DelaysInMemory() : DelayTests(InMemory);

public sealed class DelaysOnConsul(ConsulFixture consul) : DelayTests(To(consul)), IClassFixture<ConsulFixture>;
