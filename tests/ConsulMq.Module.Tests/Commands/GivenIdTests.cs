namespace ConsulMq.Module.Tests.Commands;

/// <summary>Messages that are named, and not piped: by queue, ID and receipt handle, or as an argument.</summary>
public sealed class GivenIdTests() : CommandTests(InMemory)
{
    private const string Take = "$null = 'a', 'b' | Push-ConsulMqItem jobs; $item = Pop-ConsulMqItem jobs -LeaseDuration 10m; ";

    [Theory]
    [InlineData("Complete-ConsulMqItem -Queue jobs -Id $item.Id -ReceiptHandle $item.ReceiptHandle; $q = Get-ConsulMqQueue jobs; $q.Depth, $q.InFlight, $q.Dead", 1L, 0L, 0L)]
    [InlineData("Undo-ConsulMqItem -Queue jobs -Id $item.Id -ReceiptHandle $item.ReceiptHandle; $q = Get-ConsulMqQueue jobs; $q.Depth, $q.InFlight, $q.Dead", 2L, 0L, 0L)]
    [InlineData("Deny-ConsulMqItem -Queue jobs -Id $item.Id -ReceiptHandle $item.ReceiptHandle; $q = Get-ConsulMqQueue jobs; $q.Depth, $q.InFlight, $q.Dead", 1L, 0L, 1L)]
    [InlineData("$null = Update-ConsulMqLease -Queue jobs -Id $item.Id -ReceiptHandle $item.ReceiptHandle; $q = Get-ConsulMqQueue jobs; $q.Depth, $q.InFlight, $q.Dead", 1L, 1L, 0L)]
    public void A_lease_is_settled_by_queue_ID_and_receipt_handle(string script, params long[] counts) => Assert.Equal(counts.Cast<object>(), Run(Take + script));

    [Theory]
    [InlineData("Complete-ConsulMqItem")]
    [InlineData("Undo-ConsulMqItem")]
    [InlineData("Deny-ConsulMqItem")]
    [InlineData("Update-ConsulMqLease")]
    public void A_receipt_handle_of_another_message_is_refused(string command)
    {
        var error = Fail(Take + $"$other = Pop-ConsulMqItem jobs -Lease; {command} -Queue jobs -Id $item.Id -ReceiptHandle $other.ReceiptHandle");

        Assert.StartsWith("InvalidReceiptHandle,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal([2L], Run("(Get-ConsulMqQueue jobs).InFlight"));
    }

    [Fact]
    public void A_message_is_taken_or_removed_as_an_argument_too()
    {
        Run("$null = 'a', 'b', 'c' | Push-ConsulMqItem jobs");

        Assert.Equal(["b"], Run("(Pop-ConsulMqItem -InputObject (Get-ConsulMqItem jobs -Position 1)).Body"));
        Run("Remove-ConsulMqItem -InputObject (Get-ConsulMqItem jobs)");
        Assert.Equal(["c"], Run("(Get-ConsulMqItem jobs -All).Body"));
    }
}
