using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>What is a failure of a script block, and what becomes of its message.</summary>
public abstract class WorkerFailureTests(string connect) : CommandTests(connect)
{
    private object[] Left => Run("Pop-ConsulMqItem jobs -All | ForEach-Object Body");

    [Theory]
    [InlineData("throw 'no'")]
    [InlineData("[IO.File]::ReadAllText('/no/such/file')")]
    [InlineData("[int] 'x'")]
    [InlineData("1 / 0")]
    [InlineData("$null.Foo()")]
    [InlineData("No-SuchCommand")]
    [InlineData("function f { 1 / 0; 'on in f' }; f")]
    [InlineData("1 / 0", "-ErrorAction SilentlyContinue")]
    public void Whatever_is_thrown_in_a_block_makes_its_message_fail(string statement, string options = "")
    {
        Run("$null = 'x' | Push-ConsulMqItem jobs; Set-ConsulMqQueue jobs -MaxDeliveries 1");

        var result = Session.Run($"Invoke-ConsulMqWorker jobs -MaxItems 1 {options} {{ {statement}; 'went on' }}");

        Assert.Empty(result.Output);
        Assert.Equal(["x"], Run("Pop-ConsulMqItem jobs.dead | ForEach-Object Body"));
        Assert.Empty(Left);
    }

    [Fact]
    public void What_a_command_only_writes_as_an_error_does_not_make_its_message_fail_and_says_how_it_would()
    {
        Run("$null = 'x' | Push-ConsulMqItem jobs; Set-ConsulMqQueue jobs -MaxDeliveries 1");

        var result = Session.Run("Invoke-ConsulMqWorker jobs -MaxItems 1 { Remove-Module no-such-module; 'went on' }");

        Assert.Equal(["went on"], result.Output.Select(static o => o.BaseObject));
        Assert.Contains("-ErrorAction Stop", Assert.Single(result.Errors).ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(Run("Pop-ConsulMqItem jobs.dead"));
        Assert.Empty(Left);
    }

    [Theory]
    [InlineData("Complete-ConsulMqItem", "", "")]
    [InlineData("Deny-ConsulMqItem -Reason 'not ours'", "", "x")]
    [InlineData("Undo-ConsulMqItem", "x", "")]
    [InlineData("Undo-ConsulMqItem -Delay 1h", "", "")]
    [InlineData("Move-ConsulMqItem jobs.dead", "", "x")]
    public void A_block_may_settle_its_message_itself(string command, string left, string dead)
    {
        Run("$null = 'x' | Push-ConsulMqItem jobs");

        Assert.Equal(["went on"], Run($"Invoke-ConsulMqWorker jobs -MaxItems 1 {{ $null = $_ | {command}; 'went on' }}"));

        Assert.Equal(left, string.Concat(Left));
        Assert.Equal(dead, string.Concat(Run("Pop-ConsulMqItem jobs.dead | ForEach-Object Body")));
    }

    [Fact]
    public void What_is_thrown_after_a_block_has_settled_its_message_changes_nothing_of_that()
    {
        Run("$null = 'x' | Push-ConsulMqItem jobs");

        var error = Fail("$ErrorActionPreference = 'Continue'; Invoke-ConsulMqWorker jobs -MaxItems 1 { $_ | Complete-ConsulMqItem; throw 'too late' }");

        Assert.StartsWith("ItemFailed,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("had settled it before", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(Left);
    }

    [Fact]
    public void A_message_that_fails_comes_back_until_it_is_a_dead_letter_with_the_error_as_the_reason()
    {
        Run("$null = 'good', 'poison' | Push-ConsulMqItem jobs");

        var result = Session.Run("Invoke-ConsulMqWorker jobs -StopWhenEmpty -RetryDelay 0.01 { if ($_.Body -eq 'poison') { \"attempt $($_.DeliveryCount + 1)\"; throw 'cannot digest' } }");

        Assert.Equal(["attempt 1", "attempt 2", "attempt 3", "attempt 4", "attempt 5"], result.Values);
        Assert.Equal(5, result.Errors.Count);
        Assert.All(result.Errors, static error => Assert.StartsWith("ItemFailed,", error.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.Contains("cannot digest", result.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Contains("jobs.dead", result.Errors[4].ToString(), StringComparison.Ordinal);
        Assert.Empty(Left);
        var dead = Run("$dead = Pop-ConsulMqItem jobs.dead; $dead.Body; $dead.Headers['consulmq-dead-deliveries']; $dead.Headers['consulmq-dead-reason']");
        Assert.Equal(["poison", "5"], dead[..2]);
        Assert.StartsWith("cannot digest", (string)dead[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Invoke-ConsulMqWorker jobs -StopWhenEmpty -RetryDelay 0.01 -ErrorAction Stop -ErrorVariable errors")]
    [InlineData("$ErrorActionPreference = 'Stop'; Invoke-ConsulMqWorker jobs -StopWhenEmpty -RetryDelay 0.01 -ErrorVariable errors")]
    public void Where_errors_are_to_stop_they_make_the_message_fail_and_not_the_worker(string worker)
    {
        Run("$null = 'bad', 'good' | Push-ConsulMqItem jobs");

        var result = Session.Run(worker + " { if ($_.Body -eq 'bad') { Import-Module /no/such/module }; $_.Body }; $errors.Count");

        Assert.Equal(["good", 5], result.Values);
        Assert.Equal(5, result.Errors.Count);
        Assert.Equal(["bad"], Run("(Pop-ConsulMqItem jobs.dead).Body"));
    }

    [Theory]
    [InlineData("exit", true)]
    [InlineData("exit 0", true)]
    [InlineData("exit 3", false)]
    [InlineData("break", true)]
    [InlineData("continue", true)]
    [InlineData("break outer", true)]
    [InlineData("return", true)]
    [InlineData("throw 'x'", false)]
    public void The_end_of_a_block_is_not_the_end_of_the_worker(string end, bool succeeds)
    {
        Run("$null = 'first', 'second' | Push-ConsulMqItem jobs");

        var result = Session.Run($"Invoke-ConsulMqWorker jobs -MaxItems 2 -RetryDelay 1h {{ $_.Body; if ($_.Body -eq 'first') {{ {end}; 'not here' }} }}; 'after'");

        Assert.Equal(["first", "second", "after"], result.Values);
        Assert.Equal(succeeds ? 0 : 1, result.Errors.Count);
    }
}

public sealed class WorkerFailureInMemory() : WorkerFailureTests(InMemory);

public sealed class WorkerFailureOnConsul(ConsulFixture consul) : WorkerFailureTests(To(consul)), IClassFixture<ConsulFixture>;
