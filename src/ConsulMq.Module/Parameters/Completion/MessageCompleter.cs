using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace ConsulMq.Parameters;

/// <summary>
/// Completes what identifies a message: its ID, or the receipt handle of one that is in flight. Those of the first page of the command's queue, next one first: what
/// is ready for commands that look, take, move or remove; what is in flight for those that settle. A word that is not the beginning of an ID is looked for in tags and bodies.
/// </summary>
public sealed class MessageCompleter : IArgumentCompleter
{
    private const int Most = 50;
    private const int LabelLength = 60;

    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Suggestions.For(wordToComplete, () =>
        {
            var items = LiveRead.FirstPage(fakeBoundParameters, State(commandName, fakeBoundParameters), Most);
            if (parameterName != "ReceiptHandle")
                return items.Select(static item => new Suggestion(item.Id.ToString(), Tip(item), Label(item)));
            var id = fakeBoundParameters?["Id"]?.ToString();
            return from item in items
                   where item.ReceiptHandle is not null && (id is null || string.Equals(item.Id.ToString(), id, StringComparison.OrdinalIgnoreCase))
                   select new Suggestion(item.ReceiptHandle!, Tip(item));
        });

    private static MessageState State(string command, IDictionary? bound) => command switch
    {
        _ when bound?["State"] is { } given && LanguagePrimitives.TryConvertTo<MessageState[]>(given, CultureInfo.InvariantCulture, out var states) && states.Length > 0 => states[0],
        "Complete-ConsulMqItem" or "Undo-ConsulMqItem" or "Deny-ConsulMqItem" or "Update-ConsulMqLease" => MessageState.InFlight,
        _ => MessageState.Ready,
    };

    private static string Label(QueueObject item) => Format.OneLine($"{item.Id}  {What(item)}", 38 + LabelLength);

    private static string Tip(QueueObject item) =>
        $"{Format.Age(item.CreatedAt)} old, {Format.Size(item.Size)}{(item.Lease is { } lease ? $", {lease}" : "")}{(item.Tags.Count > 0 ? $", tags {Format.Words(item.Tags)}" : "")}: {Format.Preview(item)}";

    private static string What(QueueObject item) => $"{Format.Age(item.CreatedAt),4}  {(item.Tags.Count > 0 ? $"[{Format.Words(item.Tags)}] " : "")}{Format.Preview(item)}";
}
