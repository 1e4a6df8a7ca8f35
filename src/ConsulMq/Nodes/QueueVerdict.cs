using System.Globalization;
using ConsulMq.Consul;
using ConsulMq.Internal;

namespace ConsulMq.Nodes;

/// <summary>How a queue is, by its thresholds.</summary>
/// <param name="Status">How it is.</param>
/// <param name="Output">Why, for people.</param>
internal readonly record struct QueueVerdict(CheckStatus Status, string Output)
{
    /// <summary>Judges a queue.</summary>
    /// <param name="name">The queue's name.</param>
    /// <param name="queue">What was counted; null: the queue is not there, which is as good as empty.</param>
    /// <param name="thresholds">The thresholds.</param>
    /// <param name="now">The time: a message grows older though nothing changes.</param>
    public static QueueVerdict Of(string name, ConsulMqQueue? queue, QueueThresholds thresholds, DateTimeOffset now)
    {
        if (queue is null)
            return new QueueVerdict(CheckStatus.Passing, $"{name}: 0 ready (there is no such queue)");
        var depth = Judge(queue.Depth, thresholds.WarningDepth, thresholds.CriticalDepth);
        var output = $"{name}: {Number(queue.Depth)} ready{Limit(depth, thresholds.WarningDepth, thresholds.CriticalDepth, Number)}, {Number(queue.InFlight)} in flight";
        if (Age(queue, now) is not { } age)
            return new QueueVerdict(depth, output);
        var old = Judge(age, thresholds.WarningAge, thresholds.CriticalAge);
        return new QueueVerdict(
            depth > old ? depth : old,
            $"{output}, oldest {ShortDuration.Of(age)}{Limit(old, thresholds.WarningAge, thresholds.CriticalAge, ShortDuration.Exactly)}");
    }

    /// <summary>How long until its age alone makes a queue worse; null: never.</summary>
    public static TimeSpan? NextChange(ConsulMqQueue? queue, QueueThresholds thresholds, DateTimeOffset now)
    {
        if (queue is null || Age(queue, now) is not { } age)
            return null;
        TimeSpan? next = null;
        foreach (var limit in new[] { thresholds.WarningAge, thresholds.CriticalAge })
        {
            if (limit > age && !(next < limit - age))
                next = limit - age;
        }

        return next;
    }

    private static TimeSpan? Age(ConsulMqQueue queue, DateTimeOffset now) =>
        queue.OldestAt is not { } at ? null : now > at ? now - at : TimeSpan.Zero;

    private static CheckStatus Judge<T>(T value, T? warning, T? critical)
        where T : struct, IComparable<T> =>
        critical is { } worst && value.CompareTo(worst) >= 0 ? CheckStatus.Critical
        : warning is { } bad && value.CompareTo(bad) >= 0 ? CheckStatus.Warning
        : CheckStatus.Passing;

    private static string Limit<T>(CheckStatus status, T? warning, T? critical, Func<T, string> text)
        where T : struct => status switch
        {
            CheckStatus.Critical => $" (critical at {text(critical!.Value)})",
            CheckStatus.Warning => $" (warning at {text(warning!.Value)})",
            _ => "",
        };

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
