using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>A command that is given a connection works there, and touches nothing at the current one.</summary>
public sealed class GivenConnectionTests() : CommandTests(InMemory)
{
    private const string Other = "$other = Connect-ConsulMq -InMemory; $null = 'x' | Push-ConsulMqItem jobs -Connection $other; $current = Connect-ConsulMq -InMemory; ";

    [Theory]
    [InlineData("(Get-ConsulMqQueue -Connection $other).Name", "jobs")]
    [InlineData("(Get-ConsulMqIndex jobs -Connection $other).Size", 1)]
    [InlineData("(Find-ConsulMqItem jobs -Connection $other).Body", "x")]
    [InlineData("Clear-ConsulMq jobs -PassThru -Connection $other", 1L)]
    [InlineData("(Move-ConsulMqItem jobs elsewhere -Connection $other).Queue", "elsewhere")]
    [InlineData("Remove-ConsulMqItem jobs -Id (Get-ConsulMqIndex jobs -Connection $other).Id -Connection $other; (Get-ConsulMqQueue jobs -Connection $other).Depth", 0L)]
    [InlineData("Remove-ConsulMqQueue jobs -Confirm:$false -Connection $other; @(Get-ConsulMqQueue -Connection $other).Count", 0)]
    [InlineData("(Set-ConsulMqQueue jobs -MaxDepth 7 -PassThru -Connection $other).MaxDepth", 7L)]
    [InlineData("\"$((Register-ConsulMqQueueCheck jobs -WarningDepth 1 -Connection $other).Status)\"", "Warning")]
    [InlineData("$null = Register-ConsulMqQueueCheck jobs -WarningDepth 1 -Connection $other; Unregister-ConsulMqQueueCheck jobs -Connection $other; $other.QueueChecks.Count", 0)]
    [InlineData("Pop-ConsulMqItem jobs -Lease -Connection $other | Complete-ConsulMqItem -Connection $other; (Get-ConsulMqQueue jobs -Connection $other).InFlight", 0L)]
    [InlineData("Pop-ConsulMqItem jobs -Lease -Connection $other | Undo-ConsulMqItem -Connection $other; (Get-ConsulMqItem jobs -Connection $other).DeliveryCount", 1)]
    [InlineData("Pop-ConsulMqItem jobs -Lease -Connection $other | Deny-ConsulMqItem -Connection $other; (Get-ConsulMqQueue jobs -Connection $other).Dead", 1L)]
    [InlineData("(Pop-ConsulMqItem jobs -LeaseDuration 10m -Connection $other | Update-ConsulMqLease -Connection $other).Queue", "jobs")]
    public void It_is_done_there_and_nothing_is_done_here(string script, object expected)
    {
        Assert.Equal([expected], Run(Other + script));
        Assert.Equal([0, 0], Run("@(Get-ConsulMqQueue).Count; (Get-ConsulMqConnection).QueueChecks.Count"));
    }

    [Fact]
    public async Task Who_is_connected_there_is_listed()
    {
        Run(Other.Replace("$other", "$global:other", StringComparison.Ordinal));

        await Eventually.TrueAsync(() => Run("Get-ConsulMqNode -Connection $global:other | Where-Object Id -eq $global:other.NodeId").Length == 1);
        Assert.Empty(Run("Get-ConsulMqNode | Where-Object Id -eq $global:other.NodeId"));
    }
}
