using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>How a user gives deduplication IDs, and what comes of it.</summary>
public abstract class DeduplicationCommandTests(string connect) : CommandTests(connect)
{
    [Fact]
    public void Each_item_gives_its_own_ID()
    {
        Run("$items = 1..5 | ForEach-Object { [pscustomobject]@{ Id = $_ % 3; Text = \"t$_\" } }; $global:first = $items | Push-ConsulMqItem jobs -DeduplicationId { $_.Id }; $global:again = $items | Push-ConsulMqItem jobs -DeduplicationId { \"$($_.Id)\" }");

        Assert.Equal([false, false, false, true, true], Run("$first.IsDuplicate"));
        Assert.Equal([true, true, true, true, true], Run("$again.IsDuplicate"));
        Assert.Equal([true], Run("\"$($first.Id)\" -eq \"$($again.Id)\" -and $first[0].Id -eq $first[3].Id"));
        Assert.Equal(["t1", "t2", "t3"], Run("Pop-ConsulMqItem jobs -All | ForEach-Object { $_.Body.Text }"));
    }

    [Fact]
    public void A_property_of_that_name_is_the_ID()
    {
        Assert.Equal([false, true], Run("1, 2 | ForEach-Object { [pscustomobject]@{ DeduplicationId = 'same'; Number = $_ } } | Push-ConsulMqItem jobs | ForEach-Object IsDuplicate"));
    }

    [Fact]
    public void One_ID_for_a_pipeline_lets_the_first_item_in()
    {
        var result = Session.Run("'a', 'b' | Push-ConsulMqItem jobs -DeduplicationId run-17 -Verbose");

        Assert.Equal(2, result.Output.Count);
        var verbose = Assert.Single(result.Verbose, v => v.Contains("already pushed", StringComparison.Ordinal));
        var first = result.Output[0].Properties;
        Assert.Equal($"'run-17' was already pushed as {first["Id"].Value} at {first["CreatedAt"].Value:u}.", verbose);
        Assert.Equal(["a"], Run("Pop-ConsulMqItem jobs -All | ForEach-Object Body"));
    }

    [Fact]
    public void An_item_without_the_ID_it_should_give_is_an_error_and_the_rest_goes_on()
    {
        var result = Session.Run("$ErrorActionPreference = 'Continue'; @{ Id = 'a' }, @{ }, @{ Id = 'x' * 300 }, @{ Id = 'b' } | ForEach-Object { [pscustomobject]$_ } | Push-ConsulMqItem jobs -DeduplicationId { $_.Id } | ForEach-Object { $_.Body.Id }");

        Assert.Equal(["a", "b"], result.Output.Select(o => o.BaseObject));
        Assert.Equal(2, result.Errors.Count);
        Assert.All(result.Errors, e => Assert.Equal("InvalidSetting,ConsulMq.Commands.PushItemCommand", e.FullyQualifiedErrorId));
    }

    [Fact]
    public void An_ID_may_be_of_another_type()
    {
        Assert.Equal([false, false, true, false], Run("1, 2, 1, '3' | Push-ConsulMqItem jobs -DeduplicationId { $_ } | ForEach-Object IsDuplicate"));
        Assert.Equal([false], Run("'no ID' | Push-ConsulMqItem jobs | ForEach-Object IsDuplicate"));
    }
}

public sealed class DeduplicationCommandsInMemory() : DeduplicationCommandTests(InMemory);

public sealed class DeduplicationCommandsOnConsul(ConsulFixture consul) : DeduplicationCommandTests(To(consul)), IClassFixture<ConsulFixture>;
