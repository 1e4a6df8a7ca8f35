using System.Management.Automation;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>What is asked before something is destroyed: about which thing, and by whom.</summary>
public sealed class QuestionTests() : CommandTests(InMemory)
{
    [Theory]
    [InlineData("Clear-ConsulMq jobs", "queue 'jobs' at in-memory (consulmq): 2 ready, 1 in flight")]
    [InlineData("Remove-ConsulMqQueue jobs", "queue 'jobs' at in-memory (consulmq): 2 ready, 1 in flight")]
    [InlineData("Remove-ConsulMqQueue j*", "queue 'jobs' at in-memory (consulmq): 2 ready, 1 in flight")]
    [InlineData("Get-ConsulMqItem jobs | Remove-ConsulMqItem", "ID in queue 'jobs' at in-memory (consulmq): two")]
    [InlineData("Remove-ConsulMqItem jobs (Get-ConsulMqItem jobs).Id", "ID in queue 'jobs' at in-memory (consulmq)")]
    [InlineData("Get-ConsulMqItem jobs | Move-ConsulMqItem other", "Move to queue 'other'")]
    [InlineData("Move-ConsulMqItem jobs other -All", "Move all messages to queue 'other'")]
    [InlineData("Find-ConsulMqItem jobs -State InFlight | Complete-ConsulMqItem", "in queue 'jobs' at in-memory (consulmq): one")]
    [InlineData("Find-ConsulMqItem jobs -State InFlight | Undo-ConsulMqItem", "Give back")]
    [InlineData("Find-ConsulMqItem jobs -State InFlight | Deny-ConsulMqItem", "Make a dead letter")]
    [InlineData("Export-ConsulMqQueue jobs none.jsonl", "queue 'jobs' at in-memory (consulmq): 2 ready, 1 in flight, to the file '")]
    [InlineData("Unregister-ConsulMqQueueCheck jobs", "check of queue 'jobs' at in-memory (consulmq)")]
    public async Task What_if_names_the_thing_and_does_nothing(string command, string text)
    {
        using var process = ScriptHostProcess.Start(
            "Import-Module ConsulMq; $null = Connect-ConsulMq -InMemory; $null = 'one', 'two', 'three' | Push-ConsulMqItem jobs; $null = Pop-ConsulMqItem jobs -Lease; $null = Register-ConsulMqQueueCheck jobs -WarningDepth 9; "
            + command + " -WhatIf; $q = Get-ConsulMqQueue jobs; [Console]::WriteLine(\"$($q.Depth) $($q.InFlight) $((Get-ConsulMqConnection).QueueChecks.Count)\")");

        var output = await process.StandardOutput.ReadToEndAsync();

        Assert.Contains("What if:", output, StringComparison.Ordinal);
        Assert.Contains(text, System.Text.RegularExpressions.Regex.Replace(output.ReplaceLineEndings(" "), "message [0-9a-f-]{36}", "ID"), StringComparison.Ordinal);
        Assert.EndsWith("2 1 1", output.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_removes_a_queue_asks_by_itself_and_nothing_else_does()
    {
        var impacts = Run("Get-Command -Module ConsulMq -CommandType Cmdlet").Cast<CmdletInfo>()
            .Select(static command => (command.Name, command.ImplementingType.GetCustomAttributes(typeof(CmdletAttribute), true).Cast<CmdletAttribute>().Single()))
            .Where(static command => command.Item2.SupportsShouldProcess && command.Item2.ConfirmImpact == ConfirmImpact.High).Select(static command => command.Name);

        Assert.Equal(["Remove-ConsulMqQueue"], impacts);
    }

    [Theory]
    [InlineData("Clear-ConsulMq nobody")]
    [InlineData("Remove-ConsulMqQueue nobody")]
    [InlineData("Set-ConsulMqQueue nobody -MaxDepth 3")]
    [InlineData("Export-ConsulMqQueue nobody nobody.jsonl")]
    public void What_if_says_that_there_is_no_such_queue(string command) =>
        Assert.StartsWith("QueueNotFound,", Fail(command + " -WhatIf").FullyQualifiedErrorId, StringComparison.Ordinal);

    [Fact]
    public void Wildcards_remove_the_queues_that_match_but_not_where_one_is_called_so()
    {
        Run("$null = foreach ($q in 'a1', 'a2', 'a*', 'b') { Push-ConsulMqItem $q x }");

        Run("Remove-ConsulMqQueue a* -Confirm:$false");
        Assert.Equal(["a1", "a2", "b"], Run("Get-ConsulMqQueue | ForEach-Object Name"));
        Run("Remove-ConsulMqQueue a*, c* -Confirm:$false");
        Assert.Equal(["b"], Run("Get-ConsulMqQueue | ForEach-Object Name"));
    }

    [Fact]
    public void A_pattern_that_comes_through_the_pipeline_is_a_name()
    {
        Run("$null = foreach ($q in 'a1', 'a*') { Push-ConsulMqItem $q x }; Get-ConsulMqQueue | Where-Object Name -eq 'a*' | Remove-ConsulMqQueue -Confirm:$false");

        Assert.Equal(["a1"], Run("Get-ConsulMqQueue | ForEach-Object Name"));
    }

    [Fact]
    public void PassThru_gives_what_was_settled_or_removed()
    {
        Run("$null = 'one', 'two', 'three', 'four' | Push-ConsulMqItem jobs");

        Assert.Equal(["one"], Run("Pop-ConsulMqItem jobs -Lease | Complete-ConsulMqItem -PassThru | ForEach-Object Body"));
        Assert.Equal(["two"], Run("Pop-ConsulMqItem jobs -Lease | Undo-ConsulMqItem -PassThru | ForEach-Object Body"));
        Assert.Equal(["two"], Run("Pop-ConsulMqItem jobs -Lease | Deny-ConsulMqItem -PassThru | ForEach-Object Body"));
        Assert.Equal(["three", "four"], Run("Find-ConsulMqItem jobs | Remove-ConsulMqItem -PassThru | ForEach-Object Body"));
        Assert.Empty(Run("$null = 'x' | Push-ConsulMqItem jobs; Pop-ConsulMqItem jobs -Lease | Complete-ConsulMqItem"));
    }

    [Fact]
    public void A_queue_to_move_to_and_IDs_need_no_parameter_names()
    {
        Run("$null = 'one', 'two' | Push-ConsulMqItem jobs");

        Assert.Equal(["other", "two"], Run("Find-ConsulMqItem jobs two | Move-ConsulMqItem other | ForEach-Object { $_.Queue; $_.Body }"));
        Assert.Equal(["one"], Run("$id = (Get-ConsulMqItem jobs).Id; (Get-ConsulMqItem jobs $id).Body"));
        Assert.Equal(["one"], Run("$id = (Get-ConsulMqItem jobs).Id; $m = Pop-ConsulMqItem jobs $id -Lease; Undo-ConsulMqItem jobs $m.Id $m.ReceiptHandle; $m = Pop-ConsulMqItem jobs -Lease; Complete-ConsulMqItem jobs $m.Id $m.ReceiptHandle; $m.Body"));
        Assert.Equal("PlaceConflict,ConsulMq.Commands.MoveItemCommand", Fail("Find-ConsulMqItem other | Move-ConsulMqItem jobs more").FullyQualifiedErrorId);
        Assert.Equal("InvalidDestination,ConsulMq.Commands.MoveItemCommand", Fail("Find-ConsulMqItem other | Move-ConsulMqItem").FullyQualifiedErrorId);
    }
}
