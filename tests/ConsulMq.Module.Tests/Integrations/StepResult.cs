using System.Text.Json;

namespace ConsulMq.Module.Tests.Integrations;

/// <summary>A step as the runner sees it when it has ended.</summary>
/// <param name="ExitCode">0: it succeeded.</param>
/// <param name="Log">All lines that it wrote.</param>
/// <param name="Commands">Those of the lines that the runner takes for commands.</param>
/// <param name="Outputs">What it set, by name.</param>
/// <param name="Summary">Its part of the summary, in markdown.</param>
internal sealed record StepResult(int ExitCode, string Log, IReadOnlyList<RunnerCommand> Commands, IReadOnlyDictionary<string, string> Outputs, string Summary)
{
    /// <summary>The output <c>items</c>.</summary>
    public IReadOnlyList<JsonElement> Items => [.. JsonDocument.Parse(Outputs["items"]).RootElement.EnumerateArray()];

    public string this[string output] => Outputs[output];

    /// <summary>The step itself, which has to have succeeded.</summary>
    public StepResult Succeeded()
    {
        Assert.True(ExitCode == 0, Log);
        return this;
    }

    /// <summary>The error of a step that has to have failed.</summary>
    public RunnerCommand Failed()
    {
        Assert.True(ExitCode == 1, Log);
        return Assert.Single(Commands, static command => command.IsError);
    }
}

/// <summary>A command to the runner, as the runner reads it.</summary>
/// <param name="Name">Such as <c>error</c> or <c>task.logissue</c>.</param>
/// <param name="Properties">By name.</param>
/// <param name="Data">What it is about.</param>
internal sealed record RunnerCommand(string Name, IReadOnlyDictionary<string, string> Properties, string Data)
{
    public bool IsError => Name == "error" || (Name == "task.logissue" && Properties["type"] == "error");

    /// <summary>The ID of the error.</summary>
    public string Id => Properties.TryGetValue("code", out var code) ? code : Properties["title"]["ConsulMq ".Length..];
}
