using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace ConsulMq.Module.Tests.Integrations;

/// <summary>The definitions of the steps: their inputs and outputs, and that none of them is ever a part of a command.</summary>
public sealed partial class DefinitionTests
{
    private static readonly string[] Inputs =
    [
        "operation", "queue", "body", "body-file", "count", "wait", "lease", "id", "receipt", "delay", "reason", "deduplication-id", "fail-when-empty",
        "address", "token", "prefix", "datacenter", "install", "version", "module-path",
    ];

    private static readonly string[] Outputs = ["id", "body", "encoding", "body-file", "count", "queue", "receipt", "items"];

    [Fact]
    public void The_action_has_these_inputs_and_outputs_each_with_a_description()
    {
        var action = Yaml.Load(GitHubRunner.Definition);

        Assert.Equal(Inputs, Keys(action.Map("inputs")));
        Assert.Equal(Outputs, Keys(action.Map("outputs")));
        Assert.All(action.Map("inputs").Concat(action.Map("outputs")), static entry => Assert.NotEmpty(entry.Value.Text("description")!));
        Assert.All(action.Map("outputs"), static output => Assert.Equal($"${{{{ steps.run.outputs.{output.Key} }}}}", output.Value.Text("value")));
    }

    [Fact]
    public void The_template_has_the_same_in_its_own_spelling()
    {
        var names = Yaml.Load(AzureAgent.Definition).List("parameters").Select(static parameter => parameter.Text("name")!);

        Assert.Equal(Inputs.Select(static input => Dash().Replace(input, static match => match.Groups[1].Value.ToUpperInvariant())), names.Except(["name", "condition"]));
    }

    [Fact]
    public void Every_input_is_an_environment_variable_and_nothing_else()
    {
        Passes(Yaml.Load(GitHubRunner.Definition).Map("runs").List("steps").Single(), "inputs.");
        Passes(Yaml.Load(AzureAgent.Definition).List("steps").Single(), "parameters.");

        static void Passes(YamlNode step, string context)
        {
            var variables = step.Find("env").Texts().ToList();
            Assert.Equal(Inputs.Select(static input => "CONSULMQ_STEP_" + input.ToUpperInvariant().Replace('-', '_')), variables.Select(static variable => variable.Key));
            Assert.Equal(
                Inputs.Select(input => $"${{{{ {context}{input.Replace("-", "")} }}}}"),
                variables.Select(static variable => variable.Value.Replace("-", "").ToLowerInvariant()));
        }
    }

    [Fact]
    public void No_command_of_a_step_or_an_example_has_an_expression_in_it()
    {
        foreach (var file in Yaml.Files("integrations"))
        {
            var commands = Yaml.Load(file).Under("run", "script", "bash", "pwsh", "powershell", "arguments", "filePath", "shell", "inline").ToList();

            Assert.All(commands, static command => Assert.DoesNotContain("${{", command, StringComparison.Ordinal));
            // The agent of Azure puts what is in round brackets into commands; its own path is no input.
            Assert.All(commands, static command => Assert.DoesNotContain("$(", command.Replace("$(Pipeline.Workspace)/consulmq/integrations/", ""), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Examples_give_only_what_the_definitions_take()
    {
        foreach (var step in Yaml.Load("integrations/github-action/examples/two-jobs.yml").Map("jobs").SelectMany(static job => job.Value.List("steps")).Where(static step => step.Text("uses") is not null))
            Assert.Subset(Inputs.ToHashSet(), step.Find("with").Texts().Select(static input => input.Key).ToHashSet());
        var parameters = Yaml.Load(AzureAgent.Definition).List("parameters").Select(static parameter => parameter.Text("name")!).ToHashSet();
        foreach (var step in Yaml.Load("integrations/azure-pipelines/examples/two-jobs.yml").List("jobs").SelectMany(static job => job.List("steps")).Where(static step => step.Text("template") is not null))
            Assert.Subset(parameters, step.Find("parameters").Texts().Select(static parameter => parameter.Key).ToHashSet());
    }

    [Fact]
    public void The_pages_name_every_input_and_every_output()
    {
        foreach (var (page, spelling) in new[] { ("github-action", false), ("azure-pipelines", true) })
        {
            var text = File.ReadAllText(Path.Combine(TestSupport.Repository.Root, "integrations", page, "README.md"));
            foreach (var name in Inputs)
                Assert.Contains($"| `{(spelling ? Dash().Replace(name, static match => match.Groups[1].Value.ToUpperInvariant()) : name)}` |", text, StringComparison.Ordinal);
            foreach (var name in Outputs)
                Assert.Contains($"| `{name}` |", text, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Keys(YamlMappingNode map) => map.Select(static pair => ((YamlScalarNode)pair.Key).Value!);

    [GeneratedRegex("-([a-z])")]
    private static partial Regex Dash();
}
