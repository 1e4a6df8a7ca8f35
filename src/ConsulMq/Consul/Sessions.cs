namespace ConsulMq.Consul;

/// <summary>What happens to the keys a session holds when it ends.</summary>
public enum SessionBehavior
{
    /// <summary>They are released; their ModifyIndex changes.</summary>
    Release,

    /// <summary>They are deleted.</summary>
    Delete,
}

/// <summary>A session to create.</summary>
public sealed record SessionRequest
{
    /// <summary>A name for people.</summary>
    public required string Name { get; init; }

    /// <summary>Time to live, 10 s to 24 h; zero: none, it lives until it is destroyed. Consul ends it one to two TTLs after the last renewal.</summary>
    public TimeSpan Ttl { get; init; }

    /// <summary>What happens to its keys.</summary>
    public SessionBehavior Behavior { get; init; }

    /// <summary>
    /// Whether the session lives on when its node is not healthy, as long as it is renewed. By default it ends with the node's <c>serfHealth</c>: an
    /// agent that is restarted, or cut off for some seconds, ends it.
    /// </summary>
    public bool IgnoresNodeHealth { get; init; }

    /// <summary>How long after its end its keys cannot be locked; 0 to 60 s.</summary>
    public TimeSpan LockDelay { get; init; }
}

/// <summary>A living session.</summary>
/// <param name="Id">Its ID.</param>
/// <param name="Name">Its name.</param>
/// <param name="Node">The node it belongs to.</param>
/// <param name="Ttl">Its time to live; zero: none.</param>
/// <param name="Behavior">What happens to its keys.</param>
/// <param name="CreateIndex">The Raft index at which it came to be.</param>
/// <param name="IgnoresNodeHealth">Whether no health check of its node ends it.</param>
public sealed record SessionInfo(string Id, string Name, string Node, TimeSpan Ttl, SessionBehavior Behavior, ulong CreateIndex, bool IgnoresNodeHealth = false);

/// <summary>The living sessions.</summary>
/// <param name="Sessions">All of them.</param>
/// <param name="Index">The index to block on.</param>
public sealed record SessionListing(IReadOnlyList<SessionInfo> Sessions, ulong Index);
