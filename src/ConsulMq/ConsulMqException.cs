namespace ConsulMq;

/// <summary>The errors a user can meet. The names are the stable IDs that cmdlets report.</summary>
public enum ConsulMqError
{
    /// <summary>Nobody answers at the address, or not Consul.</summary>
    ConsulUnreachable,

    /// <summary>The Consul cluster has no leader.</summary>
    NoLeader,

    /// <summary>Consul refuses the token.</summary>
    AclDenied,

    /// <summary>The name cannot be a queue's.</summary>
    InvalidQueueName,

    /// <summary>There is no such queue.</summary>
    QueueNotFound,

    /// <summary>The message is over the limit.</summary>
    MessageTooLarge,

    /// <summary>The queue holds as many messages as it may.</summary>
    QueueFull,

    /// <summary>The lease on the message is over.</summary>
    LeaseLost,

    /// <summary>No message with this ID is there.</summary>
    ItemNotFound,

    /// <summary>The queue has no such position.</summary>
    PositionOutOfRange,

    /// <summary>A key of the queue holds what no client wrote.</summary>
    CorruptEntry,

    /// <summary>The queue has a layout that this version does not know.</summary>
    UnsupportedLayout,

    /// <summary>TLS failed.</summary>
    TlsFailure,

    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>The connection to Consul was lost for so long that nobody can say any more whether the operation happened.</summary>
    OutcomeUnknown,

    /// <summary>The body cannot be sent: null, or it cannot be serialised.</summary>
    InvalidBody,

    /// <summary>What was given as a receipt handle is none, or is that of another message.</summary>
    InvalidReceiptHandle,

    /// <summary>The message is not leased.</summary>
    NotLeased,

    /// <summary>The messages cannot be moved there.</summary>
    InvalidDestination,

    /// <summary>What is set, or asked for, is out of its range.</summary>
    InvalidSetting,

    /// <summary>The thresholds of a queue's check make no sense.</summary>
    InvalidThreshold,

    /// <summary>There is such a queue already.</summary>
    QueueExists,

    /// <summary>A line of a file to import is not a message, or the file was cut there.</summary>
    InvalidImportLine,

    /// <summary>Consul answered with an error of its own.</summary>
    ConsulError,
}

/// <summary>An error for the user: what happened to which of the user's things, and what to do.</summary>
public class ConsulMqException : Exception
{
    private readonly string? _recommendedAction;

    /// <summary>Creates the exception.</summary>
    /// <param name="error">Which error.</param>
    /// <param name="message">What happened, to what, and why. Without secrets; control characters in it are replaced.</param>
    /// <param name="subject">The user's thing: a queue, an ID, a key, an address.</param>
    /// <param name="inner">What lies below, if anything.</param>
    public ConsulMqException(ConsulMqError error, string message, object? subject = null, Exception? inner = null)
        : base(Internal.PlainText.Shown(message), inner)
    {
        Error = error;
        Subject = subject;
    }

    /// <summary>Which error.</summary>
    public ConsulMqError Error { get; }

    /// <summary>What happened and why, and then what to do.</summary>
    public override string Message => RecommendedAction is null ? base.Message : $"{base.Message} {RecommendedAction}";

    /// <summary>What happened and why, without what to do.</summary>
    public string Problem => base.Message;

    /// <summary>What to do about it, in whole sentences; null: there is nothing to say that is not said of all errors of this kind.</summary>
    public string? RecommendedAction
    {
        get => _recommendedAction;
        init => _recommendedAction = value is null ? null : Internal.PlainText.Shown(value);
    }

    /// <summary>The user's thing that it is about: a queue's name, a message's ID, a key, an address.</summary>
    public object? Subject { get; }
}
