using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>The rows of README's table "Coming from the Go library", each on a real Consul.</summary>
public sealed class GoLibraryTests(ConsulFixture consul) : CommandTests(To(consul)), IClassFixture<ConsulFixture>
{
    [Theory]
    [InlineData("push", "(Push-ConsulMqItem jobs x).Body", "x", "a b c x")]
    [InlineData("push first", "(Push-ConsulMqItem jobs x -First).Body", "x", "x a b c")]
    [InlineData("push at index", "(Push-ConsulMqItem jobs x -Position 1).Body", "x", "a x b c")]
    [InlineData("pop", "(Pop-ConsulMqItem jobs).Body", "a", "b c")]
    [InlineData("pop last", "(Pop-ConsulMqItem jobs -Last).Body", "c", "a b")]
    [InlineData("pop from index", "(Pop-ConsulMqItem jobs -Position 1).Body", "b", "a c")]
    [InlineData("peek", "(Get-ConsulMqItem jobs).Body; (Get-ConsulMqItem jobs -Last).Body; (Get-ConsulMqItem jobs -Position 1).Body", "a c b", "a b c")]
    [InlineData("search", "(Find-ConsulMqItem jobs [bc]).Position", "1 2", "a b c")]
    [InlineData("drain", "(Pop-ConsulMqItem jobs -All).Body", "a b c", "")]
    [InlineData("empty, clear", "Clear-ConsulMq jobs -PassThru -Confirm:$false", "3", "")]
    [InlineData("clear what has expired", "$null = Push-ConsulMqItem jobs old -TimeToLive 1ms; [Threading.Thread]::Sleep(20); Clear-ConsulMq jobs -Expired -PassThru -Confirm:$false", "1", "a b c")]
    [InlineData("delete", "Remove-ConsulMqQueue jobs -Confirm:$false; (Get-ConsulMqQueue).Count", "0", "")]
    [InlineData("delete a message", "Remove-ConsulMqItem jobs (Get-ConsulMqItem jobs -Position 1).Id", "", "a c")]
    [InlineData("TTL enforced", "$null = Push-ConsulMqItem jobs old -First -TimeToLive 1ms; [Threading.Thread]::Sleep(20); (Get-ConsulMqItem jobs).Body; (Pop-ConsulMqItem jobs).Body", "a a", "b c")]
    [InlineData("node registration", "(Get-ConsulMqNode | Where-Object ProcessId -eq $PID | ForEach-Object Status | Select-First)", "Passing", "a b c")]
    [InlineData("logging", "(Push-ConsulMqItem jobs x -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] }).Count -gt 0", "True", "a b c x")]
    [InlineData("monitoring", "(Get-ConsulMqQueue jobs).Depth; (Get-ConsulMqQueue jobs | ConvertTo-ConsulMqPrometheus).Count -gt 5", "3 True", "a b c")]
    public void Every_row_works(string row, string script, string given, string left)
    {
        Run("function Select-First { begin { $seen = $false } process { if (-not $seen) { $_; $seen = $true } } }; $null = 'a', 'b', 'c' | Push-ConsulMqItem jobs");

        Assert.Equal((row, given), (row, string.Join(' ', Run("function Select-First { begin { $seen = $false } process { if (-not $seen) { $_; $seen = $true } } }; " + script))));

        Assert.Equal((row, left), (row, string.Join(' ', Run("(Get-ConsulMqItem jobs -All).Body"))));
    }

    [Fact]
    public void Namespaces_go_with_every_request_and_the_open_edition_says_that_it_has_none()
    {
        var error = Fail($"$ErrorActionPreference = 'Continue'; Connect-ConsulMq '{consul.Address}' -Namespace team");

        Assert.StartsWith("ConsulError,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("open edition", error.Exception.Message, StringComparison.Ordinal);
    }
}
