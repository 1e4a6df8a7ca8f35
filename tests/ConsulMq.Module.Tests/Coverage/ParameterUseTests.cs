using System.Management.Automation.Language;

namespace ConsulMq.Module.Tests.Coverage;

/// <summary>The measure itself: what it takes for the use of a parameter, and what not.</summary>
[Trait(TestedBuild.Trait, TestedBuild.Any)]
public sealed class ParameterUseTests
{
    [Theory]
    [InlineData("Push-ConsulMqItem jobs x", "Queue InputObject")]
    [InlineData("Push-ConsulMqItem -Body x", "InputObject")]
    [InlineData("'x' | Push-ConsulMqItem jobs -Tag a, b", "Queue Tag InputObject")]
    [InlineData("Push-ConsulMqItem jobs -First x", "Queue First InputObject")]
    [InlineData("Push-ConsulMqItem -Tag jobs x", "Tag Queue")]
    [InlineData("$more = @{ Ttl = '1h' }; Push-ConsulMqItem @more", "TimeToLive")]
    [InlineData("It 'x' -ForEach @(@{ more = @{ Ttl = '1h' } }) { Push-ConsulMqItem @more }", "TimeToLive")]
    [InlineData("& { Push-ConsulMqItem -Del 5 }", "Delay")]
    [InlineData("Push-ConsulMqItem -De 5", "")]
    [InlineData("'jobs' | Pop-ConsulMqItem", "")] // a queue or a message
    [InlineData("'Push-ConsulMqItem -Tag x'", "")]
    public void A_use_is_counted(string script, string used) =>
        Assert.Equal(used.Split(' ', StringSplitOptions.RemoveEmptyEntries), ParameterUse.In(Parser.ParseInput(script, out _, out _)).Select(static key => key.Split(" -")[1]));
}
