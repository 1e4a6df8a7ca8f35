using System.Management.Automation;

namespace ConsulMq.Workers;

/// <summary>The errors of script blocks, tagged with their messages: in the text, and as target.</summary>
internal static class JobErrors
{
    /// <summary>An error that a block wrote and went on.</summary>
    public static ErrorRecord Written(ErrorRecord error, QueueObject item) => Tagged(error, error.FullyQualifiedErrorId, item, $"Message {item.Id}: {Text(error)}{Place(error)}",
        "The block went on. If such an error is to make the message fail: -ErrorAction Stop.");

    /// <summary>An error in which a block ended.</summary>
    /// <param name="job">The message and its failure.</param>
    /// <param name="consequence">What becomes of the message now.</param>
    public static ErrorRecord Failed(Job job, string consequence) => Tagged(job.Failure!, "ItemFailed", job.Item,
        $"Message {job.Item.Id} failed, delivery {job.Item.DeliveryCount + 1}: {Text(job.Failure!)}{Place(job.Failure!)} {consequence}", RecommendedActions.Of("ItemFailed"));

    /// <summary>Why a message failed, for those who find it among the dead letters.</summary>
    public static string Reason(ErrorRecord error) =>
        string.Join(Environment.NewLine, new[]
        {
            Text(error),
            // Of a throw the ID is what was thrown.
            error.FullyQualifiedErrorId == error.Exception.Message ? null : error.FullyQualifiedErrorId,
            error.ScriptStackTrace,
        }.Where(static line => !string.IsNullOrEmpty(line)));

    private static ErrorRecord Tagged(ErrorRecord error, string id, QueueObject item, string text, string otherwise)
    {
        var action = error.ErrorDetails?.RecommendedAction is { Length: > 0 } given ? given : otherwise;
        return new ErrorRecord(error.Exception, id, error.CategoryInfo.Category, item) { ErrorDetails = new ErrorDetails(text) { RecommendedAction = action } };
    }

    private static string Text(ErrorRecord error)
    {
        var text = (error.ErrorDetails?.Message ?? error.Exception.Message).Trim();
        return text.Length > 0 && text[text.Length - 1] is ('.' or '?' or '!') ? text : text + ".";
    }

    /// <summary>Where in the block: the record itself will show where the worker was called.</summary>
    private static string Place(ErrorRecord error) => error.InvocationInfo is { ScriptLineNumber: > 0 } at
        ? $" ({(string.IsNullOrEmpty(at.ScriptName) ? "line" : Path.GetFileName(at.ScriptName) + ", line")} {at.ScriptLineNumber})" : "";
}
