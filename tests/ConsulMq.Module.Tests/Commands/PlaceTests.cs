using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>Both ends of a queue and its middle.</summary>
public abstract class PlaceTests(string connect) : CommandTests(connect)
{
    [Fact]
    public void Pushes_go_to_the_front_and_to_a_position_as_a_block()
    {
        Run("$null = 1..4 | Push-ConsulMqItem jobs");

        Assert.Equal([11, 12, 13], Run("(11..13 | Push-ConsulMqItem jobs -First).Body"));
        Run("$null = 21, 22 | Push-ConsulMqItem jobs -Position 4; $null = Push-ConsulMqItem jobs 0 -First; $null = Push-ConsulMqItem jobs 99 -Position 10");

        Assert.Equal([0, 11, 12, 13, 1, 21, 22, 2, 3, 4, 99], Run("(Get-ConsulMqItem jobs -All).Body"));
    }

    [Fact]
    public void Looks_and_pops_take_the_same_messages()
    {
        Run("$null = 1..20 | Push-ConsulMqItem jobs");

        Assert.Equal([20], Run("(Get-ConsulMqItem jobs -Last).Body; $null = Pop-ConsulMqItem jobs -Last"));
        Assert.Equal([19, 18, 17, 19, 18, 17], Run("(Get-ConsulMqItem jobs -Last -Count 3).Body; (Pop-ConsulMqItem jobs -Last -Count 3).Body"));
        Assert.Equal([4, 4], Run("(Get-ConsulMqItem jobs -Position 3).Body; (Pop-ConsulMqItem jobs -Position 3).Body"));
        Assert.Equal([5, 6, 5, 6], Run("(Get-ConsulMqItem jobs -Position 3 -Count 2).Body; (Pop-ConsulMqItem jobs -Position 3 -Count 2).Body"));
        Assert.Equal([9, 8, 9, 8], Run("$ids = (Get-ConsulMqItem jobs -All | Where-Object Body -in 8, 9).Id; (Get-ConsulMqItem jobs -Id $ids[1], $ids[0]).Body; (Pop-ConsulMqItem jobs -Id $ids[1], $ids[0]).Body"));
        Assert.Equal([1, 2, 3, 7, .. Enumerable.Range(10, 7)], Run("(Pop-ConsulMqItem jobs -All).Body"));
        Assert.Empty(Run("Get-ConsulMqItem jobs -Last; Pop-ConsulMqItem jobs -Last; Pop-ConsulMqItem jobs -Last -Count 5"));
    }

    [Fact]
    public void What_was_chosen_can_be_leased()
    {
        Run("$null = 1..5 | Push-ConsulMqItem jobs");

        Assert.Equal([5, 2, 3], Run("$global:items = & { Pop-ConsulMqItem jobs -Last -Lease; Pop-ConsulMqItem jobs -Position 1 -Count 2 -LeaseDuration 30s }; $global:items.Body"));
        Assert.Equal([1, 4], Run("(Get-ConsulMqItem jobs -All).Body"));

        Run("$global:items[0] | Complete-ConsulMqItem; $global:items[1..2] | Undo-ConsulMqItem");

        Assert.Equal([1, 2, 3, 4], Run("(Pop-ConsulMqItem jobs -All).Body"));
    }

    [Fact]
    public void What_somebody_saw_is_taken_out_of_its_own_queue()
    {
        Run("$null = 1..6 | Push-ConsulMqItem a; $null = 7..9 | Push-ConsulMqItem b");

        Assert.Equal([2, 4, 6, 8], Run("(& { Get-ConsulMqItem a -All; Get-ConsulMqItem b -All } | Where-Object { $_.Body % 2 -eq 0 } | Pop-ConsulMqItem).Body"));
        Assert.Equal([3], Run("(Get-ConsulMqIndex a | Where-Object Position -eq 1 | Pop-ConsulMqItem).Body"));
        Assert.Equal([1, 5, 7, 9], Run("(Get-ConsulMqItem a -All).Body; (Get-ConsulMqItem b -All).Body"));
    }

    /// <summary>Not the next message of that queue, as PowerShell would have it that finds a queue's name before it finds an ID.</summary>
    [Theory]
    [InlineData("[pscustomobject] @{ Queue = $_.Queue; Id = $_.Id }")]
    [InlineData("[pscustomobject] @{ Queue = $_.Queue; Id = [string] $_.Id }")]
    [InlineData("$_")]
    public void An_object_with_a_queue_and_an_id_is_that_message(string item)
    {
        Run("$null = 1..5 | Push-ConsulMqItem jobs");

        Assert.Equal([3], Run($"(Get-ConsulMqItem jobs -All | Where-Object Body -eq 3 | ForEach-Object {{ {item} }} | Pop-ConsulMqItem).Body"));
        Assert.Equal([4], Run($"(Get-ConsulMqItem jobs -All | Where-Object Body -eq 4 | ForEach-Object {{ {item} }} | Pop-ConsulMqItem jobs).Body"));
        Assert.Equal([1, 2, 5], Run("(Get-ConsulMqItem jobs -All).Body"));
    }

    [Fact]
    public void What_was_not_passed_on_is_in_its_place_again()
    {
        Run("$null = 1..30 | Push-ConsulMqItem jobs");

        Assert.Equal([11], Run("Pop-ConsulMqItem jobs -Position 10 -Count 20 | ForEach-Object { $_.Body; break }"));

        Assert.Equal([.. Enumerable.Range(1, 10), .. Enumerable.Range(12, 19)], Run("(Get-ConsulMqItem jobs -All).Body").Cast<int>());
    }

    [Theory]
    [InlineData("Pop-ConsulMqItem jobs -Position 3", "PositionOutOfRange")]
    [InlineData("Pop-ConsulMqItem jobs -Position -1", "PositionOutOfRange")]
    [InlineData("Get-ConsulMqItem jobs -Position 3", "PositionOutOfRange")]
    [InlineData("Get-ConsulMqItem jobs -Position -2", "PositionOutOfRange")]
    [InlineData("Push-ConsulMqItem jobs x -Position 4", "PositionOutOfRange")]
    [InlineData("Push-ConsulMqItem jobs x -Position -1", "PositionOutOfRange")]
    [InlineData("Pop-ConsulMqItem nowhere -Position 0", "PositionOutOfRange")]
    [InlineData("Push-ConsulMqItem nowhere x -Position 1", "PositionOutOfRange")]
    [InlineData("Push-ConsulMqItem jobs x -First -Position 1", "PlaceConflict")]
    [InlineData("Push-ConsulMqItem jobs x -First -Delay 5", "PlaceConflict")]
    [InlineData("Push-ConsulMqItem jobs x -Position 1 -NotBefore 2100-01-01", "PlaceConflict")]
    [InlineData("Pop-ConsulMqItem jobs -Id ([guid]::NewGuid())", "ItemNotFound")]
    [InlineData("Pop-ConsulMqItem jobs -Id ([guid]::NewGuid()) -Count 2", "PlaceConflict")]
    [InlineData("Pop-ConsulMqItem jobs -Id ([guid]::NewGuid()) -Wait", "PlaceConflict")]
    [InlineData("Pop-ConsulMqItem jobs -Id ([guid]::NewGuid()) -Timeout 1s", "PlaceConflict")]
    [InlineData("Get-ConsulMqItem jobs -Id ([guid]::NewGuid())", "ItemNotFound")]
    [InlineData("Remove-ConsulMqItem jobs ([guid]::NewGuid())", "ItemNotFound")]
    [InlineData("$item = Get-ConsulMqItem jobs; $item.Id | Out-Null; $null = Pop-ConsulMqItem jobs; $item | Pop-ConsulMqItem; $null = Push-ConsulMqItem jobs 1 -First", "ItemNotFound")]
    public void What_is_not_there_is_named_and_nothing_else_is_touched(string script, string id)
    {
        Run("$null = 1..3 | Push-ConsulMqItem jobs; $ErrorActionPreference = 'Continue'");

        Assert.StartsWith(id + ",", Fail(script.Replace("$item.Id | Out-Null; ", "", StringComparison.Ordinal)).FullyQualifiedErrorId, StringComparison.Ordinal);

        Assert.Equal([1, 2, 3], Run("(Get-ConsulMqItem jobs -All).Body"));
    }

    [Fact]
    public void Of_several_IDs_those_that_are_there_are_taken()
    {
        Run("$null = 1..3 | Push-ConsulMqItem jobs");

        var result = Session.Run("$ErrorActionPreference = 'Continue'; (Pop-ConsulMqItem jobs -Id ([guid]::NewGuid()), (Get-ConsulMqItem jobs -Last).Id, ([guid]::NewGuid())).Body");

        Assert.Equal([3], result.Output.Select(static o => o.BaseObject));
        Assert.Equal(2, result.Errors.Count);
    }

    [Fact]
    public void Single_messages_are_removed()
    {
        Run("$null = 1..10 | Push-ConsulMqItem jobs");

        Run("Get-ConsulMqItem jobs -All | Where-Object { $_.Body -gt 4 } | Remove-ConsulMqItem -WhatIf; Remove-ConsulMqItem jobs (Get-ConsulMqItem jobs).Id -WhatIf");
        Assert.Equal(10, Run("Get-ConsulMqItem jobs -All").Length);

        Assert.Empty(Run("Get-ConsulMqItem jobs -All | Where-Object { $_.Body -gt 4 } | Remove-ConsulMqItem; Remove-ConsulMqItem jobs (Get-ConsulMqItem jobs).Id"));
        Assert.Equal([2, 3, 4], Run("(Get-ConsulMqItem jobs -All).Body"));
    }

    [Fact]
    public void A_file_is_made_of_a_chosen_message()
    {
        var folder = Directory.CreateTempSubdirectory("consulmq-test-");
        try
        {
            Run("$null = 'a', 'b', 'c' | Push-ConsulMqItem jobs");
            Run($"$null = Pop-ConsulMqItem jobs -Last -OutFile '{folder.FullName}/one'; $null = Pop-ConsulMqItem jobs -Position 0 -Count 2 -OutFile '{folder.FullName}'");
            Assert.Equal("c", File.ReadAllText(Path.Combine(folder.FullName, "one")));
            Assert.Equal(["a", "b", "c"], folder.GetFiles().Select(static file => File.ReadAllText(file.FullName)).Order());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

public sealed class PlacesInMemory() : PlaceTests(InMemory);

public sealed class PlacesOnConsul(ConsulFixture consul) : PlaceTests(To(consul)), IClassFixture<ConsulFixture>;
