using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using ConsulMq.Session;

namespace ConsulMq.Parameters;

/// <summary>Completes what the session holds: connections and development agents in variables, checks of queues, processes, and what the connection says of itself.</summary>
public sealed class SessionCompleter : IArgumentCompleter
{
    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Suggestions.For(wordToComplete, () => parameterName switch
        {
            "Connection" => [.. Variables<ConsulMqConnection>(), .. Current()],
            "Agent" => Variables<ConsulMqDevAgent>(),
            "ProcessId" => RunspaceState.Current.DevAgents.Select(static agent =>
                new Suggestion(agent.ProcessId.ToString(CultureInfo.InvariantCulture), $"Consul {agent.Version} at {agent.Address}", IsCode: true)),
            "Queue" => (LiveRead.Connection(fakeBoundParameters)?.QueueChecks ?? []).Select(static check => new Suggestion(check.Queue, $"{check.Queue}: {check.Status}, {check.Output}")),
            "Datacenter" => RunspaceState.Current.Connection?.Datacenter is { } datacenter ? [new Suggestion(datacenter, "That of the current connection")] : [],
            "Prefix" => new[] { RunspaceState.Current.Connection?.Prefix, ConnectionFactory.Settings.Prefix }.OfType<string>().Distinct().Select(static prefix => new Suggestion(prefix)),
            _ => [],
        });

    private static IEnumerable<Suggestion> Current() => RunspaceState.Current.Connection is { } connection
        ? [new Suggestion("(Get-ConsulMqConnection)", $"The current connection: {connection}", IsCode: true)]
        : [];

    private static string Named(string variable) =>
        variable.All(static c => char.IsLetterOrDigit(c) || c == '_') ? "$" + variable : "${" + CodeGeneration.EscapeVariableName(variable) + "}";

    private static List<Suggestion> Variables<T>()
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        var found = shell.AddScript("$ExecutionContext.SessionState.InvokeProvider.ChildItem.Get('variable:', $false)").Invoke();
        return
        [
            .. from entry in found
               let variable = entry?.BaseObject as PSVariable
               let value = variable?.Value is PSObject wrapped ? wrapped.BaseObject : variable?.Value
               where value is T && variable.Name is not ("_" or "PSItem" or "input" or "this")
               orderby variable.Name
               select new Suggestion(Named(variable.Name), value.ToString(), IsCode: true),
        ];
    }
}
