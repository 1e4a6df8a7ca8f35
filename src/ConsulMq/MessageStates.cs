namespace ConsulMq;

/// <summary>Where messages of a queue can be.</summary>
[Flags]
public enum MessageStates
{
    /// <summary>Nowhere.</summary>
    None = 0,

    /// <summary>In the queue, to be popped.</summary>
    Ready = 1,

    /// <summary>Held by a consumer on a lease.</summary>
    InFlight = 2,

    /// <summary>In the queue only later.</summary>
    Scheduled = 4,

    /// <summary>All of them.</summary>
    All = Ready | InFlight | Scheduled,
}
