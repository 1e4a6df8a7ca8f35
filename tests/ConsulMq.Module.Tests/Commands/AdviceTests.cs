using System.Text.RegularExpressions;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>What an error says to do.</summary>
public sealed partial class AdviceTests() : CommandTests(InMemory)
{
    [Fact]
    public void Each_ID_of_an_error_has_an_action_that_is_recommended()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "ConsulMq.Module"), "*.cs", SearchOption.AllDirectories)
            .Where(static file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
        var ids = sources.SelectMany(static file => Named().Matches(File.ReadAllText(file)).Select(static match => match.Groups[1].Value)).ToHashSet();
        ids.UnionWith(Run("[enum]::GetNames([ConsulMq.ConsulMqError])").Cast<string>());
        var pages = Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs", "cmdlets"), "*.md");
        ids.UnionWith(pages.SelectMany(static file => Documented().Matches(Errors(File.ReadAllText(file))).Select(static match => match.Groups[1].Value)));

        Assert.True(ids.Count > 40);
        Assert.Empty(ids.Except(Run("[ConsulMq.Commands.PushItemCommand].Assembly.GetType('ConsulMq.RecommendedActions').GetProperty('Ids').GetValue($null)").Cast<string>()));
    }

    [Fact]
    public void Each_ID_of_an_error_stands_in_the_list_of_all_of_them()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "errors.md"));

        var missing = Run("[ConsulMq.Commands.PushItemCommand].Assembly.GetType('ConsulMq.RecommendedActions').GetProperty('Ids').GetValue($null)").Cast<string>()
            .Where(id => !page.Contains($"`{id}`", StringComparison.Ordinal)).ToList();

        Assert.True(missing.Count == 0, string.Join(' ', missing));
    }

    [Theory]
    [InlineData("Get-ConsulMqQueue nobody", "There is no queue 'nobody' at in-memory (consulmq).", "Get-ConsulMqQueue lists those that are there; the first push creates one.")]
    [InlineData("Push-ConsulMqItem a/b x", "'a/b' cannot name a queue: it holds a '/', which separates the parts of a key.", "A queue name has 1 to 128 printable characters")]
    [InlineData("Pop-ConsulMqItem jobs -Timeout -1", "-Timeout cannot be negative.", "Leave it out")]
    [InlineData("Push-ConsulMqItem jobs x -TimeToLive 0", "-TimeToLive has to be longer than zero.", "Give a time span such as 30s")]
    [InlineData("Get-ConsulMqItem -Connection (& { $c = Connect-ConsulMq -InMemory; Disconnect-ConsulMq; $c })", "The connection was ended", "Connect again: Connect-ConsulMq.")]
    [InlineData("Push-ConsulMqItem jobs $null", "$null cannot be pushed.", "Filter it out")]
    [InlineData("Push-ConsulMqItem jobs -Path /nowhere/at/all", "There is no '/nowhere/at/all'", "Check the path")]
    public void What_to_do_stands_beside_the_message_and_in_the_exception(string script, string message, string action)
    {
        var error = Fail(script);

        Assert.StartsWith(message, error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.StartsWith(action, error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.DoesNotContain(action, error.ErrorDetails.Message, StringComparison.Ordinal);
        if (error.Exception.GetType().Name == "ConsulMqException")
            Assert.EndsWith(error.ErrorDetails.RecommendedAction, error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'NormalView'")]
    [InlineData("'CategoryView'")]
    [InlineData("$null")]
    public void A_view_without_recommended_actions_shows_it_in_the_message(string view)
    {
        var error = Fail($"$ErrorView = {view}; Get-ConsulMqQueue nobody");

        Assert.EndsWith("(consulmq). Get-ConsulMqQueue lists those that are there; the first push creates one.", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.StartsWith("Get-ConsulMqQueue lists", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_that_catches_an_error_reads_both()
    {
        Assert.Equal(
            ["There is no queue 'nobody' at in-memory (consulmq).", "Get-ConsulMqQueue lists those that are there; the first push creates one."],
            Run("try { Get-ConsulMqQueue nobody -ErrorAction Stop } catch { \"$_\"; $_.ErrorDetails.RecommendedAction }"));
    }

    private static string Errors(string page) => page.IndexOf("## Errors", StringComparison.Ordinal) is >= 0 and var at ? page[at..page.IndexOf("\n## ", at + 5, StringComparison.Ordinal)] : "";

    [GeneratedRegex("(?:ErrorRecords\\.Of|FileFault)\\(\"([A-Z]\\w+)\"")]
    private static partial Regex Named();

    [GeneratedRegex("^- `([A-Z]\\w+)`:", RegexOptions.Multiline)]
    private static partial Regex Documented();
}
