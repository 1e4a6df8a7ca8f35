using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary><c>-Debug</c> without <c>-Verbose</c>, in a session where nobody can be asked.</summary>
public sealed class DebugTests(ConsulFixture consul) : CommandTests(To(consul)), IClassFixture<ConsulFixture>
{
    [Theory]
    [InlineData("(Push-ConsulMqItem jobs x -Debug 5>$null).Body; (Pop-ConsulMqItem jobs -Debug 5>$null).Body", "x x")]
    [InlineData("$VerbosePreference = 'Continue'; (Push-ConsulMqItem jobs x -Debug 5>$null).Body; (Pop-ConsulMqItem jobs -Debug 5>$null).Body", "x x")]
    [InlineData("$lines = Push-ConsulMqItem jobs x -Debug 5>&1; ($lines | Where-Object { $_ -is [Management.Automation.DebugRecord] }).Count -gt 0", "True")]
    public void Nothing_is_asked(string script, string given) => Assert.Equal(given, string.Join(' ', Run(script)));
}
