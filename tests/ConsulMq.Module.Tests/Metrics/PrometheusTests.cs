using ConsulMq.Module.Tests.Commands;

namespace ConsulMq.Module.Tests.Metrics;

public sealed class PrometheusTests() : CommandTests(InMemory)
{
    /// <summary>What a file has after <c>Set-Content</c>.</summary>
    private List<Sample> Parse(string script) => Exposition.Parse(string.Concat(Run(script).Select(line => (string)line + "\n")));

    private static double Value(List<Sample> samples, string name, string queue, string? state = null) =>
        Assert.Single(samples, s => s.Name == name && s.Labels["queue"] == queue && s.Labels.GetValueOrDefault("state") == state).Value;

    [Fact]
    public void Figures_and_settings_are_gauges()
    {
        Run("New-ConsulMqQueue jobs -MaxDepth 1000 -TimeToLive 90s | ForEach-Object { }; $null = 1..10 | Push-ConsulMqItem jobs; $null = 1, 2 | Push-ConsulMqItem jobs -Delay 1h; $null = Pop-ConsulMqItem jobs -Lease; Pop-ConsulMqItem jobs -Lease | Deny-ConsulMqItem; New-ConsulMqQueue empty | ForEach-Object { }");

        var samples = Parse("Get-ConsulMqQueue | ConvertTo-ConsulMqPrometheus");

        Assert.Equal(8, Value(samples, "consulmq_queue_messages", "jobs", "ready"));
        Assert.Equal(1, Value(samples, "consulmq_queue_messages", "jobs", "in_flight"));
        Assert.Equal(2, Value(samples, "consulmq_queue_messages", "jobs", "scheduled"));
        Assert.Equal(1, Value(samples, "consulmq_queue_dead_messages", "jobs"));
        Assert.Equal(1, Value(samples, "consulmq_queue_messages", "jobs.dead", "ready"));
        Assert.Equal(1000, Value(samples, "consulmq_queue_max_messages", "jobs"));
        Assert.Equal(90, Value(samples, "consulmq_queue_time_to_live_seconds", "jobs"));
        Assert.InRange(Value(samples, "consulmq_queue_oldest_message_age_seconds", "jobs"), 0, 600);
        Assert.InRange(Value(samples, "consulmq_queue_created_timestamp_seconds", "jobs"), 1.7e9, 1e10);
        Assert.True(Value(samples, "consulmq_queue_bytes", "jobs") > 8 * 50);
        Assert.DoesNotContain(samples, s => s.Name == "consulmq_queue_oldest_message_age_seconds" && s.Labels["queue"] == "empty");
        Assert.DoesNotContain(samples, s => s.Name == "consulmq_queue_max_messages" && s.Labels["queue"] == "empty");
    }

    [Theory]
    [InlineData("a\"b\\c")]
    [InlineData("\\n\\")]
    [InlineData("{x=\"y\"} 1")]
    [InlineData("# TYPE x gauge")]
    [InlineData("äöü 日本語 😀")]
    public void A_hostile_name_stays_a_label(string name)
    {
        var samples = Parse($"$null = 'x' | Push-ConsulMqItem '{name}'; Get-ConsulMqQueue | ConvertTo-ConsulMqPrometheus");

        Assert.Equal(1, Value(samples, "consulmq_queue_messages", name, "ready"));
    }

    [Fact]
    public void A_line_break_in_a_name_is_escaped()
    {
        var samples = Parse("$null = 'x' | Push-ConsulMqItem jobs; $q = Get-ConsulMqQueue jobs; [ConsulMq.ConsulMqQueue].GetProperty('Name').SetValue($q, \"a`nb\"); $q | ConvertTo-ConsulMqPrometheus");

        Assert.Equal(1, Value(samples, "consulmq_queue_messages", "a\nb", "ready"));
    }

    [Fact]
    public void Numbers_have_a_point_whatever_the_culture()
    {
        var lines = Run(
            """
            $null = 'x' | Push-ConsulMqItem jobs
            $q = Get-ConsulMqQueue jobs
            [ConsulMq.ConsulMqQueue].GetProperty('OldestAge').SetValue($q, [timespan]::FromSeconds(1234.5))
            [ConsulMq.ConsulMqQueue].GetProperty('Depth').SetValue($q, [long]1234567)
            $culture = [cultureinfo]::CurrentCulture
            try { [cultureinfo]::CurrentCulture = 'de-DE'; $q | ConvertTo-ConsulMqPrometheus } finally { [cultureinfo]::CurrentCulture = $culture }
            """);

        Assert.Contains("consulmq_queue_oldest_message_age_seconds{queue=\"jobs\"} 1234.5", lines);
        Assert.Contains("consulmq_queue_messages{queue=\"jobs\",state=\"ready\"} 1234567", lines);
    }

    [Fact]
    public void A_queue_that_comes_twice_counts_as_it_came_last()
    {
        var samples = Parse("$null = 'x' | Push-ConsulMqItem jobs; $a = Get-ConsulMqQueue jobs; $null = 'x' | Push-ConsulMqItem jobs; $a, (Get-ConsulMqQueue jobs) | ConvertTo-ConsulMqPrometheus");

        Assert.Equal(2, Value(samples, "consulmq_queue_messages", "jobs", "ready"));
    }

    [Fact]
    public void No_queue_gives_nothing() => Assert.Empty(Run("Get-ConsulMqQueue | ConvertTo-ConsulMqPrometheus"));
}
