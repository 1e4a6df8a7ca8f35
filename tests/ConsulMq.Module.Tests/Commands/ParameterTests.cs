namespace ConsulMq.Module.Tests.Commands;

public sealed class ParameterTests() : CommandTests(InMemory)
{
    [Theory]
    [InlineData("90", 90)]
    [InlineData("1.5", 1.5)]
    [InlineData("'30s'", 30)]
    [InlineData("'5m'", 300)]
    [InlineData("'2h'", 7200)]
    [InlineData("'1h30m'", 5400)]
    [InlineData("'250ms'", 0.25)]
    [InlineData("'7D'", 604800)]
    [InlineData("7d", 604800)]
    [InlineData("1.5D", 129600)]
    [InlineData("30s", 30)]
    [InlineData("'00:01:30'", 90)]
    [InlineData("([timespan]'00:01:30')", 90)]
    public void A_time_span_can_be_written_in_many_ways(string text, double seconds) =>
        Assert.Equal([seconds], Run($"$m = Push-ConsulMqItem jobs x -TimeToLive {text}; ($m.TtlDeadline - $m.CreatedAt).TotalSeconds"));

    [Theory]
    [InlineData("Push-ConsulMqItem jobs x -TimeToLive soon", "ParameterArgumentTransformationError,ConsulMq.Commands.PushItemCommand")]
    [InlineData("Push-ConsulMqItem jobs x -TimeToLive 0", "InvalidTimeToLive,ConsulMq.Commands.PushItemCommand")]
    [InlineData("Push-ConsulMqItem jobs x -Delay -1", "InvalidDelay,ConsulMq.Commands.PushItemCommand")]
    [InlineData("Push-ConsulMqItem jobs x -Delay ([timespan]::MaxValue)", "InvalidDelay,ConsulMq.Commands.PushItemCommand")]
    [InlineData("Push-ConsulMqItem jobs x -NotBefore ([datetime]::Now.AddMinutes(-1))", "InvalidDelay,ConsulMq.Commands.PushItemCommand")]
    [InlineData("Push-ConsulMqItem jobs x -NotBefore ([datetime]::Now.AddMinutes(1)) -Delay 5", "DelayConflict,ConsulMq.Commands.PushItemCommand")]
    [InlineData("Push-ConsulMqItem jobs x -NotBefore soon", "CannotConvertArgumentNoMessage,ConsulMq.Commands.PushItemCommand")]
    [InlineData("Push-ConsulMqItem jobs x -Header @{ a = $null }", "InvalidHeader,ConsulMq.Commands.PushItemCommand")]
    [InlineData("Push-ConsulMqItem jobs x -As CliXml -ContentType text/plain", "ContentTypeConflict,ConsulMq.Commands.PushItemCommand")]
    [InlineData("Push-ConsulMqItem '' x", "InvalidQueueName,ConsulMq.Commands.PushItemCommand")]
    [InlineData("Push-ConsulMqItem a/b x", "InvalidQueueName,ConsulMq.Commands.PushItemCommand")]
    [InlineData("Pop-ConsulMqItem \"a`tb\"", "InvalidQueueName,ConsulMq.Commands.PopItemCommand")]
    [InlineData("Pop-ConsulMqItem ('x' * 1000)", "InvalidQueueName,ConsulMq.Commands.PopItemCommand")]
    [InlineData("Pop-ConsulMqItem jobs -Count 0", "ParameterArgumentValidationError,ConsulMq.Commands.PopItemCommand")]
    [InlineData("Pop-ConsulMqItem jobs -All -Wait", "AmbiguousParameterSet,ConsulMq.Commands.PopItemCommand")]
    [InlineData("Get-ConsulMqQueue a/b", "InvalidQueueName,ConsulMq.Commands.GetQueueCommand")]
    [InlineData("Connect-ConsulMq -InMemory -Prefix a//b", "InvalidConnectionSettings,ConsulMq.Commands.ConnectCommand")]
    [InlineData("Connect-ConsulMq -InMemory -DefaultQueue a/b", "InvalidQueueName,ConsulMq.Commands.ConnectCommand")]
    [InlineData("Connect-ConsulMq -InMemory -Timeout 0", "InvalidTimeout,ConsulMq.Commands.ConnectCommand")]
    [InlineData("Connect-ConsulMq ftp://here", "InvalidConnectionSettings,ConsulMq.Commands.ConnectCommand")]
    public void What_makes_no_sense_is_refused(string script, string id) => Assert.Equal(id, Fail(script).FullyQualifiedErrorId);

    [Fact]
    public void The_default_queue_is_the_one_named_at_connect()
    {
        Assert.Equal(["consulmq"], Run("(Push-ConsulMqItem -InputObject x).Queue"));
        Assert.Equal(["work", "work"], Run("(Connect-ConsulMq -InMemory -DefaultQueue work).DefaultQueue; ('x' | Push-ConsulMqItem).Queue"));
        Assert.Equal(["x"], Run("(Pop-ConsulMqItem).Body"));
    }

    [Fact]
    public void Names_of_queues_are_completed_live()
    {
        Run("$null = foreach ($q in 'mail', 'my queue', 'it''s', 'other') { Push-ConsulMqItem $q x }");

        Assert.Equal(["mail", "'my queue'"], Complete("Pop-ConsulMqItem m"));
        Assert.Equal(["'my queue'"], Complete("Pop-ConsulMqItem 'my"));
        Assert.Equal(["'it''s'"], Complete("Clear-ConsulMq i"));
        Assert.Equal(4, Complete("Get-ConsulMqQueue -Queue ").Length);
    }

    private object[] Complete(string line) =>
        Run("param($line) (TabExpansion2 $line $line.Length).CompletionMatches | ForEach-Object CompletionText", new Dictionary<string, object> { ["line"] = line });
}
