namespace ConsulMq.Module.Tests.Commands;

/// <summary>Messages that went through a file of Export-Clixml (depth 2), a job (depth 1) or a remote session.</summary>
public sealed class DeserializedTests() : CommandTests(InMemory)
{
    private const string Through = "function Through($o, $depth) { [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($o, $depth)) }\n";

    public static TheoryData<string, int> Bodies()
    {
        var data = new TheoryData<string, int>();
        foreach (var body in new[]
                 {
                     "'text'", "''", "'{\"a\":1}'", "@{ a = @{ b = @{ c = 1, 2 } } }", "@(1)", "'\"json\"' -As Json", "'null' -As Json", "([byte[]](1, 2, 255))", "([byte[]]@())",
                     "([byte[]](65, 66))", "'text' -ContentType text/csv", "([datetime]'2026-01-02') -As CliXml", "\"half $([char]0xd800)\"",
                 })
        {
            data.Add(body, 1);
            data.Add(body, 2);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public void A_message_goes_on_as_it_was(string body, int depth)
    {
        var same = Run(Through + $$"""
            $item = Push-ConsulMqItem jobs -Tag one, two -Header @{ trace = 'x' } -InputObject {{body}}
            $copy = Through (Pop-ConsulMqItem jobs) {{depth}} | Push-ConsulMqItem copy
            $copy.ReadContent().Kind -eq $item.ReadContent().Kind
            [Convert]::ToBase64String($copy.RawBody) -ceq [Convert]::ToBase64String($item.RawBody)
            $copy.ContentType -ceq $item.ContentType
            "$($copy.Tags)" -ceq 'one two'
            $copy.Headers.Count -eq 1 -and $copy.Headers['TRACE'] -ceq 'x'
            """);

        Assert.Equal([true, true, true, true, true], same);
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public void A_message_shows_as_it_did(string body, int depth)
    {
        var shown = Run(Through + $$"""
            $item = Push-ConsulMqItem jobs -Tag one, two -Header @{ trace = 'x' } -TimeToLive 1h -InputObject {{body}}
            foreach ($o in $item, (Through $item {{depth}})) {
                [ConsulMq.Format]::Preview($o), [ConsulMq.Format]::Words($o.Tags), [ConsulMq.Format]::Headers($o.Headers), [ConsulMq.Format]::Left($o.TtlDeadline),
                    [ConsulMq.Format]::Age($o.CreatedAt).Length, [ConsulMq.Format]::Where($o) -join '|'
            }
            """);

        Assert.Equal(2, shown.Length);
        Assert.EndsWith("|one, two|trace=x|60m|2|", (string)shown[0], StringComparison.Ordinal);
        Assert.Equal(shown[0], shown[1]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Where_a_message_was_found_still_shows(int depth) => Assert.Equal(
        ["1", "in flight"],
        Run(Through + $"$null = 'a', 'b' | Push-ConsulMqItem jobs; [ConsulMq.Format]::Where((Through (Find-ConsulMqItem jobs b) {depth})); $null = Pop-ConsulMqItem jobs -Lease; [ConsulMq.Format]::Where((Through (Find-ConsulMqItem jobs -State InFlight) {depth}))"));

    [Fact]
    public void A_parameter_goes_before_what_the_message_had() => Assert.Equal(
        ["new", "text/csv", 0],
        Run(Through + "$c = Through (Push-ConsulMqItem jobs x -Tag old -Header @{ a = 1 }) 2 | Push-ConsulMqItem copy -Tag new -ContentType text/csv -Header @{}; $c.Tags; $c.ContentType; $c.Headers.Count"));

    [Fact]
    public void A_message_without_its_body_is_refused() => Assert.StartsWith(
        "InvalidBody,",
        Fail(Through + "$o = [pscustomobject]@{ Id = [guid]::NewGuid() }; $o.psobject.TypeNames.Insert(0, 'ConsulMq.QueueObject'); Through $o 2 | Push-ConsulMqItem copy").FullyQualifiedErrorId,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_lease_shows_as_it_did(int depth) => Assert.Equal(
        [true, "10m", "10m"],
        Run(Through + $"$null = Push-ConsulMqItem jobs x; $a = Pop-ConsulMqItem jobs -LeaseDuration 10m; $b = Through $a {depth}; [ConsulMq.Format]::OneLine($a.Lease) -eq [ConsulMq.Format]::OneLine($b.Lease); $c = Through $a.Lease {depth}; [ConsulMq.Format]::Duration($c.Duration); [ConsulMq.Format]::Left($c.ExpiresAt)"));

    [Fact]
    public async Task Tables_and_lists_of_them_show_all_and_leave_no_error()
    {
        using var process = ScriptHostProcess.Start(
            "Import-Module ConsulMq; $null = Connect-ConsulMq -InMemory; " + Through
            + "Through (Push-ConsulMqItem jobs 'first body' -Tag one) 2; Through (Push-ConsulMqItem jobs -InputObject @{ a = 1 }) 1; \"errors: $($Error.Count)\"");

        var text = await process.StandardOutput.ReadToEndAsync();

        Assert.Contains("first body", text, StringComparison.Ordinal);
        Assert.Contains("{\"a\":1}", text, StringComparison.Ordinal);
        Assert.Contains("errors: 0", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_push_that_was_none_is_marked()
    {
        Assert.Equal(
            ["one", "(duplicate) two", "(duplicate) two", "two"],
            Run(Through + "$a, $b = 'one', 'two' | Push-ConsulMqItem jobs -DeduplicationId x; $a.Preview, $b.Preview, [ConsulMq.Format]::Preview((Through $b 2)), [ConsulMq.Format]::Body($b)"));
    }
}
