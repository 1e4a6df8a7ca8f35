using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace ConsulMq.Parameters;

/// <summary>Completes a tag from those of the messages on the first page of the command's queue, with wildcards on those of its first queues; the most frequent first.</summary>
public sealed class TagCompleter : IArgumentCompleter
{
    private const int Most = 500;

    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Suggestions.For(wordToComplete, () =>
            from item in LiveRead.FirstPages(fakeBoundParameters, MessageState.Ready, Most)
            from tag in item.Tags
            group item by tag into tagged
            orderby tagged.Count() descending, tagged.Key
            select new Suggestion(tagged.Key, $"{tagged.Key}: {tagged.Count()} of the first messages"));
}
