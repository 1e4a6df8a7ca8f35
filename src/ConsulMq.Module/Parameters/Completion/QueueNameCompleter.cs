using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace ConsulMq.Parameters;

/// <summary>Completes a queue's name from those that are in Consul right now.</summary>
public sealed class QueueNameCompleter : IArgumentCompleter
{
    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Suggestions.For(wordToComplete, () => LiveRead.From(fakeBoundParameters, static (connection, stop) => connection.QueueNamesAsync(stop), []).Select(static name => new Suggestion(name)));
}
