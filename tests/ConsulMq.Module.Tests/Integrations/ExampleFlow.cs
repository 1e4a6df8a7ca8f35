using System.Diagnostics;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace ConsulMq.Module.Tests.Integrations;

/// <summary>Plays an example with two jobs, step by step: as much of a runner as the examples need.</summary>
/// <param name="job">A runner for each job, by the job's name.</param>
/// <param name="variables">What expressions and macros stand for, beside outputs of steps.</param>
internal sealed partial class ExampleFlow(Func<string, Runner> job, IReadOnlyDictionary<string, string> variables)
{
    /// <summary>Whether the commands of the example fail.</summary>
    public bool WorkFails { get; init; }

    /// <summary>What happened: the operations of the steps, and what its commands wrote.</summary>
    public List<string> Log { get; } = [];

    public async Task PlayGitHubAsync(string file)
    {
        foreach (var (name, definition) in Yaml.Load(file).Map("jobs").Select(static pair => (((YamlScalarNode)pair.Key).Value!, pair.Value)))
            await PlayAsync(name, definition.List("steps"), static step => step.Text("uses"), "with", "id", "run", "if");
    }

    public async Task PlayAzureAsync(string file)
    {
        foreach (var definition in Yaml.Load(file).List("jobs"))
            await PlayAsync(definition.Text("job")!, definition.List("steps").Where(static step => step.Find("checkout") is null), static step => step.Text("template"), "parameters", "name", "bash", "condition");
    }

    private async Task PlayAsync(string name, IEnumerable<YamlNode> steps, Func<YamlNode, string?> uses, string with, string id, string run, string when)
    {
        var runner = job(name);
        var known = new Dictionary<string, string>(variables);
        var failed = false;
        foreach (var step in steps)
        {
            var onFailure = (step.Text(when) ?? step.Find(with)?.Text(when))?.Contains("fail", StringComparison.Ordinal) == true;
            if (onFailure != failed)
                continue;
            if (uses(step) is null)
            {
                var environment = step.Find("env").Texts().ToDictionary(static pair => pair.Key, pair => Resolve(pair.Value, known));
                failed |= !await CommandAsync(WorkFails ? "exit 1" : step.Text(run)!, environment);
                continue;
            }

            var inputs = step.Find(with).Texts().Where(static input => input.Key is not ("name" or "condition")).Select(input => (Dashed(input.Key), Resolve(input.Value, known))).ToList();
            var result = await runner.RunAsync(inputs.Where(static input => input.Item1 is not "address"));
            Log.Add($"{name}: {inputs.First(static input => input.Item1 == "operation").Item2} {(result.ExitCode == 0 ? result["count"] : result.Log)}");
            failed |= result.ExitCode != 0;
            foreach (var (output, value) in result.Outputs)
                known[$"{step.Text(id) ?? step.Find(with)?.Text(id)}.{output}"] = value;
        }
    }

    private async Task<bool> CommandAsync(string command, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("bash", ["-e", "-c", command]) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        Log.AddRange((await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }

    private static string Resolve(string text, Dictionary<string, string> known) => Expression().Replace(text, match => known[match.Groups[1].Value.Trim().Replace("steps.", "").Replace(".outputs", "")]);

    private static string Dashed(string name) => Capital().Replace(name, static match => "-" + match.Value.ToLowerInvariant());

    [GeneratedRegex(@"\$(?:\{\{|\()([^})]*)(?:\}\}|\))")]
    private static partial Regex Expression();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
