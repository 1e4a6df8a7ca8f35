using System.Management.Automation;
using ConsulMq.Consul;
using ConsulMq.Session;

namespace ConsulMq;

/// <summary>
/// Makes error records: a stable ID, a true category, the user's thing as target, and what to do as recommended action. The exception's message says all of it;
/// the record's details have the action apart, so that the concise view of PowerShell 7 shows it once, under the message.
/// </summary>
internal static class ErrorRecords
{
    /// <summary>Whether an exception is for the user, and not a fault of the module.</summary>
    public static bool IsKnown(Exception error) => error is ConsulMqException or ConsulException or ConnectionSettingsException or NotConnectedException or ObjectDisposedException;

    /// <summary>Whether it is about Consul as a whole, so that another queue or another item would meet it too.</summary>
    public static bool IsFatal(Exception error) => error is ConnectionSettingsException or NotConnectedException or ObjectDisposedException || Known(error)?.Error
        is ConsulMqError.ConsulUnreachable or ConsulMqError.NoLeader or ConsulMqError.TlsFailure or ConsulMqError.Timeout;

    /// <summary>The record of a known exception.</summary>
    /// <param name="error">One that <see cref="IsKnown"/>.</param>
    /// <param name="target">The user's thing; null: what the exception says.</param>
    public static ErrorRecord Of(Exception error, object? target) => error switch
    {
        _ when Known(error) is { } e => Advise(new ErrorRecord(e, e.Error.ToString(), Category(e.Error), target ?? e.Subject), e.Problem, e.RecommendedAction),
        ConnectionSettingsException e => Advise(new ErrorRecord(e, "InvalidConnectionSettings", ErrorCategory.InvalidArgument, target), e.Message, null),
        NotConnectedException e => Of("NotConnected", ErrorCategory.ConnectionError, e.Message, target, e),
        ObjectDisposedException e => Of("ConnectionClosed", ErrorCategory.ConnectionError, "The connection was ended, by Disconnect-ConsulMq or with its runspace.", target, e),
        _ => throw new ArgumentException("The exception is not known.", nameof(error), error),
    };

    /// <summary>An error of the module's own, beyond those of the queue.</summary>
    /// <param name="id">Its stable ID.</param>
    /// <param name="category">Its category.</param>
    /// <param name="message">What happened, to what, and why.</param>
    /// <param name="target">The user's thing.</param>
    /// <param name="inner">What lies below, if anything.</param>
    /// <param name="action">What to do about it; null: what <see cref="RecommendedActions"/> has for the ID.</param>
    public static ErrorRecord Of(string id, ErrorCategory category, string message, object? target, Exception? inner = null, string? action = null)
    {
        message = Internal.PlainText.Shown(message);
        action = Internal.PlainText.Shown(action ?? RecommendedActions.Of(id));
        return Advise(new ErrorRecord(new InvalidOperationException($"{message} {action}", inner), id, category, target), message, action);
    }

    /// <summary>
    /// Says what to do in the message as well, for a view that leaves recommended actions out: any but the concise one, which Windows PowerShell does not have.
    /// </summary>
    /// <param name="error">A record of this class.</param>
    /// <param name="view">The caller's <c>$ErrorView</c>; null: there is none.</param>
    public static ErrorRecord For(ErrorRecord error, object? view)
    {
        if (error.ErrorDetails is { RecommendedAction: { Length: > 0 } action } details && !string.Equals(view?.ToString(), "ConciseView", StringComparison.OrdinalIgnoreCase)
            && !details.Message.EndsWith(action, StringComparison.Ordinal))
        {
            error.ErrorDetails = new ErrorDetails($"{details.Message} {action}") { RecommendedAction = action };
        }

        return error;
    }

    private static ErrorRecord Advise(ErrorRecord error, string message, string? action)
    {
        error.ErrorDetails = new ErrorDetails(message) { RecommendedAction = action ?? RecommendedActions.Of(error.FullyQualifiedErrorId) };
        return error;
    }

    private static ConsulMqException? Known(Exception error) => error as ConsulMqException ?? (error is ConsulException e ? Queueing.Errors.From(e) : null);

    private static ErrorCategory Category(ConsulMqError error) => error switch
    {
        ConsulMqError.ConsulUnreachable or ConsulMqError.OutcomeUnknown => ErrorCategory.ConnectionError,
        ConsulMqError.NoLeader => ErrorCategory.ResourceUnavailable,
        ConsulMqError.AclDenied => ErrorCategory.PermissionDenied,
        ConsulMqError.TlsFailure => ErrorCategory.SecurityError,
        ConsulMqError.InvalidQueueName or ConsulMqError.PositionOutOfRange or ConsulMqError.InvalidReceiptHandle or ConsulMqError.InvalidDestination
            or ConsulMqError.InvalidSetting or ConsulMqError.InvalidThreshold => ErrorCategory.InvalidArgument,
        ConsulMqError.QueueExists => ErrorCategory.ResourceExists,
        ConsulMqError.QueueNotFound or ConsulMqError.ItemNotFound => ErrorCategory.ObjectNotFound,
        ConsulMqError.MessageTooLarge or ConsulMqError.QueueFull => ErrorCategory.LimitsExceeded,
        ConsulMqError.LeaseLost or ConsulMqError.NotLeased => ErrorCategory.InvalidOperation,
        ConsulMqError.CorruptEntry or ConsulMqError.InvalidBody or ConsulMqError.InvalidImportLine => ErrorCategory.InvalidData,
        ConsulMqError.UnsupportedLayout => ErrorCategory.NotImplemented,
        ConsulMqError.Timeout => ErrorCategory.OperationTimeout,
        _ => ErrorCategory.NotSpecified,
    };
}
