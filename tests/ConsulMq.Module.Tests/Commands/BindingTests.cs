using System.Management.Automation;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>Pipelines and arguments that are wrong: each is an error, and does nothing else in place of what was meant.</summary>
public abstract class BindingTests : CommandTests
{
    private const string Transformation = "ParameterArgumentTransformationError";

    protected BindingTests(string connect) : base(connect) =>
        Run("$null = 1..3 | Push-ConsulMqItem jobs; $null = 'k1', 'k2' | Push-ConsulMqItem keep; $null = Push-ConsulMqItem -InputObject own");

    [Theory]
    [InlineData("'not-a-guid'")]
    [InlineData("'01a20bd2-ad73-7004-8228'")]
    [InlineData("77")]
    [InlineData("''")]
    [InlineData("$null")]
    public void A_piped_ID_that_is_none_takes_and_shows_nothing(string id)
    {
        foreach (var command in new[] { "Pop", "Get", "Remove" })
            AssertRefused($"[pscustomobject]@{{ Queue = 'jobs'; Id = {id} }} | {command}-ConsulMqItem", id == "$null" ? "is $null" : $"'{id.Trim('\'')}' is not the ID of a message");
    }

    [Theory]
    [InlineData("$o = [pscustomobject]@{ Queue = 1 }; $o.Queue = $o; Get-ConsulMqItem $o", "is not the name of a queue|and not the name of a queue")]
    [InlineData("$m = @(Pop-ConsulMqItem empty -Lease); Complete-ConsulMqItem -InputObject $m", "No message was given")]
    [InlineData("Get-ConsulMqItem @()", "An empty list")]
    [InlineData("Pop-ConsulMqItem ([guid]::Empty)", "in quotation marks")]
    [InlineData("Clear-ConsulMq ([DBNull]::Value)", "is a variable not set")]
    [InlineData("$ttl = 7d; Push-ConsulMqItem jobs x -TimeToLive $ttl", "'7d'")]
    [InlineData("$p = @{ TimeToLive = 7d }; Set-ConsulMqQueue jobs @p", "'7d'")]
    public void What_can_be_read_in_two_ways_or_in_none_says_so(string script, string text)
    {
        var error = Fail("$ErrorActionPreference = 'Continue'; " + script);

        Assert.Matches(text, error.ToString());
        Assert.Equal(3, Run("Get-ConsulMqItem jobs -All").Length);
    }

    [Theory]
    [InlineData("$id = [guid]::NewGuid(); $null = Push-ConsulMqItem $id x; (Get-ConsulMqQueue \"$id\").Depth", 1L)]
    [InlineData("[pscustomobject]@{ Queue = 'jobs', 'keep' } | Get-ConsulMqQueue | ForEach-Object Name", "jobs", "keep")]
    [InlineData("[pscustomobject]@{ Queue = @('keep') } | Get-ConsulMqItem | ForEach-Object Body", "k1")]
    [InlineData("(Push-ConsulMqItem jobs x -TimeToLive 7d).TtlDeadline -gt [DateTimeOffset]::UtcNow.AddDays(6)", true)]
    public void What_names_a_queue_or_a_time_in_another_form_is_taken(string script, params object[] expected) => Assert.Equal(expected, Run(script));

    [Fact]
    public void Beside_an_ID_that_is_none_the_others_are_taken()
    {
        var result = Session.Run("$id = [string](Get-ConsulMqItem jobs -Last).Id; 'x', $id, 'y' | ForEach-Object { [pscustomobject]@{ Queue = 'jobs'; MessageId = $_ } } | Pop-ConsulMqItem | ForEach-Object Body");

        Assert.Equal([3], result.Output.Select(static body => body.BaseObject));
        Assert.Equal(2, result.Errors.Count);
    }

    [Theory]
    [InlineData("Pop-ConsulMqItem jobs 5", "-Count 5")]
    [InlineData("Get-ConsulMqItem jobs 5", "-Count 5")]
    [InlineData("Pop-ConsulMqItem jobs -Lease 30s", "-LeaseDuration")]
    [InlineData("Pop-ConsulMqItem jobs -Wait 5m", "-Timeout")]
    [InlineData("Remove-ConsulMqItem jobs x", "'x' is not the ID")]
    [InlineData("Find-ConsulMqItem jobs -Id x", "'x' is not the ID")]
    [InlineData("Move-ConsulMqItem jobs keep -Id x", "'x' is not the ID")]
    [InlineData("Complete-ConsulMqItem jobs x h", "'x' is not the ID")]
    [InlineData("Undo-ConsulMqItem jobs x h", "'x' is not the ID")]
    [InlineData("Deny-ConsulMqItem jobs x h", "'x' is not the ID")]
    [InlineData("Update-ConsulMqLease jobs x h", "'x' is not the ID")]
    public void An_argument_that_is_no_ID_is_named_with_what_was_meant(string script, string hint) => AssertRefused(script, hint);

    [Theory]
    [InlineData("(Pop-ConsulMqItem jobs (Get-ConsulMqItem jobs -Last).Id).Body", 3)]
    [InlineData("(Pop-ConsulMqItem jobs -Id ([string](Get-ConsulMqItem jobs -Last).Id)).Body", 3)]
    [InlineData("(Pop-ConsulMqItem jobs (Get-ConsulMqItem jobs -All).Id).Body", 1, 2, 3)]
    [InlineData("Get-ConsulMqItem jobs -Count 2 | Get-ConsulMqItem | ForEach-Object Body", 1, 2)]
    [InlineData("Get-ConsulMqIndex jobs | Pop-ConsulMqItem | ForEach-Object Body", 1, 2, 3)]
    [InlineData("$s = [Management.Automation.PSSerializer]; $s::Deserialize($s::Serialize((Get-ConsulMqItem jobs -Last))) | Pop-ConsulMqItem | ForEach-Object Body", 3)]
    [InlineData("[pscustomobject]@{ Id = (Get-ConsulMqItem jobs -Last).Id } | Pop-ConsulMqItem -Queue jobs | ForEach-Object Body", 3)]
    [InlineData("[pscustomobject]@{ Id = (Get-ConsulMqItem).Id } | Pop-ConsulMqItem | ForEach-Object Body", "own")]
    [InlineData("Get-ConsulMqItem jobs -Last | Pop-ConsulMqItem -Queue jobs | ForEach-Object Body", 3)]
    [InlineData("[pscustomobject]@{ Queue = 'jobs' }, [pscustomobject]@{ Name = 'keep' } | Pop-ConsulMqItem -Last | ForEach-Object Body", 3, "k2")]
    [InlineData("'jobs' | Pop-ConsulMqItem -Queue { $_ } | ForEach-Object Body", 1)]
    [InlineData("Pop-ConsulMqItem @('jobs') | ForEach-Object Body", 1)]
    [InlineData("Get-ConsulMqQueue keep | Pop-ConsulMqItem -All | ForEach-Object Body", "k1", "k2")]
    [InlineData("foreach ($queue in Get-ConsulMqQueue keep, jobs) { (Pop-ConsulMqItem $queue).Body; \"$queue\" }", "k1", "keep", 1, "jobs")]
    [InlineData("(Get-ConsulMqQueue (Get-ConsulMqQueue keep, jobs)).Name", "keep", "jobs")]
    [InlineData("(Push-ConsulMqItem 007 x).Queue", "007")]
    public void What_was_right_is_right(string script, params object[] output) => Assert.Equal(output, Run(script));

    [Theory]
    [InlineData("Clear-ConsulMq")]
    [InlineData("Remove-ConsulMqQueue -Confirm:$false")]
    [InlineData("Set-ConsulMqQueue -MaxDepth 9")]
    [InlineData("Export-ConsulMqQueue -Path never.jsonl")]
    public void A_message_does_not_stand_for_its_queue(string command)
    {
        AssertRefused($"Find-ConsulMqItem jobs 2 | {command}", "Remove-ConsulMqItem removes messages");
        AssertRefused($"Get-ConsulMqIndex keep | Where-Object Position -EQ 1 | {command}", "of queue 'keep' is no queue");
        AssertRefused($"$s = [Management.Automation.PSSerializer]; $s::Deserialize($s::Serialize((Get-ConsulMqItem jobs))) | {command}", "of queue 'jobs' is no queue");
    }

    [Theory]
    [InlineData("-All")]
    [InlineData("-Last")]
    [InlineData("-Position 0")]
    public void A_piped_message_is_not_taken_with_others(string place)
    {
        AssertUntouched($"Find-ConsulMqItem jobs 2 | Pop-ConsulMqItem {place}", "InputObjectNotBound");
        AssertUntouched($"Get-ConsulMqIndex keep | Where-Object Position -EQ 1 | Pop-ConsulMqItem {place}", "InputObjectNotBound");
    }

    [Theory]
    [InlineData("Clear-ConsulMq $typo")]
    [InlineData("Pop-ConsulMqItem -Queue $env:NOT_SET_ANYWHERE")]
    [InlineData("Get-ConsulMqItem $typo")]
    [InlineData("Get-ConsulMqIndex $typo")]
    [InlineData("Get-ConsulMqQueue $typo")]
    [InlineData("Get-ConsulMqQueue jobs, $typo")]
    [InlineData("Find-ConsulMqItem $typo")]
    [InlineData("Push-ConsulMqItem $typo x")]
    [InlineData("Move-ConsulMqItem $typo keep")]
    [InlineData("Move-ConsulMqItem jobs $typo")]
    [InlineData("Get-ConsulMqItem jobs | Move-ConsulMqItem -Destination $typo")]
    [InlineData("Remove-ConsulMqItem $typo ([guid]::NewGuid())")]
    [InlineData("Remove-ConsulMqQueue $typo")]
    [InlineData("New-ConsulMqQueue $typo")]
    [InlineData("Set-ConsulMqQueue $typo -MaxDepth 1")]
    [InlineData("Invoke-ConsulMqWorker $typo { } -StopWhenEmpty")]
    [InlineData("Export-ConsulMqQueue $typo never.jsonl")]
    [InlineData("Import-ConsulMqQueue never.jsonl $typo")]
    [InlineData("Register-ConsulMqQueueCheck $typo -WarningDepth 1")]
    [InlineData("Unregister-ConsulMqQueueCheck $typo")]
    [InlineData("Complete-ConsulMqItem -Queue $typo -Id ([guid]::Empty) -ReceiptHandle h")]
    [InlineData("Connect-ConsulMq -InMemory -DefaultQueue $typo")]
    [InlineData("[pscustomobject]@{ Queue = $null } | Pop-ConsulMqItem")]
    [InlineData("[pscustomobject]@{ Name = $null } | Clear-ConsulMq")]
    public void Null_is_not_the_default_queue(string script) => AssertRefused(script, "variable not set?");

    [Theory]
    [InlineData("1 | Push-ConsulMqItem { $_ }")]
    [InlineData("1 | Push-ConsulMqItem jobs -Tag { $_ }")]
    [InlineData("1 | Push-ConsulMqItem jobs -Tag a, { $_ }")]
    [InlineData("1 | Push-ConsulMqItem jobs -ContentType { $_ }")]
    [InlineData("1 | Push-ConsulMqItem jobs -Header { @{ a = $_ } }")]
    [InlineData("1 | Push-ConsulMqItem jobs -Header @{ a = { $_ } }")]
    [InlineData("Get-ConsulMqItem jobs | Move-ConsulMqItem { 'keep' }")]
    [InlineData("Get-ConsulMqItem jobs | Undo-ConsulMqItem -Reason { $_ }")]
    [InlineData("Get-ConsulMqItem jobs | Deny-ConsulMqItem -Reason { $_ }")]
    public void A_script_block_that_is_not_run_is_no_text(string script) => AssertRefused(script, "ForEach-Object");

    [Theory]
    [InlineData("Push-ConsulMqItem @{ a = 1 } jobs", "is a Hashtable")]
    [InlineData("[datetime]'2026-01-01' | Pop-ConsulMqItem", "is a DateTime")]
    [InlineData("$true | Get-ConsulMqItem", "is a Boolean")]
    [InlineData("[datetime]'2026-01-01' | Clear-ConsulMq", "is a DateTime")]
    [InlineData("[pscustomobject]@{ a = 1 } | Pop-ConsulMqItem", "is a PSCustomObject")]
    [InlineData("Pop-ConsulMqItem jobs, keep", "not the name of one queue")]
    [InlineData("Invoke-ConsulMqWorker -Queue { 'jobs' } { } -StopWhenEmpty", "script block is not the name")]
    [InlineData("Clear-ConsulMq ([byte[]](1, 2))", "is a Byte[]")]
    [InlineData("Remove-ConsulMqItem -InputObject (Get-ConsulMqItem jobs -All)", "Pipe them")]
    [InlineData("Complete-ConsulMqItem (Get-ConsulMqItem jobs -All)", "Pipe them")]
    public void Other_objects_are_no_queue_and_several_are_not_one(string script, string problem) => AssertRefused(script, problem);

    [Theory]
    [InlineData("Get-ConsulMqItem keep | Remove-ConsulMqItem -Queue jobs")]
    [InlineData("Get-ConsulMqItem keep | Pop-ConsulMqItem -Queue jobs")]
    [InlineData("Get-ConsulMqItem keep | Pop-ConsulMqItem jobs")]
    [InlineData("Get-ConsulMqItem keep | Complete-ConsulMqItem -Queue jobs")]
    [InlineData("Get-ConsulMqItem keep | Undo-ConsulMqItem -Queue jobs")]
    [InlineData("Deny-ConsulMqItem (Get-ConsulMqItem keep) -Queue jobs")]
    [InlineData("Get-ConsulMqItem keep | Update-ConsulMqLease -Queue jobs")]
    public void A_message_is_of_the_queue_that_is_named(string script)
    {
        var error = AssertUntouched(script, "PlaceConflict");

        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        Assert.StartsWith("keep/", error.TargetObject.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Complete-ConsulMqItem", 2L)]
    [InlineData("Undo-ConsulMqItem", 3L)]
    [InlineData("Deny-ConsulMqItem", 2L)]
    [InlineData("Remove-ConsulMqItem", 2L)]
    public void Its_own_queue_may_be_named(string command, long left) =>
        Assert.Equal([left, 0L], Run($"$null = Pop-ConsulMqItem jobs -LeaseDuration 10m; Find-ConsulMqItem jobs -State InFlight | {command} -Queue jobs; $q = Get-ConsulMqQueue jobs; $q.Depth, $q.InFlight"));

    [Fact]
    public void What_commands_return_says_what_it_is_as_text() =>
        Assert.Equal([true, "jobs"], Run("\"$(Get-ConsulMqIndex jobs)\" -match '^jobs/\\S+ jobs/\\S+ jobs/\\S+$'; [string](Get-ConsulMqQueue jobs)"));

    private void AssertRefused(string script, string problem) =>
        Assert.Contains(problem, AssertUntouched(script, Transformation).Exception.Message, StringComparison.Ordinal);

    private ErrorRecord AssertUntouched(string script, string id)
    {
        var result = Session.Run(script);

        var error = Assert.Single(result.Errors);
        Assert.Empty(result.Output);
        Assert.StartsWith(id, error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3, "k1", "k2", "own"], Run("'jobs', 'keep', 'consulmq' | Get-ConsulMqItem -All | ForEach-Object Body"));
        Assert.Equal([3], Run("@(Get-ConsulMqQueue).Count"));
        Assert.Equal([0L, null!], Run("$q = Get-ConsulMqQueue jobs; $q.InFlight, $q.MaxDepth"));
        return error;
    }
}

public sealed class BindingInMemory() : BindingTests(InMemory);

public sealed class BindingOnConsul(ConsulFixture consul) : BindingTests(To(consul)), IClassFixture<ConsulFixture>;
