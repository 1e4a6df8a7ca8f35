using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace ConsulMq.Parameters;

/// <summary>
/// Lets a user write a number of bytes as a number (<c>64MB</c> is one in PowerShell), or as text with a unit: <c>500KB</c>, <c>1.5MB</c>, <c>64MiB</c>, <c>1GB</c>. As in PowerShell,
/// a KB has 1,024 bytes, as a KiB has.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class SizeAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = Given.Value(inputData);
        return Parse(value) ?? throw new ArgumentTransformationMetadataException(
            $"{Given.Name(value)} is not a size. Give bytes (1048576), or a number with a unit (500KB, 1.5MB, 64MiB, 1GB); a KB has 1,024 bytes.");
    }

    /// <summary>Reads a number of bytes; null if it is none.</summary>
    internal static long? Parse(object? value)
    {
        try
        {
            return value switch
            {
                int or long or short or byte or uint or ushort or sbyte => Convert.ToInt64(value, CultureInfo.InvariantCulture),
                double or float or decimal or ulong => Whole(Convert.ToDecimal(value, CultureInfo.InvariantCulture)),
                string text => Parse(text.Trim()),
                _ => null,
            };
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static long? Parse(string text)
    {
        var match = Regex.Match(text, @"^(-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+))\s*(?:(B)|([KMGT])(?:i?B)?)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        if (!match.Success || !decimal.TryParse(match.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return null;
        var power = match.Groups[3].Success ? "KMGT".IndexOf(char.ToUpperInvariant(match.Groups[3].Value[0])) + 1 : 0;
        return Whole(number * (1L << (10 * power)));
    }

    /// <summary>A part of a byte is none.</summary>
    private static long? Whole(decimal bytes) => (long)decimal.Round(bytes);
}
