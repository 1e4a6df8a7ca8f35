using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace ConsulMq.Parameters;

/// <summary>
/// Lets a user write a time span as PowerShell does (<c>00:05:00</c>), as a number of seconds, or as Consul does (<c>30s</c>, <c>5m</c>, <c>1h30m</c>, <c>250ms</c>, <c>7d</c>).
/// Hours before a colon are hours, however many, where .NET takes 24 of them for days.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class DurationAttribute : ArgumentTransformationAttribute
{
    private const string Number = @"[0-9]+(?:\.[0-9]+)?|\.[0-9]+";

    /// <summary>Whether <c>$null</c> stays what it is: none.</summary>
    public bool AllowNull { get; set; }

    /// <summary>Whether a moment in the past is taken for the time since then: a DateTime, a DateTimeOffset, or text such as <c>2026-11-20</c>.</summary>
    public bool AllowMoment { get; set; }

    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = Given.Value(inputData);
        if (value is null && AllowNull)
            return null;
        // PowerShell takes a bare 7d for the decimal number 7, and keeps what was typed beside it.
        if (value is decimal && inputData is PSObject && LanguagePrimitives.ConvertTo<string>(inputData) is { } typed && typed.EndsWith("d", StringComparison.OrdinalIgnoreCase))
            value = typed;
        else if (value is decimal whole && inputData is decimal && decimal.Truncate(whole) == whole)
            throw new ArgumentTransformationMetadataException($"{whole}d is the number {whole} to PowerShell in a variable, a hashtable or brackets. For days, quote it: '{whole}d'. For seconds, leave the d out.");
        return Parse(value) ?? (AllowMoment ? Since(value) : null) ?? throw new ArgumentTransformationMetadataException(
            $"{Given.Name(value)} is not a time span{(AllowMoment ? ", nor a moment" : "")}. Give seconds (30), a number with a unit (250ms, 30s, 5m, 2h, 7d, 1h30m), hh:mm:ss, {(AllowMoment ? "a TimeSpan, or a date." : "or a TimeSpan.")}");
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
        var match = Regex.Match(text, $@"^(?<minus>-)?(?:(?<number>{Number})\s*(?<unit>ms|s|m|h|d)\s*)+$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        return match.Success ? Signed(match, WithUnits(match)) : WithColons(text);
    }

    private static TimeSpan WithUnits(Match match)
    {
        var sum = TimeSpan.Zero;
        for (var i = 0; i < match.Groups["number"].Captures.Count; i++)
        {
            var number = double.Parse(match.Groups["number"].Captures[i].Value, CultureInfo.InvariantCulture);
            sum += TimeSpan.FromMilliseconds(number * match.Groups["unit"].Captures[i].Value.ToUpperInvariant() switch
            {
                "MS" => 1,
                "S" => 1_000,
                "M" => 60_000,
                "H" => 3_600_000,
                _ => 86_400_000,
            });
        }

        return sum;
    }

    /// <summary>hh:mm, hh:mm:ss and hh:mm:ss.fff with any number of hours; after d. or d: at most 23, as .NET has it.</summary>
    private static TimeSpan? WithColons(string text)
    {
        var match = Regex.Match(text,
            @"^(?<minus>-)?(?:(?<d>[0-9]+)(?:\.|:(?=[0-9]+:[0-9]+:)))?(?<h>[0-9]+):(?<m>[0-5]?[0-9])(?::(?<s>[0-5]?[0-9](?:\.[0-9]{1,7})?))?$", RegexOptions.CultureInvariant);
        if (!match.Success || (match.Groups["d"].Success && Part(match, "h") > 23))
            return null;
        var seconds = ((Part(match, "d") * 24 + Part(match, "h")) * 60 + Part(match, "m")) * 60 + Part(match, "s");
        return Signed(match, TimeSpan.FromTicks(decimal.ToInt64(seconds * TimeSpan.TicksPerSecond)));
    }

    private static decimal Part(Match match, string name) => match.Groups[name].Success ? decimal.Parse(match.Groups[name].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) : 0;

    private static TimeSpan Signed(Match match, TimeSpan span) => match.Groups["minus"].Success ? span.Negate() : span;
}
