namespace ConsulMq;

/// <summary>Where a message of a queue is.</summary>
public enum MessageState
{
    /// <summary>In the queue, to be popped.</summary>
    Ready,

    /// <summary>Leased, and neither completed nor given back.</summary>
    InFlight,

    /// <summary>Pushed with a delay, and not due yet; or due, and nobody has met it yet.</summary>
    Scheduled,

    /// <summary>In the queue of the dead letters: ready there.</summary>
    Dead,
}
