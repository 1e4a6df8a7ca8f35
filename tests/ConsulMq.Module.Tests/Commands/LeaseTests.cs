using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>Messages in flight: completed, given back, denied, and what cannot be.</summary>
public abstract class LeaseTests(string connect) : CommandTests(connect)
{
    private const string EndSession = "(Get-ConsulMqConnection).Consul.DestroySessionAsync(($item.ReceiptHandle -split '/')[0], [Threading.CancellationToken]::None).GetAwaiter().GetResult()";

    [Fact]
    public void A_lease_without_a_duration_cannot_be_prolonged_and_that_is_said()
    {
        var result = Session.Run("$null = 'x' | Push-ConsulMqItem jobs; Pop-ConsulMqItem jobs -Lease | Update-ConsulMqLease");

        Assert.Empty(result.Errors);
        Assert.Contains("there is nothing to prolong", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_leased_message_is_in_flight_and_gone_when_it_is_completed()
    {
        Run("$null = 1..3 | Push-ConsulMqItem jobs");

        Assert.Equal([1], Run("$item = Pop-ConsulMqItem jobs -Lease; $item.Body"));
        Assert.Equal([2, 3], Run("Get-ConsulMqItem jobs -All | ForEach-Object Body"));
        Assert.Empty(Run("$item = Pop-ConsulMqItem jobs -Lease -Count 2; $item | Complete-ConsulMqItem; Get-ConsulMqItem jobs -All"));
    }

    [Fact]
    public void A_pipeline_completes_all_that_goes_through_it()
    {
        Run("$null = 1..1000 | Push-ConsulMqItem jobs");

        Assert.Equal([1000], Run("$n = 0; Pop-ConsulMqItem jobs -Lease -Count 1000 | ForEach-Object { $n++; $_ } | Complete-ConsulMqItem; $n; Get-ConsulMqItem jobs"));

    }

    [Fact]
    public void What_is_given_back_is_in_its_old_place_and_was_delivered_once()
    {
        Run("$null = 1..3 | Push-ConsulMqItem jobs");

        Run("Pop-ConsulMqItem jobs -Lease -Count 2 | Undo-ConsulMqItem");

        Assert.Equal(["1 1", "2 1", "3 0"], Run("Pop-ConsulMqItem jobs -All | ForEach-Object { \"$($_.Body) $($_.DeliveryCount)\" }"));
    }

    [Fact]
    public void What_was_leased_and_not_passed_on_goes_back_as_if_nothing_had_been()
    {
        Run("$null = 1..20 | Push-ConsulMqItem jobs");

        Assert.Equal([1, 2], Run("foreach ($once in 1) { Pop-ConsulMqItem jobs -Lease -All | ForEach-Object { $_.Body; if ($_.Body -eq 2) { break } } }"));

        Assert.Equal([.. Enumerable.Range(3, 18).Select(static n => $"{n} 0")], Run("Pop-ConsulMqItem jobs -All | ForEach-Object { \"$($_.Body) $($_.DeliveryCount)\" }"));
    }

    [Fact]
    public void What_is_denied_is_a_dead_letter_with_its_reason()
    {
        Run("$null = 'bad' | Push-ConsulMqItem jobs");

        Run("Pop-ConsulMqItem jobs -Lease | Deny-ConsulMqItem -Reason 'no such host'");

        Assert.Equal(["bad", "no such host", "jobs"], Run("$dead = Pop-ConsulMqItem jobs.dead; $dead.Body; $dead.Headers['consulmq-dead-reason']; $dead.Headers['consulmq-dead-queue']"));
        Assert.Empty(Run("Get-ConsulMqItem jobs"));
    }

    [Fact]
    public void A_message_that_is_given_back_too_often_is_a_dead_letter_too()
    {
        Run("$null = 'bad' | Push-ConsulMqItem jobs");

        Assert.Equal([0, 1, 2, 3, 4], Run("foreach ($i in 1..5) { $item = Pop-ConsulMqItem jobs -Lease; $item.DeliveryCount; $item | Undo-ConsulMqItem -Reason \"attempt $i\" }"));

        Assert.Equal(["attempt 5", "5"], Run("$dead = Pop-ConsulMqItem jobs.dead; $dead.Headers['consulmq-dead-reason']; $dead.Headers['consulmq-dead-deliveries']"));
        Assert.Empty(Run("Get-ConsulMqItem jobs"));
    }

    [Fact]
    public void Messages_of_several_queues_go_through_one_pipeline()
    {
        Run("$null = 1..3 | Push-ConsulMqItem a; $null = 4..6 | Push-ConsulMqItem b");

        Run("& { Pop-ConsulMqItem a -Lease -Count 2; Pop-ConsulMqItem b -Lease -Count 2 } | Complete-ConsulMqItem");

        Assert.Equal([3, 6], Run("(Pop-ConsulMqItem a -All).Body; (Pop-ConsulMqItem b -All).Body"));
    }

    [Theory]
    [InlineData("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($item)) | Complete-ConsulMqItem")] // Import-Clixml
    [InlineData("[pscustomobject]@{ Id = \"$($item.Id)\"; Queue = $item.Queue; ReceiptHandle = $item.ReceiptHandle; Body = 'x' } | Complete-ConsulMqItem")] // ConvertFrom-Json
    [InlineData("Complete-ConsulMqItem jobs -Id $item.Id -ReceiptHandle $item.ReceiptHandle")]
    [InlineData("$item | Complete-ConsulMqItem jobs")]
    [InlineData("Complete-ConsulMqItem $item")]
    [InlineData("Update-ConsulMqLease $item | Complete-ConsulMqItem")]
    public void An_ID_and_a_receipt_handle_are_enough_in_another_process(string complete)
    {
        var connection = Assert.Single(Run("Get-ConsulMqConnection"));
        Run("$null = 'x' | Push-ConsulMqItem jobs");
        var item = Assert.Single(Run("Pop-ConsulMqItem jobs -LeaseDuration 10m"));

        using var other = new ModuleRunspace();
        var result = other.Run($"param($connection, $item) $PSDefaultParameterValues = @{{ '*:Connection' = $connection }}; {complete}; Get-ConsulMqItem jobs",
            new Dictionary<string, object> { ["connection"] = connection, ["item"] = item });

        Assert.Empty(result.Errors.Select(static e => e.ToString()));
        Assert.Empty(result.Output);
        Assert.StartsWith("LeaseLost,", Fail("param($item) $item | Complete-ConsulMqItem", new Dictionary<string, object> { ["item"] = item }).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lease_of_a_duration_says_how_long_it_lasts_and_can_be_prolonged()
    {
        Run("$null = 1, 2 | Push-ConsulMqItem jobs");

        Assert.Equal([true, true, TimeSpan.FromMinutes(10), "jobs", true], Run(
            """
            $item = Pop-ConsulMqItem jobs -LeaseDuration 10m
            $left = $item.Lease.ExpiresAt - [DateTimeOffset]::UtcNow
            $left -gt [timespan]'00:09:30' -and $left -le [timespan]'00:10'
            [Threading.Thread]::Sleep(20)
            $lease = $item | Update-ConsulMqLease
            $lease.ExpiresAt -gt $item.Lease.ExpiresAt
            $lease.Duration; $lease.Queue; $lease.Id -eq $item.Id
            """));
        Assert.Equal([true, true], Run("$item = Pop-ConsulMqItem jobs -Lease; $null -eq $item.Lease.ExpiresAt; $null -eq $item.Lease.Duration"));
    }

    [Theory]
    [InlineData("Complete-ConsulMqItem")]
    [InlineData("Undo-ConsulMqItem")]
    [InlineData("Deny-ConsulMqItem")]
    public void A_message_is_settled_once(string command)
    {
        Run("$null = 1..3 | Push-ConsulMqItem jobs");

        var error = Fail($"$item = Pop-ConsulMqItem jobs -Lease; $item | Complete-ConsulMqItem; $item | {command}");

        Assert.StartsWith("LeaseLost,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal([2, 3], Run("Pop-ConsulMqItem jobs -All | ForEach-Object Body"));
    }

    [Theory]
    [InlineData("Push-ConsulMqItem jobs y | Complete-ConsulMqItem", "NotLeased")]
    [InlineData("Get-ConsulMqItem jobs | Undo-ConsulMqItem", "NotLeased")]
    [InlineData("Pop-ConsulMqItem jobs | Deny-ConsulMqItem", "NotLeased")]
    [InlineData("Get-ConsulMqItem jobs | Update-ConsulMqLease", "NotLeased")]
    [InlineData("[pscustomobject]@{ Id = [guid]::NewGuid(); Queue = 'jobs'; ReceiptHandle = $null } | Complete-ConsulMqItem", "NotLeased")]
    [InlineData("$a, $b = Pop-ConsulMqItem jobs -Lease -Count 2; Complete-ConsulMqItem jobs -Id $a.Id -ReceiptHandle $b.ReceiptHandle", "InvalidReceiptHandle")]
    [InlineData("$a = Pop-ConsulMqItem jobs -Lease; Complete-ConsulMqItem jobs -Id $a.Id -ReceiptHandle nonsense", "InvalidReceiptHandle")]
    [InlineData("$a = Pop-ConsulMqItem jobs -Lease; Update-ConsulMqLease jobs -Id $a.Id -ReceiptHandle nonsense", "InvalidReceiptHandle")]
    [InlineData("Pop-ConsulMqItem jobs -LeaseDuration 9s", "InvalidLeaseDuration")]
    [InlineData("Pop-ConsulMqItem jobs -LeaseDuration 25h", "InvalidLeaseDuration")]
    [InlineData("Pop-ConsulMqItem jobs -Lease | Undo-ConsulMqItem -Delay -1", "InvalidDelay")]
    [InlineData("Connect-ConsulMq -InMemory -SessionTtl 5s", "InvalidSessionTtl")]
    public void What_makes_no_sense_is_refused(string script, string id)
    {
        Run("$null = 1..3 | Push-ConsulMqItem jobs");

        Assert.StartsWith(id + ",", Fail(script).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_lease_is_an_error_for_its_own_message_alone()
    {
        Run("$null = 1..3 | Push-ConsulMqItem jobs");

        var result = Session.Run("$all = Pop-ConsulMqItem jobs -Lease -Count 3; $all[1] | Complete-ConsulMqItem; $all | Complete-ConsulMqItem; $all[1].Id");

        var error = Assert.Single(result.Errors);
        Assert.StartsWith("LeaseLost,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("jobs/" + Assert.Single(result.Values), error.TargetObject.ToString());
        Assert.Empty(Run("Get-ConsulMqItem jobs"));
    }

    [Theory]
    [InlineData("Complete-ConsulMqItem")]
    [InlineData("Undo-ConsulMqItem")]
    [InlineData("Deny-ConsulMqItem")]
    public void A_session_that_an_operator_destroyed_has_lost_its_leases_and_the_messages_come_back(string command)
    {
        Run("$null = 1..3 | Push-ConsulMqItem jobs");

        var error = Fail($"$item = Pop-ConsulMqItem jobs -Lease; {EndSession}; $item | {command}");

        Assert.StartsWith("LeaseLost,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["1 1", "2 0", "3 0"], Run("Pop-ConsulMqItem jobs -Count 3 -Timeout 10s | ForEach-Object { \"$($_.Body) $($_.DeliveryCount)\" }").Order());
    }
}

public sealed class LeaseInMemory() : LeaseTests(InMemory);

public sealed class LeaseOnConsul(ConsulFixture consul) : LeaseTests(To(consul)), IClassFixture<ConsulFixture>
{
    /// <summary>As many as the issue of it allows; Consul itself writes now and then.</summary>
    private const int Handful = 100;

    private readonly string _address = consul.Address;

    [Fact]
    public async Task A_pipeline_of_completions_costs_a_handful_of_writes()
    {
        Run("$null = 1..1000 | Push-ConsulMqItem jobs");
        var before = await RaftIndexAsync();

        Run("Pop-ConsulMqItem jobs -Lease -Count 1000 | ForEach-Object { $_ } | Complete-ConsulMqItem");

        Assert.InRange(await RaftIndexAsync() - before, 2, Handful);
        Assert.Empty(Run("Get-ConsulMqItem jobs"));
    }

    private async Task<long> RaftIndexAsync()
    {
        using var http = new HttpClient();
        var self = await http.GetStringAsync(_address + "/v1/agent/self");
        return long.Parse(System.Text.RegularExpressions.Regex.Match(self, "\"commit_index\":\\s*\"(\\d+)\"").Groups[1].Value);
    }
}
