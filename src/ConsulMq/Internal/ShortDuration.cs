using System.Globalization;

namespace ConsulMq.Internal;

/// <summary>Time spans for people, in one unit.</summary>
internal static class ShortDuration
{
    /// <summary>In the unit that leaves one to three digits, rounded down: <c>5s</c>, <c>12m</c>, <c>3h</c>, <c>9d</c>. Below zero, as where clocks differ, is zero.</summary>
    public static string Of(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => "0s",
        { TotalSeconds: < 100 } => Whole(span.TotalSeconds, "s"),
        { TotalMinutes: < 100 } => Whole(span.TotalMinutes, "m"),
        { TotalHours: < 48 } => Whole(span.TotalHours, "h"),
        _ => Whole(span.TotalDays, "d"),
    };

    /// <summary>In the largest unit that says it exactly, milliseconds at last.</summary>
    public static string Exactly(TimeSpan span) =>
        span.Ticks % TimeSpan.TicksPerDay == 0 ? Whole(span.TotalDays, "d")
        : span.Ticks % TimeSpan.TicksPerHour == 0 ? Whole(span.TotalHours, "h")
        : span.Ticks % TimeSpan.TicksPerMinute == 0 ? Whole(span.TotalMinutes, "m")
        : span.Ticks % TimeSpan.TicksPerSecond == 0 ? Whole(span.TotalSeconds, "s")
        : Whole(span.TotalMilliseconds, "ms");

    private static string Whole(double number, string unit) => Math.Floor(number).ToString("0", CultureInfo.InvariantCulture) + unit;
}
