using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>What the commands do, in this process and on a real Consul alike.</summary>
public abstract class QueueCommandTests(string connect) : CommandTests(connect)
{
    [Fact]
    public void What_is_pushed_is_popped_in_order()
    {
        Assert.Equal(["one", "two", "three"], Run("'one', 'two', 'three' | Push-ConsulMqItem jobs | ForEach-Object Body"));

        Assert.Equal(["one"], Run("(Pop-ConsulMqItem jobs).Body"));
        Assert.Equal(["two", "three"], Run("Pop-ConsulMqItem jobs -Count 5 | ForEach-Object Body"));
    }

    [Fact]
    public void A_push_returns_the_message_that_a_pop_returns()
    {
        var pushed = Run("$p = Push-ConsulMqItem jobs text -Tag a, b -Header @{ Kind = 'x'; n = 1 } -ContentType text/csv -TimeToLive 1h; $p.Id, $p.TtlDeadline");
        var popped = Run("$p = Pop-ConsulMqItem jobs; $p.Id, $p.TtlDeadline");

        Assert.Equal(pushed, popped);
        Assert.Equal(["text/csv", "a b", "x", "1", "jobs", 0],
            Run("Push-ConsulMqItem jobs text -Tag a, b -Header @{ Kind = 'x'; n = 1 } -ContentType text/csv | ForEach-Object { }; $p = Pop-ConsulMqItem jobs; $p.ContentType, \"$($p.Tags)\", $p.Headers['kind'], $p.Headers['N'], $p.Queue, $p.DeliveryCount"));
    }

    [Fact]
    public void An_empty_queue_and_a_missing_one_give_nothing_and_no_error()
    {
        Assert.Empty(Run("Pop-ConsulMqItem nobody; Pop-ConsulMqItem nobody -All; Get-ConsulMqItem nobody; Get-ConsulMqIndex nobody; Pop-ConsulMqItem nobody -Timeout 50ms"));
        Assert.Empty(Run("Get-ConsulMqQueue"));
    }

    [Theory]
    [InlineData("Get-ConsulMqItem")]
    [InlineData("Get-ConsulMqItem -All")]
    [InlineData("Get-ConsulMqIndex")]
    public void Who_looks_into_a_queue_that_is_not_there_is_warned_and_who_looks_into_an_empty_one_is_not(string command)
    {
        Run("$null = 'x' | Push-ConsulMqItem jobs; $null = Pop-ConsulMqItem jobs");

        Assert.Empty(Session.Run($"{command} -Queue jobs").Warnings);
        Assert.Empty(Session.Run($"{command} -Queue jobs.dead").Warnings);
        var result = Session.Run($"{command} -Queue josb");

        Assert.StartsWith("There is no queue 'josb'", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.Empty(result.Errors);
    }

    [Fact]
    public void All_of_a_long_queue_comes_in_order()
    {
        Run("$null = 1..5000 | Push-ConsulMqItem jobs");

        Assert.Equal(Enumerable.Range(1, 5000).Cast<object>(), Run("Pop-ConsulMqItem jobs -All | ForEach-Object Body"));
    }

    [Fact]
    public void Looking_takes_nothing()
    {
        Run("$null = 1..300 | Push-ConsulMqItem jobs");

        Assert.Equal([1], Run("(Get-ConsulMqItem jobs).Body"));
        Assert.Equal([1, 2, 3], Run("Get-ConsulMqItem jobs -Count 3 | ForEach-Object Body"));
        Assert.Equal(300, Run("Get-ConsulMqItem jobs -All").Length);
        Assert.Equal(Enumerable.Range(0, 300).Select(i => (object)(long)i), Run("Get-ConsulMqIndex jobs | ForEach-Object Position"));
        Assert.Equal(Run("Get-ConsulMqIndex jobs | ForEach-Object Id"), Run("Pop-ConsulMqItem jobs -All | ForEach-Object Id"));
    }

    [Theory]
    [InlineData("with spaces")]
    [InlineData("100% #1?&=+")]
    [InlineData("äöü 日本語 😀")]
    [InlineData("[brackets]*")]
    [InlineData("it's \"quoted\"")]
    public void A_queue_s_name_may_be_nearly_anything(string name)
    {
        var named = new Dictionary<string, object> { ["name"] = name };

        Run("param($name) $null = 'x' | Push-ConsulMqItem $name", named);

        Assert.Equal([name], Run("Get-ConsulMqQueue | ForEach-Object Name"));
        Assert.Equal([name], Run("param($name) Get-ConsulMqQueue $name | ForEach-Object Name", named));
        Assert.Equal(["x"], Run("param($name) (Pop-ConsulMqItem $name).Body", named));
    }

    [Fact]
    public void Queues_are_listed_by_name_by_pattern_and_all()
    {
        Run("foreach ($name in 'b', 'ab', 'a') { $null = 'text' | Push-ConsulMqItem $name }");

        Assert.Equal(["a", "ab", "b"], Run("(Get-ConsulMqQueue).Name"));
        Assert.Equal(["a", "ab"], Run("(Get-ConsulMqQueue A*).Name"));
        Assert.Equal(["b", "a"], Run("(Get-ConsulMqQueue b, a).Name"));
        Assert.Empty(Run("Get-ConsulMqQueue x*"));
        Assert.Equal([1L, true, true], Run("$q = Get-ConsulMqQueue a; $q.Depth, ($q.Bytes -gt 10), ($q.OldestAge -ge 0)"));
        Assert.Equal("QueueNotFound,ConsulMq.Commands.GetQueueCommand", Fail("Get-ConsulMqQueue a, nobody").FullyQualifiedErrorId);
    }

    [Fact]
    public void Clearing_empties_a_queue_and_leaves_it()
    {
        Run("$null = 1..7 | Push-ConsulMqItem jobs");

        Assert.Empty(Run("Clear-ConsulMq jobs -WhatIf"));
        Assert.Equal([7L], Run("(Get-ConsulMqQueue jobs).Depth"));
        Assert.Equal([7L], Run("Clear-ConsulMq jobs -PassThru -Confirm:$false"));
        Assert.Empty(Run("Clear-ConsulMq jobs -Confirm:$false"));
        Assert.Equal([0L], Run("(Get-ConsulMqQueue jobs).Depth"));
        Assert.Equal("QueueNotFound,ConsulMq.Commands.ClearCommand", Fail("Clear-ConsulMq nobody -Confirm:$false").FullyQualifiedErrorId);
    }

    [Fact]
    public void Removing_takes_queues_from_the_pipeline_and_goes_on_behind_an_error()
    {
        Run("foreach ($name in 'a', 'b', 'c') { $null = 'text' | Push-ConsulMqItem $name }");

        Run("Get-ConsulMqQueue | Remove-ConsulMqQueue -WhatIf");
        Assert.Equal(["a", "b", "c"], Run("(Get-ConsulMqQueue).Name"));

        var error = Fail("'a', 'nobody', 'b' | Remove-ConsulMqQueue -Confirm:$false");
        Assert.Equal("QueueNotFound,ConsulMq.Commands.RemoveQueueCommand", error.FullyQualifiedErrorId);
        Assert.Equal("nobody", error.TargetObject);
        Assert.Equal(["c"], Run("(Get-ConsulMqQueue).Name"));
        Run("Get-ConsulMqQueue | Remove-ConsulMqQueue -Confirm:$false");
        Assert.Empty(Run("Get-ConsulMqQueue"));
    }

    [Fact]
    public void An_expired_message_is_never_returned()
    {
        Run("$null = Push-ConsulMqItem jobs old -TimeToLive 1ms; $null = Push-ConsulMqItem jobs new -TimeToLive 1h");

        Assert.Equal(["new"], Run("[Threading.Thread]::Sleep(20); Pop-ConsulMqItem jobs -All | ForEach-Object Body"));
    }

    [Fact]
    public void A_message_goes_on_to_another_queue_as_it_is()
    {
        Run("$null = @{ a = 1 } | Push-ConsulMqItem first -Tag t -Header @{ h = 'v' }; $null = ,[byte[]](1, 2) | Push-ConsulMqItem first -ContentType image/png");

        Run("$null = Pop-ConsulMqItem first -All | Push-ConsulMqItem second");

        Assert.Equal([1, "t", "v", "application/json"], Run("$m = Pop-ConsulMqItem second; $m.Body.a, $m.Tags[0], $m.Headers['h'], $m.ContentType"));
        Assert.Equal(["1 2", "image/png"], Run("$m = Pop-ConsulMqItem second; \"$($m.Body)\", $m.ContentType"));
    }
}

public sealed class QueueCommandsInMemory() : QueueCommandTests(InMemory);

public sealed class QueueCommandsOnConsul(ConsulFixture consul) : QueueCommandTests(To(consul)), IClassFixture<ConsulFixture>;
