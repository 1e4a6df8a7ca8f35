using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Integrations;

/// <summary>
/// What others have written stays what it is: nothing of it runs, sets an output, or is a command to the runner, whether it comes in by an input or out of a
/// queue.
/// </summary>
public sealed class InjectionTests(ConsulFixture consul) : IClassFixture<ConsulFixture>
{
    private const string Canary = "canary.txt";

    private static readonly string[] Hostile =
    [
        $"\"; [IO.File]::WriteAllText('{Canary}', 'x'); \"",
        $"'; [IO.File]::WriteAllText('{Canary}', 'x'); '",
        $"$([IO.File]::WriteAllText('{Canary}', 'x'))",
        $"`$(touch {Canary}) && touch {Canary} | touch {Canary} ; touch {Canary} #",
        "${{ secrets.CONSUL_HTTP_TOKEN }} $(consulToken) $[ variables.x ] %PATH% $env:PATH @args -Force",
        "::set-output name=id::stolen",
        "::add-mask::jobs",
        "::error::not true",
        "::stop-commands::never",
        "##[set-env name=X]y",
        "###vso[task.setvariable variable=id;isOutput=true]stolen",
        "#####[set-output name=id;]:::error::x",
        "##vso[task.setvariable variable=id;isOutput=true]stolen",
        "text ##vso[task.complete result=Succeeded;]done",
        "id=stolen",
        "id<<EOF\nstolen\nEOF",
        "EOF\nENDOFDATA\nconsulmq-\nghadelimiter_",
        "%0A::error::not true%0D%AZP25%25%3B%5D",
        "a]b;c=d,e:f",
        "| a | <script>alert(1)</script> [x](http://example.org) `code` **b** |",
        "Grüße, 你好, 👩‍🚀, \u2028\u202e\ufeff\u00a0",
        "  blanks and\ttabs \r\n and\rreturns  \n\n",
    ];

    /// <summary>What a step may say, and no more.</summary>
    private static readonly string[] Legitimate = ["error", "warning", "task.logissue", "task.setvariable", "task.uploadsummary"];

    private static readonly string[] Outputs = ["body", "body-file", "count", "encoding", "id", "items", "queue", "receipt"];

    [Theory]
    [InlineData("GitHub")]
    [InlineData("Azure")]
    public async Task A_body_comes_out_as_it_went_in(string kind)
    {
        using var runner = Runner.Create(kind, consul);
        var all = string.Join("\n", Hostile);
        var large = new string('ß', OperatingSystem.IsWindows() ? 10_000 : 50_000);
        foreach (var body in new[] { "\r" + all + "\r", large })
        {
            var pushed = (await runner.RunAsync(("operation", "push"), ("queue", "jobs"), ("body", body))).Succeeded();
            var leased = (await runner.RunAsync(("operation", "lease"), ("queue", "jobs"))).Succeeded();

            Assert.Equal(body, leased["body"]);
            // The JSON of the large one would be more than an environment variable holds.
            Assert.Equal(body == large ? null : body, leased.Items.Single().GetProperty("body").GetString());
            Assert.Equal(pushed["id"], leased["id"]);
            Check(runner, pushed);
            Check(runner, leased);
            Assert.DoesNotContain("stolen", pushed.Log + leased.Summary, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("GitHub")]
    [InlineData("Azure")]
    public async Task Bodies_in_a_queue_come_out_as_they_are(string kind)
    {
        using var runner = Runner.Create(kind, consul);
        using var session = new ModuleRunspace();
        string[] bodies = [.. Hostile, "nul \0 in it"];
        session.Run("param($a, $p, $b) $null = Connect-ConsulMq $a -Prefix $p; $null = $b | Push-ConsulMqItem jobs; Disconnect-ConsulMq", new Dictionary<string, object> { ["a"] = consul.Address, ["p"] = runner.Prefix, ["b"] = bodies });

        var popped = (await runner.RunAsync(("operation", "pop"), ("queue", "jobs"), ("count", "100"))).Succeeded();

        Assert.Equal(Hostile, popped.Items.Where(static item => item.GetProperty("encoding").GetString() == "utf-8").Select(static item => item.GetProperty("body").GetString()));
        Assert.Equal("bnVsIAAgaW4gaXQ=", popped.Items[^1].GetProperty("body").GetString());
        Check(runner, popped);
    }

    [Theory]
    [InlineData("GitHub")]
    [InlineData("Azure")]
    public async Task A_queue_s_name_is_a_name_in_the_log_and_in_the_summary(string kind)
    {
        using var runner = Runner.Create(kind, consul);
        string[] names = ["::error::no", "###vso[task.setvariable variable=id;isOutput=true]stolen", "##vso[task.complete result=Failed] #####[x] a|b <b>`c` $(d)", "*"];
        foreach (var name in names)
        {
            (await runner.RunAsync(("operation", "push"), ("queue", name), ("body", "x"))).Succeeded();

            var counted = (await runner.RunAsync(("operation", "count"), ("queue", name))).Succeeded();

            Assert.Equal(("1", name), (counted["count"], counted["queue"]));
            Check(runner, counted);
            Assert.Equal(8, counted.Summary.Split('\n')[2].Count(static c => c == '|') + 1);
            Assert.DoesNotContain('<', counted.Summary);
        }
    }

    [Fact]
    public async Task No_input_runs_or_commands_whatever_is_in_it()
    {
        using var runner = Runner.Create("GitHub", consul);
        var hostile = string.Join(" ", Hostile[..13]) + "\n" + string.Join("\n", Hostile[5..13]);
        (string Operation, string[] Inputs)[] cases =
        [
            ("push", ["queue", "body", "body-file", "wait", "delay", "deduplication-id", "address", "prefix", "datacenter", "version", "install", "module-path"]),
            ("pop", ["count", "wait", "lease", "fail-when-empty"]),
            ("undo", ["id", "receipt", "delay", "reason"]),
        ];
        foreach (var (operation, inputs) in cases.Append((hostile, ["operation"])))
        {
            foreach (var input in inputs)
            {
                var others = operation == "undo"
                    ? new Dictionary<string, string> { ["id"] = $"{Guid.NewGuid()}", ["receipt"] = "none" }
                    : operation == "push" && input != "body-file" ? new() { ["body"] = "x" } : [];
                if (input == "version")
                    others["module-path"] = "";
                others["operation"] = operation;
                others["queue"] = "jobs";
                others[input] = hostile;
                if (input == "version")
                    others["install"] = "false";

                var result = await runner.RunAsync(others.Select(static pair => (pair.Key, pair.Value)));

                Assert.True(result.ExitCode is 0 or 1, result.Log);
                Assert.False(result.ExitCode == 0 && input is not ("body" or "deduplication-id" or "prefix"), $"{input} was accepted: {result.Log}");
                Check(runner, result);
            }
        }
    }

    [Theory]
    [InlineData("GitHub", "add-mask")]
    [InlineData("Azure", "task.setsecret")]
    public async Task Tokens_are_masked_before_anything_else_and_stand_nowhere_else(string kind, string mask)
    {
        using var runner = Runner.Create(kind, consul);
        var (given, ambient) = ($"given%{Guid.NewGuid()}", $"ambient-{Guid.NewGuid()}");

        var result = await runner.RunAsync(
            [("operation", "push"), ("queue", "jobs"), ("body", "x"), ("token", given + "\r\n")], new Dictionary<string, string> { ["CONSUL_HTTP_TOKEN"] = ambient });

        result.Succeeded();
        Assert.Equal([(mask, given), (mask, ambient)], result.Commands.Take(2).Select(static command => (command.Name, command.Data)));
        var rest = string.Join('\n', result.Log.Split('\n').Skip(2)) + result.Summary + string.Concat(result.Outputs.Values);
        Assert.DoesNotContain(given["given%".Length..], rest, StringComparison.Ordinal);
        Assert.DoesNotContain(ambient, rest, StringComparison.Ordinal);
    }

    /// <summary>Nothing ran, no command but those of the step itself, no output but its own.</summary>
    private static void Check(Runner runner, StepResult result)
    {
        Assert.False(File.Exists(Path.Combine(runner.Folder, Canary)), "An input was run.");
        Assert.All(result.Commands, command => Assert.Contains(command.Name, Legitimate));
        Assert.All(result.Commands.Where(static command => command.Name is "error" or "warning"), static command => Assert.StartsWith("ConsulMq ", command.Properties["title"], StringComparison.Ordinal));
        Assert.Subset(Outputs.ToHashSet(), result.Outputs.Keys.ToHashSet());
        Assert.InRange(result.Commands.Count(static command => command.IsError), 0, 1);
    }
}
