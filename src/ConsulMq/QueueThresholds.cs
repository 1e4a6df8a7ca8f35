using ConsulMq.Internal;

namespace ConsulMq;

/// <summary>From when on a queue is not as it should be. Ready messages count; those in flight or scheduled do not.</summary>
public sealed record QueueThresholds
{
    /// <summary>Warning from so many ready messages on; null: no such limit.</summary>
    public long? WarningDepth { get; init; }

    /// <summary>Critical from so many ready messages on; null: no such limit.</summary>
    public long? CriticalDepth { get; init; }

    /// <summary>Warning when the first message has waited for so long; null: no such limit.</summary>
    public TimeSpan? WarningAge { get; init; }

    /// <summary>Critical when the first message has waited for so long; null: no such limit.</summary>
    public TimeSpan? CriticalAge { get; init; }

    /// <summary>What is wrong with them, for people; null: nothing.</summary>
    internal string? Problem()
    {
        if (WarningDepth is null && CriticalDepth is null && WarningAge is null && CriticalAge is null)
            return "At least one threshold is needed: a depth (warning, critical) or an age.";
        if (WarningDepth < 1 || CriticalDepth < 1)
            return "A depth has to be 1 or more.";
        if (WarningAge <= TimeSpan.Zero || CriticalAge <= TimeSpan.Zero)
            return "An age has to be longer than zero.";
        if (CriticalDepth < WarningDepth)
            return $"The critical depth ({CriticalDepth}) is below the depth for a warning ({WarningDepth}).";
        if (CriticalAge < WarningAge)
            return $"The critical age ({ShortDuration.Exactly(CriticalAge.Value)}) is shorter than the age for a warning ({ShortDuration.Exactly(WarningAge!.Value)}).";
        return null;
    }
}
