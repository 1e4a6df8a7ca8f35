using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace ConsulMq.Parameters;

/// <summary>Lets a user write a time span as PowerShell does (<c>00:05:00</c>), as a number of seconds, or as Consul does (<c>30s</c>, <c>5m</c>, <c>1h30m</c>, <c>250ms</c>, <c>7d</c>).</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class DurationAttribute : ArgumentTransformationAttribute
{
    /// <summary>Whether <c>$null</c> stays what it is: none.</summary>
    public bool AllowNull { get; set; }

    /// <summary>Whether a moment in the past is taken for the time since then: a DateTime, a DateTimeOffset, or text such as <c>2026-11-20</c>.</summary>
    public bool AllowMoment { get; set; }

    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is null && AllowNull)
            return null;
        // PowerShell takes a bare 7d for the decimal number 7, and keeps what was typed beside it.
        if (value is decimal && inputData is PSObject && LanguagePrimitives.ConvertTo<string>(inputData) is { } typed && typed.EndsWith("d", StringComparison.OrdinalIgnoreCase))
            value = typed;
        return Parse(value) ?? (AllowMoment ? Since(value) : null) ?? throw new ArgumentTransformationMetadataException(
            $"'{Format.OneLine(Convert.ToString(value, CultureInfo.InvariantCulture), 60)}' is not a time span{(AllowMoment ? ", nor a moment" : "")}. Give seconds (30), a number with a unit (250ms, 30s, 5m, 2h, 7d, 1h30m), hh:mm:ss, {(AllowMoment ? "a TimeSpan, or a date." : "or a TimeSpan.")}");
    }

    private static TimeSpan? Since(object? value) => value switch
    {
        DateTimeOffset time => DateTimeOffset.UtcNow - time,
        // One without a time zone is local time.
        DateTime time => DateTime.UtcNow - time.ToUniversalTime(),
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time) => DateTimeOffset.UtcNow - time,
        _ => null,
    };

    /// <summary>Reads a time span; null if it is none.</summary>
    internal static TimeSpan? Parse(object? value)
    {
        try
        {
            return value switch
            {
                TimeSpan span => span,
                int or long or short or byte or uint or double or float or decimal =>
                    TimeSpan.FromSeconds(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
                string text => Parse(text.Trim()),
                _ => null,
            };
        }
        catch (Exception e) when (e is OverflowException or ArgumentException)
        {
            return null;
        }
    }

    private static TimeSpan? Parse(string text)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
            return TimeSpan.FromSeconds(seconds);
        var match = Regex.Match(text, @"^(?<minus>-)?(?:(\d+(?:\.\d+)?)(ms|s|m|h|d))+$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        if (!match.Success)
            return text.IndexOf(':') >= 0 && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : null;
        var sum = TimeSpan.Zero;
        for (var i = 0; i < match.Groups[1].Captures.Count; i++)
        {
            var number = double.Parse(match.Groups[1].Captures[i].Value, CultureInfo.InvariantCulture);
            sum += TimeSpan.FromMilliseconds(number * match.Groups[2].Captures[i].Value.ToUpperInvariant() switch
            {
                "MS" => 1,
                "S" => 1_000,
                "M" => 60_000,
                "H" => 3_600_000,
                _ => 86_400_000,
            });
        }

        return match.Groups["minus"].Success ? sum.Negate() : sum;
    }
}
