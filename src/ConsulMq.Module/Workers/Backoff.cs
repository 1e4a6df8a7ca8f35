namespace ConsulMq.Workers;

/// <summary>How long a message stays away after it has failed: twice as long each time, with some jitter so that those which failed together do not come back together.</summary>
internal static class Backoff
{
    private const double Jitter = 0.25;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>The time.</summary>
    /// <param name="first">After the first failure.</param>
    /// <param name="deliveries">How often it had failed before.</param>
    /// <param name="random">0 to 1.</param>
    public static TimeSpan After(TimeSpan first, int deliveries, double random)
    {
        var longest = Math.Max(first.TotalSeconds, Longest.TotalSeconds);
        var seconds = Math.Min(longest, first.TotalSeconds * Math.Pow(2, Math.Min(deliveries, 30)));
        return TimeSpan.FromSeconds(seconds * (1 - Jitter * random));
    }
}
