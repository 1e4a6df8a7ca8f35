using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ConsulMq.Module.Tests.Integrations;

/// <summary>Does what the agent of Azure Pipelines does with a step of the template, by its documentation of logging commands.</summary>
internal sealed partial class AzureAgent() : Runner(
    Step.Map("env"),
    Template.List("parameters").ToDictionary(static parameter => parameter.Text("name")!, static parameter => parameter.Text("default") ?? ""))
{
    public const string Definition = "integrations/azure-pipelines/step.yml";

    private static YamlDotNet.RepresentationModel.YamlMappingNode Template => Yaml.Load(Definition);

    private static YamlDotNet.RepresentationModel.YamlNode Step => Template.List("steps").Single();

    /// <summary>There, names are in camel case.</summary>
    protected override string InputName(string name) => Dash().Replace(name, static match => match.Groups[1].Value.ToUpperInvariant());

    protected override string InputOf(string expression) => Parameter().Match(expression).Groups[1].Value;

    protected override async Task<StepResult> RunAsync(ProcessStartInfo start)
    {
        start.Environment["TF_BUILD"] = "True";
        start.Environment["AGENT_TEMPDIRECTORY"] = Folder;
        var (exitCode, log) = await EndAsync(start);
        List<RunnerCommand> commands = [.. log.Split('\n').Select(static line => Command(line.TrimEnd('\r'))).OfType<RunnerCommand>()];
        var outputs = commands.Where(static command => command.Name == "task.setvariable").ToDictionary(static command => command.Properties["variable"], static command => command.Data);
        var summary = commands.Find(static command => command.Name == "task.uploadsummary");
        return new StepResult(exitCode, log, commands, outputs, summary is null ? "" : File.ReadAllText(summary.Data));
    }

    /// <summary><c>##vso[name properties]data</c>, anywhere in a line.</summary>
    private static RunnerCommand? Command(string line)
    {
        var at = line.IndexOf("##vso[", StringComparison.Ordinal);
        if (at < 0)
            return null;
        var end = line.IndexOf(']', at);
        var words = line[(at + "##vso[".Length)..end].Split(' ', 2);
        var properties = (words.Length > 1 ? words[1] : "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(static property => property.Split('=', 2));
        return new(words[0], properties.ToDictionary(static pair => pair[0].Trim(), static pair => Unescape(pair[1])), Unescape(line[(end + 1)..]));
    }

    private static string Unescape(string text) => text.Replace("%3B", ";").Replace("%0D", "\r").Replace("%0A", "\n").Replace("%5D", "]").Replace("%AZP25", "%");

    [GeneratedRegex(@"^\$\{\{ parameters\.([A-Za-z]+) \}\}$")]
    private static partial Regex Parameter();

    [GeneratedRegex("-([a-z])")]
    private static partial Regex Dash();
}
