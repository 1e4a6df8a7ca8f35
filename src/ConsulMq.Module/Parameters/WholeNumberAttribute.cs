using System.Globalization;
using System.Management.Automation;

namespace ConsulMq.Parameters;

/// <summary>Lets a user write a whole number as a number or as its digits. Anything else is an error that says so: no text is 0, and no part of a number is cut off.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class WholeNumberAttribute : ArgumentTransformationAttribute
{
    /// <summary>Whether <c>$null</c> stays what it is: none.</summary>
    public bool AllowNull { get; set; }

    /// <summary>The largest number that can be read. Default: 9,223,372,036,854,775,807.</summary>
    public long Largest { get; set; } = long.MaxValue;

    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = Given.Value(inputData);
        if (value is null && AllowNull)
            return null;
        return Parse(value) is { } number && number <= Largest && number >= -Largest
            ? decimal.ToInt64(number)
            : throw new ArgumentTransformationMetadataException($"{Given.Name(value)} is not a whole number up to {Largest.ToString("N0", CultureInfo.InvariantCulture)}. Give its digits alone, without a unit: 100.");
    }

    private static decimal? Parse(object? value)
    {
        try
        {
            var number = value switch
            {
                int or long or short or byte or uint or ulong or ushort or sbyte or double or float or decimal => Convert.ToDecimal(value, CultureInfo.InvariantCulture),
                string text when decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var read) => read,
                _ => (decimal?)null,
            };
            return number is { } whole && decimal.Truncate(whole) == whole ? number : null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }
}
