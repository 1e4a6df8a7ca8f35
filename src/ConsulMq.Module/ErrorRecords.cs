using System.Management.Automation;
using ConsulMq.Consul;
using ConsulMq.Session;

namespace ConsulMq;

/// <summary>
/// Makes error records: a stable ID, a true category, and the user's thing as target. What to do is a part of each message, where every host shows
/// it; a recommended action beside it would say it twice.
/// </summary>
internal static class ErrorRecords
{
    /// <summary>Whether an exception is for the user, and not a fault of the module.</summary>
    public static bool IsKnown(Exception error) => error is ConsulMqException or ConsulException or ConnectionSettingsException or ObjectDisposedException;

    /// <summary>Whether it is about Consul as a whole, so that another queue or another item would meet it too.</summary>
    public static bool IsFatal(Exception error) => error is ConnectionSettingsException or ObjectDisposedException || Known(error)?.Error
        is ConsulMqError.ConsulUnreachable or ConsulMqError.NoLeader or ConsulMqError.TlsFailure or ConsulMqError.Timeout;

    /// <summary>The record of a known exception.</summary>
    /// <param name="error">One that <see cref="IsKnown"/>.</param>
    /// <param name="target">The user's thing; null: what the exception says.</param>
    public static ErrorRecord Of(Exception error, object? target) => error switch
    {
        _ when Known(error) is { } e => new ErrorRecord(e, e.Error.ToString(), Category(e.Error), target ?? e.Subject),
        ConnectionSettingsException e => new ErrorRecord(e, "InvalidConnectionSettings", ErrorCategory.InvalidArgument, target),
        ObjectDisposedException e => Of("ConnectionClosed", ErrorCategory.ConnectionError, "The connection was ended, by Disconnect-ConsulMq or with its runspace. Connect again: Connect-ConsulMq.", target, e),
        _ => throw new ArgumentException("The exception is not known.", nameof(error), error),
    };

    /// <summary>An error of the module's own, beyond those of the queue.</summary>
    public static ErrorRecord Of(string id, ErrorCategory category, string message, object? target, Exception? inner = null) =>
        new(new InvalidOperationException(Internal.PlainText.Shown(message), inner), id, category, target);

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
