using System.Diagnostics;
using System.Text;
using ConsulMq.TestSupport;
using YamlDotNet.RepresentationModel;

namespace ConsulMq.Module.Tests.Integrations;

/// <summary>Runs steps in processes of their own as a hosted runner does: from the definition that ships, inputs in environment variables.</summary>
internal abstract class Runner : IDisposable
{
    private static readonly string Script = Path.Combine(Repository.Root, "integrations", "shared", "Invoke-ConsulMqStep.ps1");

    private readonly YamlMappingNode _environment;
    private readonly IReadOnlyDictionary<string, string> _defaults;

    /// <param name="environment">How the definition passes its inputs on.</param>
    /// <param name="defaults">The inputs of the definition, and what they are where nobody gives them.</param>
    protected Runner(YamlMappingNode environment, IReadOnlyDictionary<string, string> defaults) => (_environment, _defaults) = (environment, defaults);

    /// <summary>Where the runner keeps what is temporary, and steps work.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("consulmq-step-").FullName;

    /// <summary>Inputs that every step has, by name.</summary>
    public Dictionary<string, string> Common { get; } = [];

    /// <summary>A Consul and a prefix on it that nobody else has.</summary>
    public string Prefix => Common["prefix"];

    /// <summary>Runs a step.</summary>
    /// <param name="inputs">Names and values: <c>("operation", "push")</c>.</param>
    public Task<StepResult> RunAsync(params IEnumerable<(string Name, string Value)> inputs) => RunAsync(inputs, new Dictionary<string, string>());

    /// <summary>Runs a step with further environment variables, and what is to happen in the process before.</summary>
    public async Task<StepResult> RunAsync(IEnumerable<(string Name, string Value)> inputs, IReadOnlyDictionary<string, string> environment, string before = "")
    {
        var values = new Dictionary<string, string>(_defaults);
        foreach (var (name, value) in Common.Select(static pair => (pair.Key, pair.Value)).Concat(inputs))
        {
            Assert.True(values.ContainsKey(InputName(name)), $"There is no input '{InputName(name)}'.");
            values[InputName(name)] = value;
        }

        // The engine of the tests has no -File that would take text before it.
        var arguments = before.Length == 0 ? (string[])[Script] : ["-Command", before + "; & $args[0]; exit $LASTEXITCODE", Script];
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ConsulMq.ScriptHost.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = Folder,
        };
        foreach (var name in start.Environment.Keys.Where(static name => name.StartsWith("GITHUB_", StringComparison.Ordinal) || name is "TF_BUILD").ToArray())
            start.Environment.Remove(name);
        foreach (var (name, expression) in _environment.Texts())
            start.Environment[name] = values[InputOf(expression)];
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return await RunAsync(start);
    }

    /// <summary>What the runner writes for an input of the action: the two have different habits.</summary>
    protected virtual string InputName(string name) => name;

    /// <summary>The name in an expression that is nothing but an input.</summary>
    protected abstract string InputOf(string expression);

    protected abstract Task<StepResult> RunAsync(ProcessStartInfo start);

    protected static async Task<(int ExitCode, string Log)> EndAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>A runner of each kind, by its name.</summary>
    public static Runner Create(string kind, ConsulFixture consul, string? prefix = null)
    {
        Runner runner = kind == "GitHub" ? new GitHubRunner() : new AzureAgent();
        runner.Common["address"] = consul.Address;
        runner.Common["prefix"] = prefix ?? ConsulFixture.NewPrefix();
        runner.Common["module-path"] = Repository.ModuleFolder;
        return runner;
    }
}
