namespace ConsulMq.InMemory;

/// <summary>What Consul takes for a session.</summary>
internal static class SessionLimits
{
    public static TimeSpan ShortestTtl { get; } = TimeSpan.FromSeconds(10);

    public static TimeSpan LongestTtl { get; } = TimeSpan.FromHours(24);

    /// <summary>A longer one is taken, and cut when the session ends.</summary>
    public static TimeSpan LongestLockDelay { get; } = TimeSpan.FromSeconds(60);
}
