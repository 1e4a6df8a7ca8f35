using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>Messages that go from one queue to another.</summary>
public abstract class MoveTests(string connect) : CommandTests(connect)
{
    [Fact]
    public void Dead_letters_are_replayed()
    {
        Run("$null = 1..30 | Push-ConsulMqItem jobs -Tag t; Pop-ConsulMqItem jobs -Lease -Count 30 | Deny-ConsulMqItem -Reason no");

        Assert.Equal(Enumerable.Range(1, 30).Select(static n => $"jobs {n} t 0"), Run("Move-ConsulMqItem jobs.dead -Destination jobs -All | ForEach-Object { \"$($_.Queue) $($_.Body) $($_.Tags) $($_.DeliveryCount)\" }"));

        Assert.Empty(Run("Get-ConsulMqItem jobs.dead"));
        Assert.Equal(Enumerable.Range(1, 30).Cast<object>(), Run("Pop-ConsulMqItem jobs -All | ForEach-Object Body"));
    }

    [Fact]
    public void The_first_ones_or_those_with_an_ID_can_be_moved()
    {
        Run("$pushed = 1..6 | Push-ConsulMqItem a");

        Assert.Equal([1], Run("(Move-ConsulMqItem a b).Body"));
        Assert.Equal([2, 3], Run("(Move-ConsulMqItem a b -Count 2).Body"));
        Assert.Equal([5], Run("(Move-ConsulMqItem a b -Id (Get-ConsulMqItem a -Count 2)[1].Id).Body"));
        Assert.Equal([4, 6, 1, 2, 3, 5], Run("(Get-ConsulMqItem a -All).Body; (Get-ConsulMqItem b -All).Body"));
    }

    [Fact]
    public void What_comes_through_the_pipeline_is_moved_out_of_its_own_queue()
    {
        Run("$null = 1..50 | Push-ConsulMqItem a; $null = 51..53 | Push-ConsulMqItem b");

        var moved = Run("& { Get-ConsulMqItem a -All | Where-Object { $_.Body % 2 }; Pop-ConsulMqItem b -Lease; Get-ConsulMqItem b } | Move-ConsulMqItem -Destination c | ForEach-Object { $_.Body }");

        Assert.Equal([.. Enumerable.Range(0, 25).Select(static n => 2 * n + 1), 51, 52], moved.Order());
        Assert.Equal(moved.Order(), Run("(Pop-ConsulMqItem c -All).Body").Order());
        Assert.Equal([.. Enumerable.Range(1, 25).Select(static n => 2 * n), 53], Run("(Pop-ConsulMqItem a -All).Body; (Pop-ConsulMqItem b -All).Body").Cast<int>());
    }

    [Fact]
    public void Nothing_is_moved_where_one_only_asks()
    {
        Run("$null = 1..3 | Push-ConsulMqItem a");

        Assert.Empty(Run("Move-ConsulMqItem a b -All -WhatIf; Get-ConsulMqItem a | Move-ConsulMqItem -Destination b -WhatIf; Move-ConsulMqItem a b -Id (Get-ConsulMqItem a).Id -WhatIf"));

        Assert.Equal([1, 2, 3], Run("(Get-ConsulMqItem a -All).Body"));
    }

    [Theory]
    [InlineData("Move-ConsulMqItem a a -All", "InvalidDestination")]
    [InlineData("Get-ConsulMqItem a | Move-ConsulMqItem -Destination a", "InvalidDestination")]
    [InlineData("Move-ConsulMqItem a b/c -All", "InvalidQueueName")]
    [InlineData("Move-ConsulMqItem a b -Id ([guid]::NewGuid())", "ItemNotFound")]
    [InlineData("$item = Pop-ConsulMqItem a; $item | Move-ConsulMqItem -Destination b; Push-ConsulMqItem a 1", "ItemNotFound")]
    [InlineData("$item = Pop-ConsulMqItem a -Lease; $item | Undo-ConsulMqItem; $item | Move-ConsulMqItem -Destination b", "LeaseLost")]
    public void What_cannot_be_moved_is_named_and_stays(string script, string id)
    {
        Run("$null = 1 | Push-ConsulMqItem a");

        Assert.StartsWith(id + ",", Fail(script).FullyQualifiedErrorId, StringComparison.Ordinal);

        Assert.Equal([1], Run("(Get-ConsulMqItem a -All).Body"));
    }
}

public sealed class MoveInMemory() : MoveTests(InMemory);

public sealed class MoveOnConsul(ConsulFixture consul) : MoveTests(To(consul)), IClassFixture<ConsulFixture>;
