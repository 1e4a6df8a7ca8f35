using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ConsulMq.Module.Tests.Integrations;

/// <summary>Does what the runner of GitHub Actions does with a step of the action, by its documentation of workflow commands.</summary>
internal sealed partial class GitHubRunner() : Runner(Step.Map("env"), Action.Map("inputs").ToDictionary(static input => ((YamlDotNet.RepresentationModel.YamlScalarNode)input.Key).Value!, static input => input.Value.Text("default") ?? ""))
{
    public const string Definition = "integrations/github-action/action.yml";

    private static YamlDotNet.RepresentationModel.YamlMappingNode Action => Yaml.Load(Definition);

    private static YamlDotNet.RepresentationModel.YamlNode Step => Action.Map("runs").List("steps").Single();

    protected override string InputOf(string expression) => Input().Match(expression).Groups[1].Value;

    protected override async Task<StepResult> RunAsync(ProcessStartInfo start)
    {
        var outputs = Path.Combine(Folder, $"output-{Guid.NewGuid():n}");
        var summary = Path.Combine(Folder, $"summary-{Guid.NewGuid():n}");
        File.WriteAllText(outputs, "");
        File.WriteAllText(summary, "");
        start.Environment["GITHUB_ACTIONS"] = "true";
        start.Environment["GITHUB_OUTPUT"] = outputs;
        start.Environment["GITHUB_STEP_SUMMARY"] = summary;
        start.Environment["RUNNER_TEMP"] = Folder;
        var (exitCode, log) = await EndAsync(start);
        return new StepResult(exitCode, log, [.. log.Split('\n').Select(Command).OfType<RunnerCommand>()], ReadOutputs(File.ReadAllText(outputs)), File.ReadAllText(summary));
    }

    /// <summary><c>name=value</c>, or <c>name&lt;&lt;DELIMITER</c> and lines up to one that is the delimiter.</summary>
    public static Dictionary<string, string> ReadOutputs(string text)
    {
        var outputs = new Dictionary<string, string>();
        var index = 0;
        while (NextLine(text, ref index) is { } line)
        {
            if (line.Length == 0)
                continue;
            var here = line.IndexOf("<<", StringComparison.Ordinal);
            var equals = line.IndexOf('=');
            if (equals >= 0 && (here < 0 || equals < here))
            {
                outputs.Add(line[..equals], line[(equals + 1)..]);
                continue;
            }

            Assert.True(here > 0, $"'{line}' is no output.");
            var start = index;
            var end = index;
            for (var next = NextLine(text, ref index); next != line[(here + 2)..]; next = NextLine(text, ref index))
            {
                Assert.NotNull(next);
                end = index - 1;
            }

            end = OperatingSystem.IsWindows() && end > start && text[end - 1] == '\r' ? end - 1 : end;
            outputs.Add(line[..here], text[start..end]);
        }

        return outputs;
    }

    private static string? NextLine(string text, ref int index)
    {
        if (index >= text.Length)
            return null;
        var end = text.IndexOf('\n', index);
        var line = text[index..(end < 0 ? text.Length : end)];
        index = end < 0 ? text.Length : end + 1;
        return OperatingSystem.IsWindows() ? line.TrimEnd('\r') : line;
    }

    /// <summary>A line that begins with <c>::name properties::</c>, or has the older <c>##[name]</c> anywhere.</summary>
    private static RunnerCommand? Command(string line)
    {
        if (NewForm().Match(line.Trim()) is { Success: true } match)
        {
            var properties = match.Groups[2].Value.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static property => property.Split('=', 2));
            return new(match.Groups[1].Value, properties.ToDictionary(static pair => pair[0].Trim(), static pair => Unescape(pair[1])), Unescape(match.Groups[3].Value));
        }

        return line.IndexOf("##[", StringComparison.Ordinal) is >= 0 and var at ? new(line[at..], new Dictionary<string, string>(), line) : null;
    }

    private static string Unescape(string text) => text.Replace("%0D", "\r").Replace("%0A", "\n").Replace("%3A", ":").Replace("%2C", ",").Replace("%25", "%");

    [GeneratedRegex(@"^\$\{\{ inputs\.([a-z-]+) \}\}$")]
    private static partial Regex Input();

    [GeneratedRegex("^::([^ :]*) ?(.*?)::(.*)$", RegexOptions.Singleline)]
    private static partial Regex NewForm();
}
