using System.Globalization;
using System.Management.Automation;
using System.Net;
using System.Numerics;
using System.Security;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;

namespace ConsulMq.Bodies;

/// <summary>Values that are one number or one string in JSON.</summary>
internal static class JsonScalar
{
    /// <summary>Writes the value if it is one.</summary>
    public static bool TryWrite(Utf8JsonWriter json, object value, JsonPath path)
    {
        switch (value)
        {
            // An enum's type code is that of its number; its name says more, and PowerShell compares and converts names as well.
            case Enum:
                json.WriteStringValue(value.ToString());
                return true;
            case IConvertible convertible when TryWriteConvertible(json, convertible, path):
                return true;
            case BigInteger number:
                json.WriteRawValue(number.ToString(CultureInfo.InvariantCulture), skipInputValidation: true);
                return true;
            case SwitchParameter flag:
                json.WriteBooleanValue(flag.IsPresent);
                return true;
            case SecureString:
                throw path.SecretError();
            default:
                if (Text(value) is not { } text)
                    return false;
                JsonText.Write(json, text);
                return true;
        }
    }

    private static bool TryWriteConvertible(Utf8JsonWriter json, IConvertible value, JsonPath path)
    {
        switch (value.GetTypeCode())
        {
            case TypeCode.Boolean:
                json.WriteBooleanValue(value.ToBoolean(null));
                return true;
            case TypeCode.SByte or TypeCode.Byte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64:
                json.WriteNumberValue(value.ToInt64(null));
                return true;
            case TypeCode.UInt64:
                json.WriteNumberValue(value.ToUInt64(null));
                return true;
            case TypeCode.Decimal:
                json.WriteNumberValue(value.ToDecimal(null));
                return true;
            case TypeCode.Single:
                WriteFloat(json, value.ToDouble(null), value.ToSingle(null).ToString("R", CultureInfo.InvariantCulture), path);
                return true;
            case TypeCode.Double:
                // "R" loses the last digit on some doubles in .NET Framework; 17 digits never do.
                var number = value.ToDouble(null);
                var text = number.ToString("R", CultureInfo.InvariantCulture);
                if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var back) && back != number)
                    text = number.ToString("G17", CultureInfo.InvariantCulture);
                WriteFloat(json, number, text, path);
                return true;
            case TypeCode.DateTime:
                json.WriteStringValue(value.ToDateTime(null).ToString("O", CultureInfo.InvariantCulture));
                return true;
            case TypeCode.Char:
                JsonText.Write(json, value.ToString(CultureInfo.InvariantCulture));
                return true;
            case TypeCode.DBNull:
                json.WriteNullValue();
                return true;
            default:
                return false;
        }
    }

    private static void WriteFloat(Utf8JsonWriter json, double number, string text, JsonPath path)
    {
        if (double.IsNaN(number) || double.IsInfinity(number))
            throw path.Error($"is {text}, which JSON cannot express");
        // With its point it comes back as the floating number it was.
        json.WriteRawValue(text.IndexOfAny(['.', 'E']) < 0 ? text + ".0" : text, skipInputValidation: true);
    }

    /// <summary>Types whose text says all; their properties would say less, or never end.</summary>
    private static string? Text(object value) => value switch
    {
        Guid id => id.ToString("D"),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        Uri uri => uri.OriginalString,
        Version or IPAddress or Regex or ScriptBlock or CultureInfo => value.ToString(),
        FileSystemInfo file => file.FullName,
        Type type => type.FullName,
        XmlNode xml => xml.OuterXml,
        PSDriveInfo drive => drive.Name,
        ProviderInfo provider => provider.ToString(),
#if NET8_0_OR_GREATER
        DateOnly date => date.ToString("O", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("O", CultureInfo.InvariantCulture),
#endif
        _ => value.GetType().FullName == "System.Management.Automation.SemanticVersion" ? value.ToString() : null,
    };
}
