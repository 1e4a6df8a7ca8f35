using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>Where in Consul a connection works: datacenter, namespace, partition.</summary>
public sealed class ConnectScopeTests(ConsulFixture consul) : CommandTests(""), IClassFixture<ConsulFixture>
{
    [Fact]
    public void A_datacenter_that_is_there_is_used_and_another_one_is_an_error()
    {
        Assert.Equal(["dc1", "x"], Run($"(Connect-ConsulMq '{consul.Address}' -Datacenter dc1 -Prefix '{ConsulFixture.NewPrefix()}').Datacenter; $null = 'x' | Push-ConsulMqItem jobs; (Pop-ConsulMqItem jobs).Body"));

        var error = Fail($"Connect-ConsulMq '{consul.Address}' -Datacenter nowhere -NoRegister");
        Assert.Equal("ConsulError,ConsulMq.Commands.ConnectCommand", error.FullyQualifiedErrorId);
        Assert.Contains("datacenter", error.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("-Datacenter", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Namespace team", "ns=team")]
    [InlineData("-Partition north", "partition=north")]
    public void A_namespace_and_a_partition_go_with_the_requests(string argument, string asked)
    {
        // A server without them refuses, or does not look at them.
        var told = Run($"$DebugPreference = 'Continue'; & {{ try {{ Connect-ConsulMq '{consul.Address}' {argument} -NoRegister; Get-ConsulMqQueue }} catch {{ }} }} 5>&1 | ForEach-Object {{ \"$_\" }}");

        Assert.Contains(told, line => ((string)line).Contains(asked, StringComparison.Ordinal));
    }
}
