using System.Management.Automation.Language;
using System.Text.RegularExpressions;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Coverage;

/// <summary>
/// What the scripts of the tree are for: each is one that PowerShell reads, and every cmdlet, parameter and error is tried by the Pester suite,
/// and every parameter in what runs without pwsh too. A parameter without a test does not go in.
/// </summary>
[Trait(TestedBuild.Trait, TestedBuild.Any)]
public sealed partial class ScriptCoverageTests
{
    /// <summary>Errors of docs/errors.md that nobody can bring about on one plain server as any user of it. The tests in C# do.</summary>
    private static readonly Dictionary<string, string> NotInSuite = new()
    {
        ["NoLeader"] = "a cluster without a majority: Cluster",
        ["OutcomeUnknown"] = "a server that goes away in the middle of a write: Cluster",
        ["AclDenied"] = "a server with access control: Access",
        ["FileAccessDenied"] = "root may read and write everything",
        ["FileError"] = "a disk that fails",
        ["FileNotRenamed"] = "a file that somebody puts there between two steps of a pop",
    };

    public static TheoryData<string> Scripts => [.. ScriptText.Files().Select(static file => Path.GetRelativePath(Repository.Root, file))];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_is_one_that_every_PowerShell_reads(string file)
    {
        var path = Path.Combine(Repository.Root, file);

        ScriptText.Read(path, out var errors);

        None(errors.Select(static e => $"{e.Extent.StartLineNumber}: {e.Message}"));
        // Windows PowerShell reads a script without a byte order mark in the code page of the machine.
        Assert.DoesNotContain(File.ReadAllBytes(path), static b => b >= 0x80);
    }

    [Fact]
    public void Every_cmdlet_is_described_in_the_Pester_suite()
    {
        var described = Suite().SelectMany(static ast => ast.FindAll(static node => node is CommandAst, true)).Cast<CommandAst>()
            .Where(static command => command.GetCommandName() == "Describe").Select(static command => ((StringConstantExpressionAst)command.CommandElements[1]).Value);

        None(Cmdlets.All.Names.Except(described));
    }

    [Fact]
    public void Every_parameter_is_used_in_the_Pester_suite() => None(Cmdlets.All.Parameters.Except(Suite().SelectMany(ParameterUse.In)));

    [Fact]
    public void Every_parameter_is_used_in_what_runs_without_pwsh() =>
        None(Cmdlets.All.Parameters.Except(ScriptText.InTests().Concat(ScriptText.Examples()).SelectMany(ParameterUse.In)));

    [Fact]
    public void Every_error_that_is_listed_is_provoked_in_the_Pester_suite_or_cannot_be()
    {
        var table = File.ReadAllText(Path.Combine(Repository.Root, "docs", "errors.md"));
        var listed = Row().Matches(table).SelectMany(static row => Id().Matches(row.Groups[1].Value)).Select(static id => id.Groups[1].Value).ToHashSet();
        var provoked = Suite().SelectMany(static ast => ast.FindAll(static node => node is StringConstantExpressionAst, true)).Cast<StringConstantExpressionAst>()
            .Select(static text => text.Value.Split(",ConsulMq.Commands.")[0]).ToHashSet();

        Assert.NotEmpty(listed);
        None(listed.Except(provoked).Except(NotInSuite.Keys));
        // What can be provoked after all, or is no error any more, is not excused.
        Assert.DoesNotContain(NotInSuite.Keys, id => provoked.Contains(id) || !listed.Contains(id));
    }

    /// <summary>Shows all of them, where a collection's assertion shows the first few.</summary>
    private static void None(IEnumerable<string> problems)
    {
        List<string> all = [.. problems];
        Assert.True(all.Count == 0, string.Join('\n', all));
    }

    private static IEnumerable<ScriptBlockAst> Suite() => ScriptText.Suite().Select(static file => ScriptText.Read(file, out _));

    [GeneratedRegex(@"(?m)^\| (`[^|]*) \|")]
    private static partial Regex Row();

    [GeneratedRegex("`([A-Za-z]+)`")]
    private static partial Regex Id();
}
