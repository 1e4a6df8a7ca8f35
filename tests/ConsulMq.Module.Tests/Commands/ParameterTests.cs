using System.Management.Automation;

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
    [InlineData("'00:05'", 300)]
    [InlineData("'23:59:59'", 86_399)]
    [InlineData("'24:00'", 86_400)]
    [InlineData("'24:00:00'", 86_400)]
    [InlineData("'25:00'", 90_000)]
    [InlineData("'36:00:00'", 129_600)]
    [InlineData("'90:00'", 324_000)]
    [InlineData("'36:00:00.5'", 129_600.5)]
    [InlineData("'1.02:03:04'", 93_784)]
    [InlineData("'1:02:03:04'", 93_784)]
    [InlineData("'30.00:00'", 2_592_000)]
    [InlineData("'30 s'", 30)]
    [InlineData("' 1h 30m '", 5400)]
    [InlineData("'1 h 30 M'", 5400)]
    [InlineData("'.5h'", 1800)]
    [InlineData("'.5'", 0.5)]
    [InlineData("@(30)", 30)]
    [InlineData("@('24:00')", 86_400)]
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
    [InlineData("Pop-ConsulMqItem jobs -Timeout -1", "InvalidTimeout,ConsulMq.Commands.PopItemCommand")]
    [InlineData("Pop-ConsulMqItem jobs -Count 0", "ParameterArgumentValidationError,ConsulMq.Commands.PopItemCommand")]
    [InlineData("Pop-ConsulMqItem jobs -All -Wait", "AmbiguousParameterSet,ConsulMq.Commands.PopItemCommand")]
    [InlineData("Get-ConsulMqQueue a/b", "InvalidQueueName,ConsulMq.Commands.GetQueueCommand")]
    [InlineData("Connect-ConsulMq -InMemory -Prefix a//b", "InvalidConnectionSettings,ConsulMq.Commands.ConnectCommand")]
    [InlineData("Connect-ConsulMq -InMemory -DefaultQueue a/b", "InvalidQueueName,ConsulMq.Commands.ConnectCommand")]
    [InlineData("Connect-ConsulMq -InMemory -Timeout 0", "InvalidTimeout,ConsulMq.Commands.ConnectCommand")]
    [InlineData("Connect-ConsulMq ftp://here", "InvalidConnectionSettings,ConsulMq.Commands.ConnectCommand")]
    public void What_makes_no_sense_is_refused(string script, string id) => Assert.Equal(id, Fail(script).FullyQualifiedErrorId);

    [Theory]
    [InlineData("'500KB'", 512_000)]
    [InlineData("'1.5MB'", 1_572_864)]
    [InlineData("'16mb'", 16_777_216)]
    [InlineData("'64MiB'", 67_108_864)]
    [InlineData("'2 G'", 0)]
    [InlineData("'1gib'", 1_073_741_824)]
    [InlineData("'100b'", 100)]
    [InlineData("'1 mb'", 1_048_576)]
    [InlineData("'.5MB'", 524_288)]
    [InlineData("@(1MB)", 1_048_576)]
    [InlineData("1.5MB", 1_572_864)]
    [InlineData("1048576", 1_048_576)]
    [InlineData("'1048576'", 1_048_576)]
    public void A_size_can_be_written_in_many_ways(string text, long bytes)
    {
        if (bytes == 0)
            Assert.Equal("InvalidSetting,ConsulMq.Commands.NewQueueCommand", Fail($"New-ConsulMqQueue q -MaxBodySize {text}").FullyQualifiedErrorId);
        else
            Assert.Equal([bytes], Run($"(New-ConsulMqQueue q -MaxBodySize {text}).MaxBodySize"));
    }

    [Theory]
    [InlineData("New-ConsulMqQueue q -MaxBodySize lots", "a KB has 1,024 bytes")]
    [InlineData("New-ConsulMqQueue q -MaxBodySize '1,5MB'", "a KB has 1,024 bytes")]
    [InlineData("New-ConsulMqQueue q -MaxBodySize '99999999TB'", "a KB has 1,024 bytes")]
    [InlineData("Push-ConsulMqItem q x -TimeToLive '1,5s'", "or a TimeSpan")]
    [InlineData("New-ConsulMqQueue q -MaxBodySize $null", "$null is not a size")]
    [InlineData("New-ConsulMqQueue q -MaxBodySize '\u0661MB'", "a KB has 1,024 bytes")]
    [InlineData("Push-ConsulMqItem q x -TimeToLive '\u0661s'", "or a TimeSpan")]
    [InlineData("Push-ConsulMqItem q x -TimeToLive '\u0661:00'", "or a TimeSpan")]
    [InlineData("Push-ConsulMqItem q x -TimeToLive '24:60:00'", "or a TimeSpan")]
    [InlineData("Push-ConsulMqItem q x -TimeToLive '1:24:00:00'", "or a TimeSpan")]
    [InlineData("Push-ConsulMqItem q x -TimeToLive '1.24:00'", "or a TimeSpan")]
    [InlineData("Push-ConsulMqItem q x -TimeToLive '99999999999:00'", "or a TimeSpan")]
    [InlineData("Push-ConsulMqItem q x -TimeToLive '5m s'", "or a TimeSpan")]
    [InlineData("Push-ConsulMqItem q x -TimeToLive ''", "'' is not a time span")]
    [InlineData("Push-ConsulMqItem q x -TimeToLive $null", "$null is not a time span")]
    [InlineData("Push-ConsulMqItem q x -TimeToLive @(1, 2)", "An array of 2 values is not a time span")]
    [InlineData("Push-ConsulMqItem q x -TimeToLive @{}", "A Hashtable is not a time span")]
    [InlineData("Push-ConsulMqItem q x -TimeToLive '1e300'", "or a TimeSpan")]
    [InlineData("New-ConsulMqQueue q -MaxDepth '10k'", "'10k' is not a whole number up to 9,223,372,036,854,775,807")]
    [InlineData("New-ConsulMqQueue q -MaxDepth ''", "'' is not a whole number")]
    [InlineData("New-ConsulMqQueue q -MaxDepth 1.5", "'1.5' is not a whole number")]
    [InlineData("New-ConsulMqQueue q -MaxDepth '1,000'", "is not a whole number")]
    [InlineData("New-ConsulMqQueue q -MaxDeliveries many", "'many' is not a whole number up to 2,147,483,647")]
    [InlineData("New-ConsulMqQueue q -MaxDeliveries 3000000000", "'3000000000' is not a whole number up to 2,147,483,647")]
    [InlineData("New-ConsulMqQueue q -MaxDeliveries $null", "$null is not a whole number")]
    [InlineData("Connect-ConsulMq 8500", "'8500' is not the address of a Consul. Give HOST, HOST:PORT, :PORT")]
    [InlineData("Connect-ConsulMq '8500'", "'8500' is not the address of a Consul")]
    [InlineData("Connect-ConsulMq @{}", "A Hashtable is not the address of a Consul")]
    [InlineData("Connect-ConsulMq http:/consul:8500", "'http:/consul:8500' is not valid: http is followed by ://")]
    [InlineData("Connect-ConsulMq http//consul", "'http//consul' is not valid: http is followed by ://")]
    [InlineData("Connect-ConsulMq unix:/tmp/s", "unix is followed by ://")]
    [InlineData("Connect-ConsulMq localhost:", "there is no port behind the colon; it must be host:port")]
    [InlineData("Connect-ConsulMq localhost:0", "no port has the number 0")]
    [InlineData("Push-ConsulMqItem q x -TimeToLive '99999999999999999d'", "or a TimeSpan")]
    [InlineData("Push-ConsulMqItem q x -TimeToLive ([double]::NaN)", "or a TimeSpan")]
    [InlineData("Push-ConsulMqItem q x -TimeToLive (Get-Command Push-ConsulMqItem)", "or a TimeSpan")]
    [InlineData("Find-ConsulMqItem q -OlderThan yesterday", "or a date")]
    [InlineData("Connect-ConsulMq ([datetime]'2026-01-01')", "unix:///PATH")]
    [InlineData("Connect-ConsulMq localhost:99999", "unix:///path")]
    public void What_cannot_be_read_is_told_how_it_is_written(string script, string text)
    {
        var error = Record.Exception(() => Fail(script)) is RuntimeException thrown ? thrown.ErrorRecord : Fail(script);

        Assert.Contains(text, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_and_dates_are_read_alike_in_every_culture()
    {
        Assert.Equal(
            [1_572_864L, 1.5],
            Run(
                """
                $thread = [Threading.Thread]::CurrentThread
                $culture = $thread.CurrentCulture
                $thread.CurrentCulture = [cultureinfo]'de-DE'
                try {
                    $queue = New-ConsulMqQueue q -MaxBodySize '1.5MB' -DeduplicationWindow '1.5'
                    $queue.MaxBodySize
                    $queue.DeduplicationWindow.TotalSeconds
                } finally {
                    $thread.CurrentCulture = $culture
                }
                """));
    }

    [Theory]
    [InlineData("-OlderThan ([datetime]::Now.AddMinutes(-5))", 0)]
    [InlineData("-NewerThan ([datetime]::Now.AddMinutes(-5))", 1)]
    [InlineData("-NewerThan ([datetimeoffset]::UtcNow.AddMinutes(-5))", 1)]
    [InlineData("-NewerThan '2020-01-01'", 1)]
    [InlineData("-OlderThan '2020-01-01 12:30'", 0)]
    public void An_age_can_be_given_as_a_moment(string filter, int found) =>
        Assert.Equal(found, Run($"$null = Push-ConsulMqItem jobs x; Find-ConsulMqItem jobs {filter}").Length);

    [Theory]
    [InlineData("consul", "consul:8500")]
    [InlineData("consul.example.com", "consul.example.com:8500")]
    [InlineData("10.1.2.3", "10.1.2.3:8500")]
    [InlineData("::1", "[::1]:8500")]
    [InlineData("[::1]", "[::1]:8500")]
    [InlineData("[::1]:8501", "[::1]:8501")]
    [InlineData("consul:80", "consul:80")]
    [InlineData(":8500", ":8500")]
    [InlineData("https://consul", "https://consul")]
    [InlineData("https://consul/proxied/", "https://consul/proxied/")]
    [InlineData("unix:///run/consul.sock", "unix:///run/consul.sock")]
    public void An_address_is_as_people_write_it(string given, string address) => Assert.Equal([address], Run($"[ConsulMq.Parameters.AddressAttribute]::new().Transform($null, '{given}')"));

    [Theory]
    [InlineData("ConsulMq.ConsulMqDevAgent", "http://127.0.0.1:18500")]
    [InlineData("ConsulMq.ConsulMqConnection", "http://127.0.0.1:18500")]
    public void What_a_job_was_given_still_says_where_its_Consul_is(string type, string address) => Assert.Equal(
        [address],
        Run($$"""
            $bag = [pscustomobject]@{ Address = '{{address}}' }
            $bag.psobject.TypeNames.Insert(0, '{{type}}')
            $bag = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($bag, 1))
            [ConsulMq.Parameters.AddressAttribute]::new().Transform($null, $bag)
            """));

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
