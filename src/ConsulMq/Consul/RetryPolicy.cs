namespace ConsulMq.Consul;

/// <summary>How long and how often <see cref="RetryingConsul"/> tries again: after a random part of a delay that doubles.</summary>
public sealed record RetryPolicy
{
    /// <summary>The time for one call and all its repetitions. Default: 15 s. The wait of a blocking query does not count.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest first delay. Default: 50 ms.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Where the doubling ends. Default: 2 s.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The time for a call while no request was ever answered and nobody can be reached: the address is probably wrong, and the user should hear it
    /// at once. Default: 0.5 s.
    /// </summary>
    public TimeSpan FirstContact { get; init; } = TimeSpan.FromMilliseconds(500);
}
