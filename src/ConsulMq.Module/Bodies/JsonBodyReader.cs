using System.Collections.Specialized;
using System.Globalization;
using System.Management.Automation;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace ConsulMq.Bodies;

/// <summary>Reads JSON as PowerShell objects. Strings stay strings, also those that look like dates, and no number loses a digit.</summary>
internal static class JsonBodyReader
{
    public static object? Read(ReadOnlySpan<byte> utf8)
    {
        var json = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MessageBody.MaxJsonDepth });
        json.Read();
        return Value(ref json);
    }

    private static object? Value(ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.StartObject => Object(ref json),
        JsonTokenType.StartArray => Array(ref json),
        JsonTokenType.String => JsonText.Read(ref json),
        JsonTokenType.Number => Number(ref json),
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => null,
    };

    private static object?[] Array(ref Utf8JsonReader json)
    {
        var items = new List<object?>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            items.Add(Value(ref json));
        return [.. items];
    }

    private static object Object(ref Utf8JsonReader json)
    {
        var properties = new List<KeyValuePair<string, object?>>();
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            var name = JsonText.Read(ref json);
            json.Read();
            properties.Add(new(name, Value(ref json)));
        }

        var result = new PSObject();
        foreach (var property in properties)
        {
            // PowerShell's properties do not tell upper case from lower, cannot be nameless, and reserve some names; a dictionary takes them all.
            if (property.Key.Length == 0 || result.Properties[property.Key] is not null || property.Key.StartsWith("ps", StringComparison.OrdinalIgnoreCase) && IsReserved(property.Key))
                return Dictionary(properties);
            result.Properties.Add(new PSNoteProperty(property.Key, property.Value));
        }

        return result;
    }

    private static bool IsReserved(string name) => name.ToUpperInvariant() is "PSBASE" or "PSADAPTED" or "PSEXTENDED" or "PSOBJECT" or "PSTYPENAMES";

    private static OrderedDictionary Dictionary(List<KeyValuePair<string, object?>> properties)
    {
        var result = new OrderedDictionary(StringComparer.Ordinal);
        foreach (var property in properties)
            result[property.Key] = property.Value;
        return result;
    }

    private static object Number(ref Utf8JsonReader json)
    {
        if (IsNegativeZero(ref json))
            return -0.0;
        if (json.TryGetInt32(out var small))
            return small;
        if (json.TryGetInt64(out var big))
            return big;
        var text = Encoding.ASCII.GetString(json.ValueSpan.ToArray());
        if (text.IndexOfAny(['.', 'e', 'E']) < 0)
            return BigInteger.Parse(text, CultureInfo.InvariantCulture);
        var hasDouble = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && !double.IsInfinity(number);
        if (hasDouble && Digits(number.ToString("R", CultureInfo.InvariantCulture)) == Digits(text))
            return number;
        // More digits than a double holds.
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) && Digits(exact.ToString(CultureInfo.InvariantCulture)) == Digits(text))
            return exact;
        return hasDouble ? number : text;
    }

    private static bool IsNegativeZero(ref Utf8JsonReader json) => json.ValueSpan.Length == 2 && json.ValueSpan[0] == '-' && json.ValueSpan[1] == '0';

    /// <summary>The significant digits, without point, exponent and outer zeros.</summary>
    private static string Digits(string number)
    {
        var end = number.IndexOfAny(['e', 'E']);
        var digits = (end < 0 ? number : number.Substring(0, end)).Replace(".", "").TrimStart('-', '0');
        return digits.TrimEnd('0');
    }
}
