namespace ConsulMq.InMemory;

/// <summary>How an <see cref="InMemoryConsul"/> behaves where Consul leaves it open.</summary>
public sealed record InMemoryConsulOptions
{
    /// <summary>The clock by which sessions expire, lock delays pass and blocking queries time out.</summary>
    public Clock Clock { get; init; } = Clock.System;

    /// <summary>
    /// Whether a blocked query goes on on another thread when a write wakes it (the default) or within the call that writes. The latter lets a
    /// simulation run everything on one thread in an order of its own; that thread must have no synchronization context, or .NET moves what goes on
    /// to the thread pool all the same.
    /// </summary>
    public bool RunContinuationsAsynchronously { get; init; } = true;

    /// <summary>Where the IDs of sessions come from; a simulation gives them itself, so that it runs the same way twice.</summary>
    public Func<Guid> NewSessionId { get; init; } = Guid.NewGuid;
}
