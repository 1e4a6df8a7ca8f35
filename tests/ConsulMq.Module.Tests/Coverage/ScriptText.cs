using System.Management.Automation.Language;
using System.Text.RegularExpressions;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Coverage;

/// <summary>The PowerShell of the tree: scripts, the examples in the pages of the cmdlets, and what the tests in C# have in their strings.</summary>
internal static partial class ScriptText
{
    private static readonly string[] Foreign = ["bin", "obj", "out", "TestResults", ".git", ".tools", ".vs", ".idea"];

    /// <summary>The paths of all scripts, modules and manifests, without what is built.</summary>
    public static IEnumerable<string> Files() => Files(Repository.Root, "*.ps*1").Where(static file => Path.GetExtension(file) is ".ps1" or ".psm1" or ".psd1");

    /// <summary>The files of the Pester suite.</summary>
    public static IReadOnlyList<string> Suite() => [.. Files(Path.Combine(Repository.Root, "tests", "Pester"), "*.Tests.ps1")];

    /// <summary>A script that has to be one.</summary>
    public static ScriptBlockAst Read(string file, out ParseError[] errors) => Parser.ParseFile(file, out _, out errors);

    /// <summary>The examples of the pages of the cmdlets.</summary>
    public static IEnumerable<ScriptBlockAst> Examples() =>
        Files(Path.Combine(Repository.Root, "docs"), "*.md").SelectMany(static file => Fence().Matches(File.ReadAllText(file))).Select(static match => Parse(match.Groups[1].Value));

    /// <summary>
    /// The strings of the C# tests of the module that read as scripts. In place of what C# puts into them stands a word; the strings with parameters
    /// that a theory puts there are added to the cmdlets of the same file that have such a place, and the keys of dictionaries to those that splat one.
    /// </summary>
    public static IEnumerable<ScriptBlockAst> InTests()
    {
        foreach (var file in Files(Path.Combine(Repository.Root, "tests", "ConsulMq.Module.Tests"), "*.cs").Where(static file => !file.Contains("Coverage", StringComparison.Ordinal)))
        {
            var source = File.ReadAllText(file);
            var keys = Key().Matches(source).Select(static match => match.Groups[1].Value).ToList();
            var literals = Literal().Matches(source).Select(static match => Unescape(match)).ToList();
            var arguments = literals.Where(static text => Arguments().IsMatch(text)).ToList();
            foreach (var script in literals.Select(Parse))
            {
                yield return script;
                foreach (var cmdlet in With(script, static element => element.Extent.Text == Hole))
                {
                    foreach (var argument in arguments)
                        yield return Parse($"{cmdlet} {argument}");
                }
                foreach (var cmdlet in With(script, static element => element is VariableExpressionAst { Splatted: true }))
                {
                    foreach (var key in keys)
                        yield return Parse($"{cmdlet} -{key} 0");
                }
            }
        }
    }

    private const string Hole = "hole";

    /// <summary>The cmdlets with an argument of a kind.</summary>
    private static IEnumerable<string> With(ScriptBlockAst script, Func<CommandElementAst, bool> kind) => script.FindAll(static ast => ast is CommandAst, true).Cast<CommandAst>()
        .Where(command => command.CommandElements.Skip(1).Any(kind))
        .Select(static command => command.GetCommandName()).Where(static name => Cmdlets.All.Find(name) is not null);

    private static ScriptBlockAst Parse(string text) => Parser.ParseInput(text, out _, out _);

    private static IEnumerable<string> Files(string folder, string pattern)
    {
        foreach (var file in Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal))
            yield return file;
        foreach (var inner in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            if (Foreign.Contains(Path.GetFileName(inner)))
                continue;
            foreach (var file in Files(inner, pattern))
                yield return file;
        }
    }

    private static string Unescape(Match literal)
    {
        var text = literal.Groups["text"].Value;
        var isRaw = literal.Groups["quote"].Length > 1;
        if (!isRaw)
            text = Escape().Replace(text, static escape => escape.Groups[1].Value is "n" or "r" or "t" ? "\n" : escape.Groups[1].Value);
        var dollars = literal.Groups["dollars"].Length;
        if (dollars == 0)
            return text;
        text = dollars > 1 ? DoubleInterpolation().Replace(text, Hole) : Interpolation().Replace(text.Replace("{{", "\u0001", StringComparison.Ordinal).Replace("}}", "\u0002", StringComparison.Ordinal), Hole);
        return text.Replace('\u0001', '{').Replace('\u0002', '}');
    }

    [GeneratedRegex("""(?<dollars>\$*)(?<quote>\"{3,})(?<text>[\s\S]*?)\k<quote>|(?<dollars>\$?)(?<quote>\")(?<text>(?:\\.|[^\"\\\r\n])*)\" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Literal();

    [GeneratedRegex("\\[\"([A-Z][A-Za-z]+)\"\\] = ")]
    private static partial Regex Key();

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex Escape();

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Interpolation();

    [GeneratedRegex(@"\{\{[^{}]*\}\}")]
    private static partial Regex DoubleInterpolation();

    [GeneratedRegex(@"(^|\s)-[A-Z][A-Za-z]+\b")]
    private static partial Regex Arguments();

    [GeneratedRegex(@"(?m)^```powershell\r?\n([\s\S]*?)^```")]
    private static partial Regex Fence();
}
