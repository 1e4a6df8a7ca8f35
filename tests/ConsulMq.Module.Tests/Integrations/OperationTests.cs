using System.Text;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Integrations;

/// <summary>The operations of a step, on the runners of GitHub and of Azure.</summary>
public sealed class OperationTests(ConsulFixture consul) : IClassFixture<ConsulFixture>
{
    [Theory]
    [InlineData("GitHub")]
    [InlineData("Azure")]
    public async Task A_message_goes_from_job_to_job_and_is_completed_with_nothing_but_outputs(string kind)
    {
        var prefix = ConsulFixture.NewPrefix();
        using var first = Runner.Create(kind, consul, prefix);
        using var second = Runner.Create(kind, consul, prefix);
        using var third = Runner.Create(kind, consul, prefix);

        var pushed = (await first.RunAsync(("operation", "push"), ("queue", "jobs"), ("body", "release 4.2\nand its notes\n"))).Succeeded();
        var leased = (await second.RunAsync(("operation", "lease"), ("queue", "jobs"), ("lease", "10m"))).Succeeded();
        var empty = (await second.RunAsync(("operation", "count"), ("queue", "jobs"))).Succeeded();
        var completed = (await third.RunAsync(("operation", "complete"), ("queue", leased["queue"]), ("id", leased["id"]), ("receipt", leased["receipt"]))).Succeeded();
        var again = await third.RunAsync(("operation", "complete"), ("queue", "jobs"), ("id", leased["id"]), ("receipt", leased["receipt"]));

        Assert.Equal("release 4.2\nand its notes\n", leased["body"]);
        Assert.Equal(("1", pushed["id"], "utf-8", "0"), (leased["count"], leased["id"], leased["encoding"], empty["count"]));
        Assert.Equal(("1", leased["id"]), (completed["count"], completed["id"]));
        Assert.Equal("LeaseLost", again.Failed().Id);
        Assert.StartsWith($"| Operation | Queue | ID | Age | Size | Deliveries |\n|---|---|---|--:|--:|--:|\n| lease | jobs | {leased["id"]} | ", leased.Summary, StringComparison.Ordinal);
        Assert.DoesNotContain("release 4.2", leased.Summary + pushed.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_are_leased_and_settled_as_they_were_output()
    {
        using var runner = Runner.Create("GitHub", consul);
        foreach (var body in new[] { "one", "two", "three" })
            (await runner.RunAsync(("operation", "push"), ("queue", "jobs"), ("body", body))).Succeeded();

        var leased = (await runner.RunAsync(("operation", "lease"), ("queue", "jobs"), ("count", "10"), ("lease", "1m"))).Succeeded();
        var prolonged = (await runner.RunAsync(("operation", "update"), ("queue", "jobs"), ("id", leased["id"]), ("receipt", leased["receipt"]))).Succeeded();
        var denied = (await runner.RunAsync(("operation", "deny"), ("queue", "jobs"), ("id", $"{leased.Items[0].GetProperty("id")}"), ("receipt", $"{leased.Items[0].GetProperty("receipt")}"), ("reason", "no such host"))).Succeeded();
        var undone = await runner.RunAsync(("operation", "undo"), ("queue", "jobs"), ("id", leased["id"]), ("receipt", leased["receipt"]));
        var peeked = (await runner.RunAsync(("operation", "peek"), ("queue", "jobs"), ("count", "10"))).Succeeded();
        var popped = (await runner.RunAsync(("operation", "pop"), ("queue", "jobs"), ("count", "10"))).Succeeded();
        var dead = (await runner.RunAsync(("operation", "pop"), ("queue", "jobs.dead"))).Succeeded();

        Assert.Equal(["one", "two", "three"], leased.Items.Select(static item => item.GetProperty("body").GetString()));
        Assert.Equal(leased.Items.Select(static item => $"{item.GetProperty("id")}"), leased["id"].Split('\n'));
        Assert.Equal(("3", "3", "1", "one"), (leased["count"], prolonged["count"], denied["count"], dead["body"]));
        Assert.Equal("LeaseLost", undone.Failed().Id); // of the first; the others are back
        Assert.Equal(["two", "three"], peeked.Items.Select(static item => item.GetProperty("body").GetString()));
        Assert.Equal("", peeked["receipt"]);
        Assert.Equal(["two 1", "three 1"], popped.Items.Select(static item => $"{item.GetProperty("body")} {item.GetProperty("deliveries")}"));
        Assert.Equal("", popped["receipt"]);
    }

    [Fact]
    public async Task No_message_is_a_count_of_0_and_a_failure_only_where_that_is_asked_for()
    {
        using var runner = Runner.Create("GitHub", consul);

        var none = (await runner.RunAsync(("operation", "lease"), ("queue", "jobs"))).Succeeded();
        var failed = await runner.RunAsync(("operation", "pop"), ("queue", "jobs"), ("wait", "1s"), ("fail-when-empty", "true"));

        Assert.Equal(("0", "", "", "", "[]"), (none["count"], none["id"], none["receipt"], none["body"], none["items"]));
        Assert.Equal("QueueEmpty", failed.Failed().Id);
        Assert.Equal("0", failed["count"]);
        Assert.Contains("| lease | jobs | none |", none.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_are_Base64_objects_are_JSON_and_what_is_long_is_in_files()
    {
        using var runner = Runner.Create("GitHub", consul);
        using var session = new ModuleRunspace();
        var longText = string.Concat(Enumerable.Repeat("zwölf Boxkämpfer ", 10_000));
        session.Run("param($a, $p, $t) $null = Connect-ConsulMq $a -Prefix $p; $null = Push-ConsulMqItem jobs ([byte[]] (0, 255)); $null = Push-ConsulMqItem jobs @{ host = 'web' }; $null = Push-ConsulMqItem jobs $t; Disconnect-ConsulMq", new Dictionary<string, object> { ["a"] = consul.Address, ["p"] = runner.Prefix, ["t"] = longText });

        var bytes = (await runner.RunAsync(("operation", "pop"), ("queue", "jobs"))).Succeeded();
        var json = (await runner.RunAsync(("operation", "pop"), ("queue", "jobs"))).Succeeded();
        var file = (await runner.RunAsync(("operation", "lease"), ("queue", "jobs"))).Succeeded();
        File.WriteAllBytes(Path.Combine(runner.Folder, "in.bin"), [1, 2, 3]);
        (await runner.RunAsync(("operation", "push"), ("queue", "files"), ("body-file", "in.bin"))).Succeeded();
        var asked = (await runner.RunAsync(("operation", "pop"), ("queue", "files"), ("body-file", "out.bin"))).Succeeded();

        Assert.Equal(("AP8=", "base64"), (bytes["body"], bytes["encoding"]));
        Assert.Equal(("{\"host\":\"web\"}", "utf-8"), (json["body"], json["encoding"]));
        Assert.Equal(("", longText), (file["body"], File.ReadAllText(file["body-file"], Encoding.UTF8)));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(asked["body-file"]));
    }

    [Fact]
    public async Task A_second_run_of_a_job_pushes_no_second_message()
    {
        using var runner = Runner.Create("GitHub", consul);

        var first = (await runner.RunAsync(("operation", "push"), ("queue", "jobs"), ("body", "x"), ("deduplication-id", "run 7"))).Succeeded();
        var second = (await runner.RunAsync(("operation", "push"), ("queue", "jobs"), ("body", "x"), ("deduplication-id", "run 7"))).Succeeded();

        Assert.Equal(first["id"], second["id"]);
        Assert.Equal("1", (await runner.RunAsync(("operation", "count"), ("queue", "jobs")))["count"]);
    }

    [Theory]
    [InlineData("'operation' is 'Steal'", "operation=Steal")]
    [InlineData("'queue' is empty", "operation=pop", "queue=")]
    [InlineData("has no use for 'receipt'", "operation=push", "body=x", "receipt=y")]
    [InlineData("needs 'receipt'", "operation=complete", "id=y")]
    [InlineData("needs either 'body' or 'body-file'", "operation=push")]
    [InlineData("'count' is '0'", "operation=pop", "count=0")]
    [InlineData("'fail-when-empty' is 'maybe'", "operation=pop", "fail-when-empty=maybe")]
    [InlineData("There are 2 lines in 'id' and 1 in 'receipt'", "operation=undo", "id=a\nb", "receipt=c")]
    [InlineData("is no ID of a message", "operation=undo", "id=a", "receipt=c")]
    public async Task A_mistake_in_the_inputs_is_an_error_that_says_what_to_do(string text, params string[] inputs)
    {
        using var runner = Runner.Create("GitHub", consul);

        var result = await runner.RunAsync([("queue", "jobs"), .. inputs.Select(static input => (input.Split('=')[0], input.Split('=')[1]))]);

        var error = result.Failed();
        Assert.Equal("InvalidInput", error.Id);
        Assert.Contains(text, error.Data, StringComparison.Ordinal);
        Assert.Empty(result.Outputs);
    }

    [Theory]
    [InlineData("GitHub")]
    [InlineData("Azure")]
    public async Task An_error_of_the_module_is_one_of_the_step_with_its_ID(string kind)
    {
        using var runner = Runner.Create(kind, consul);
        runner.Common["address"] = "127.0.0.1:1";

        var error = (await runner.RunAsync([("operation", "pop"), ("queue", "jobs")], new Dictionary<string, string> { ["CONSUL_HTTP_TOKEN"] = "" })).Failed();

        Assert.Equal("ConsulUnreachable", error.Id);
        Assert.Contains("127.0.0.1:1", error.Data, StringComparison.Ordinal);
    }
}
