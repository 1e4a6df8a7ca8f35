namespace ConsulMq.Queueing;

/// <summary>Several states of messages.</summary>
[Flags]
internal enum MessageStates
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <inheritdoc cref="MessageState.Ready" />
    Ready = 1,

    /// <inheritdoc cref="MessageState.InFlight" />
    InFlight = 2,

    /// <inheritdoc cref="MessageState.Scheduled" />
    Scheduled = 4,

    /// <summary>All that are in one queue.</summary>
    All = Ready | InFlight | Scheduled,
}
