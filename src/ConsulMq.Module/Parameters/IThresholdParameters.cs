namespace ConsulMq.Parameters;

/// <summary>The parameters that say from when on a queue is not as it should be.</summary>
internal interface IThresholdParameters
{
    /// <summary>The check is a warning from so many ready messages on. Default: no such limit.</summary>
    long? WarningDepth { get; }

    /// <summary>The check is critical from so many ready messages on. Default: no such limit.</summary>
    long? CriticalDepth { get; }

    /// <summary>The check is a warning when the first message has waited for so long: a TimeSpan, seconds, or like <c>30s</c>, <c>5m</c>. Default: no such limit.</summary>
    TimeSpan? WarningAge { get; }

    /// <summary>The check is critical when the first message has waited for so long: a TimeSpan, seconds, or like <c>30s</c>, <c>5m</c>. Default: no such limit.</summary>
    TimeSpan? CriticalAge { get; }
}

/// <summary>Reads them.</summary>
internal static class ThresholdParameters
{
    public static QueueThresholds Thresholds(this IThresholdParameters parameters) => new()
    {
        WarningDepth = parameters.WarningDepth,
        CriticalDepth = parameters.CriticalDepth,
        WarningAge = parameters.WarningAge,
        CriticalAge = parameters.CriticalAge,
    };

    /// <summary>Whether there is any.</summary>
    public static bool HasAny(this IThresholdParameters parameters) => parameters.Thresholds() != new QueueThresholds();
}
