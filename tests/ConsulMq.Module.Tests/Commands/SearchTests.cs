using System.Diagnostics;
using System.Management.Automation;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>Finding messages by what is in them.</summary>
public abstract class SearchTests(string connect) : CommandTests(connect)
{
    private const string Fill = """
        $null = 'disk full on web-042', 'Disk ok on web-007' | Push-ConsulMqItem jobs -Tag disk, web
        $null = @{ host = 'db-1'; state = 'ok' } | Push-ConsulMqItem jobs -Tag db -Header @{ trace = 'x7'; run = '12' }
        $null = , [byte[]](1, 2, 255) | Push-ConsulMqItem jobs
        $null = , [Text.Encoding]::UTF8.GetBytes('plain bytes') | Push-ConsulMqItem jobs -ContentType text/csv
        $null = ('x' * 400000 + 'needle') | Push-ConsulMqItem jobs -Header @{ trace = 'y8' }
        """;

    [Theory]
    [InlineData("*web-042*", 0)]
    [InlineData("disk*", 0, 1)]
    [InlineData("disk* -CaseSensitive", 0)]
    [InlineData("'*\"host\":\"db-1\"*'", 2)]
    [InlineData("'plain bytes'", 4)]
    [InlineData("*needle", 5)]
    [InlineData("web-042")]
    [InlineData("'web-\\d+$' -Regex", 0, 1)]
    [InlineData("'^disk' -Regex -CaseSensitive", 0)]
    [InlineData("-Tag disk, w*", 0, 1)]
    [InlineData("-Tag disk, db")]
    [InlineData("-Header @{ trace = '*' }", 2, 5)]
    [InlineData("-Header @{ trace = 'x*'; run = 12 }", 2)]
    [InlineData("-ContentType text/*", 0, 1, 4, 5)]
    [InlineData("-ContentType application/octet-stream", 3)]
    [InlineData("-ContentType text/plain", 0, 1, 5)]
    [InlineData("-OlderThan 1h")]
    [InlineData("-NewerThan 1h -Tag db", 2)]
    [InlineData("-Id (Get-ConsulMqItem jobs -Position 3).Id", 3)]
    [InlineData("", 0, 1, 2, 3, 4, 5)]
    public void Messages_are_found_where_they_are_and_stay(string arguments, params int[] positions)
    {
        Run(Fill);

        Assert.Equal(positions, Run($"(Find-ConsulMqItem jobs {arguments}).Position").Where(static position => position is not null).Select(static position => (int)(long)position));

        Assert.Equal(6, Run("Get-ConsulMqIndex jobs").Length);
    }

    [Fact]
    public void Many_small_queues_show_their_progress_as_one_large_one_does()
    {
        Run("foreach ($n in 1..30) { $null = $n | Push-ConsulMqItem jobs-$n }");
        using var shell = Session.CreateShell();
        shell.AddScript("Find-ConsulMqItem jobs-* | ForEach-Object { [Threading.Thread]::Sleep(50) }");

        shell.Invoke();

        // Drawn at least once, and taken away.
        Assert.True(shell.Streams.Progress.Count > 1, "Nothing was drawn.");
        Assert.StartsWith("Searching 'jobs-", shell.Streams.Progress[^1].Activity, StringComparison.Ordinal);
        Assert.Equal(ProgressRecordType.Completed, shell.Streams.Progress[^1].RecordType);
    }

    [Fact]
    public void Every_state_can_be_searched()
    {
        Run("""
            $null = 'a1', 'a2', 'a3', 'b' | Push-ConsulMqItem jobs
            $null = 'a4' | Push-ConsulMqItem jobs -Delay 1h
            Pop-ConsulMqItem jobs -Lease | Deny-ConsulMqItem -Reason no
            $global:held = Pop-ConsulMqItem jobs -Lease
            """);

        Assert.Equal(["a3"], Run("(Find-ConsulMqItem jobs a*).Body"));
        Assert.Equal(
            ["a3 Ready jobs", "a2 InFlight jobs", "a4 Scheduled jobs", "a1 Dead jobs.dead"],
            Run("Find-ConsulMqItem jobs a* -State Ready, InFlight, Scheduled, Dead | ForEach-Object { \"$($_.Body) $($_.State) $($_.Queue)\" }"));
        Assert.Equal([true, true], Run("$found = Find-ConsulMqItem jobs -State InFlight; $found.ReceiptHandle -eq $global:held.ReceiptHandle; [bool]$found.Lease.Holder"));
        Assert.Equal([true], Run("(Find-ConsulMqItem jobs -State Scheduled).NotBefore -gt [DateTimeOffset]::UtcNow"));
    }

    [Fact]
    public void What_somebody_holds_can_be_given_back_and_what_is_scheduled_removed()
    {
        Run("$null = 1..3 | Push-ConsulMqItem jobs; $global:held = Pop-ConsulMqItem jobs -Lease -Count 2; $null = 4..6 | Push-ConsulMqItem jobs -Delay 1h");

        Run("Find-ConsulMqItem jobs -State InFlight | Where-Object Body -eq 1 | Undo-ConsulMqItem; Find-ConsulMqItem jobs 5 -State Scheduled | Remove-ConsulMqItem; Find-ConsulMqItem jobs -State InFlight | Remove-ConsulMqItem");

        Assert.Equal([1, 3, 4, 6], Run("(Find-ConsulMqItem jobs -State Ready, InFlight, Scheduled).Body"));
        Assert.StartsWith("LeaseLost,", Fail("$ErrorActionPreference = 'Continue'; $global:held[1] | Complete-ConsulMqItem").FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_found_goes_on_through_the_pipeline()
    {
        Run("$null = 1..60 | ForEach-Object { \"job $_\" } | Push-ConsulMqItem jobs");

        Assert.Equal(Enumerable.Range(10, 10).Select(static n => $"job {n}"), Run("(Find-ConsulMqItem jobs 'job 1?' | Pop-ConsulMqItem).Body"));
        Assert.Equal(10, Run("Find-ConsulMqItem jobs 'job 2?' | Move-ConsulMqItem -Destination other").Length);
        Run("Find-ConsulMqItem jobs 'job 3?' | Remove-ConsulMqItem");
        Assert.Single(Run("Find-ConsulMqItem jobs 'job 4?' | ForEach-Object { $_; break }"));
        Assert.Equal([.. Enumerable.Range(1, 9), .. Enumerable.Range(40, 21)], Run("(Get-ConsulMqItem jobs -All).Body").Select(static text => int.Parse(((string)text)[4..], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Several_queues_are_searched_in_one_go()
    {
        Run("foreach ($queue in 'x-1', 'x-2', 'y') { $null = Push-ConsulMqItem $queue \"in $queue\" }");

        Assert.Equal(["in x-1", "in x-2"], Run("(Find-ConsulMqItem x-* in*).Body"));
        Assert.Equal(["in x-2", "in y"], Run("('x-2', 'y' | Find-ConsulMqItem).Body"));
        Assert.Empty(Run("Find-ConsulMqItem z*; Find-ConsulMqItem nowhere -State Dead"));
    }

    [Fact]
    public void With_wildcards_each_dead_letter_is_found_once()
    {
        Run("$null = 1..3 | Push-ConsulMqItem jobs; Pop-ConsulMqItem jobs -Lease -Count 2 | Deny-ConsulMqItem -Reason no");

        Assert.Equal(["3 Ready", "1 Dead", "2 Dead"], Run("Find-ConsulMqItem * -State Ready, Dead | ForEach-Object { \"$($_.Body) $($_.State)\" }"));
        Assert.Equal([1, 2], Run("(Find-ConsulMqItem * -State Dead).Body"));
        Assert.Equal([3, 1, 2], Run("(Find-ConsulMqItem *).Body"));
    }

    [Fact]
    public void A_queue_that_is_not_there_is_said()
    {
        Run("$ErrorActionPreference = 'Continue'");

        Assert.StartsWith("QueueNotFound,", Fail("Find-ConsulMqItem nowhere x").FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void An_expression_that_runs_wild_is_stopped()
    {
        Run("$null = 'short', ('a' * 60 + '!'), 'aaa' | Push-ConsulMqItem jobs");

        var watch = Stopwatch.StartNew();
        var result = Session.Run("$ErrorActionPreference = 'Continue'; Find-ConsulMqItem jobs '^(a+)+$' -Regex | ForEach-Object Body");

        Assert.StartsWith("RegexTimeout,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"It took {watch.Elapsed}.");
    }

    [Fact]
    public void What_is_no_expression_is_said()
    {
        Run("$ErrorActionPreference = 'Continue'");

        Assert.StartsWith("InvalidPattern,", Fail("Find-ConsulMqItem jobs '(' -Regex").FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'[' -Regex", "-Body '['", "[")]
    [InlineData("'['", "-Body '['", "[")]
    [InlineData("'a[' -CaseSensitive", "-Body 'a['", "a[")]
    [InlineData("-Tag ok, '['", "-Tag '['", "[")]
    [InlineData("-ContentType 'text/['", "-ContentType 'text/['", "text/[")]
    [InlineData("-Header @{ trace = '[' }", "-Header '['", "[")]
    public void A_pattern_that_is_none_is_named(string filter, string text, string target)
    {
        Run("$null = Push-ConsulMqItem jobs x");

        var error = Fail("Find-ConsulMqItem jobs " + filter);

        Assert.Equal(("InvalidPattern,ConsulMq.Commands.FindItemCommand", ErrorCategory.InvalidArgument, target), (error.FullyQualifiedErrorId, error.CategoryInfo.Category, (string)error.TargetObject));
        Assert.Contains(text, error.ErrorDetails.Message, StringComparison.Ordinal);
    }
}

public sealed class SearchInMemory() : SearchTests(InMemory);

public sealed class SearchOnConsul(ConsulFixture consul) : SearchTests(To(consul)), IClassFixture<ConsulFixture>;
