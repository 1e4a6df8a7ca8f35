using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ConsulMq.Session;

namespace ConsulMq.Parameters;

/// <summary>Completes a queue's name from those that are in Consul right now. Silent where Consul does not answer at once.</summary>
public sealed class QueueNameCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var word = (wordToComplete ?? "").Trim('\'', '"');
        var pattern = WildcardPattern.Get(WildcardPattern.ContainsWildcardCharacters(word) ? word + "*" : WildcardPattern.Escape(word) + "*", WildcardOptions.IgnoreCase);
        return from name in Names(fakeBoundParameters?["Connection"])
               where pattern.IsMatch(name)
               select new CompletionResult(Quote(name), name, CompletionResultType.ParameterValue, name);
    }

    /// <summary>The name as an argument: bare where PowerShell reads it as it is.</summary>
    internal static string Quote(string name) =>
        name.All(static c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ':') && name[0] != '-' && !char.IsDigit(name[0])
            ? name
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'";

    private static IReadOnlyList<string> Names(object? bound)
    {
        try
        {
            var connection = (bound as PSObject)?.BaseObject as ConsulMqConnection ?? bound as ConsulMqConnection ?? RunspaceState.Current.GetOrConnect();
            using var patience = new CancellationTokenSource(Patience);
            var names = connection.QueueNamesAsync(patience.Token);
            return names.Wait((int)Patience.TotalMilliseconds) ? names.Result : [];
        }
#pragma warning disable CA1031 // Whatever goes wrong, a key press shows no error.
        catch (Exception)
#pragma warning restore CA1031
        {
            return [];
        }
    }
}
