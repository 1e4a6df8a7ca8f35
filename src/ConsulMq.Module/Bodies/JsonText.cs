using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ConsulMq.Bodies;

/// <summary>
/// Strings inside JSON. Half a surrogate pair has no UTF-8, but JSON can name it (<c>\ud800</c>); the serializer can neither write nor read that,
/// and such strings exist: file names on Windows, text cut in the middle of an emoji.
/// </summary>
internal static class JsonText
{
    public static void Write(Utf8JsonWriter json, string text)
    {
        if (MessageBody.IsWellFormed(text))
            json.WriteStringValue(text);
        else
            json.WriteRawValue(Escape(text), skipInputValidation: true);
    }

    public static string Read(ref Utf8JsonReader json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Unescape(json.ValueSpan);
        }
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16).Append('"');
        foreach (var c in text)
        {
            if (c < ' ' || c is '"' or '\\' || char.IsSurrogate(c))
                escaped.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else
                escaped.Append(c);
        }

        return escaped.Append('"').ToString();
    }

    private static string Unescape(ReadOnlySpan<byte> raw)
    {
        var text = Encoding.UTF8.GetString(raw.ToArray());
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                plain.Append(text[i]);
                continue;
            }

            i++;
            if (text[i] == 'u')
            {
                plain.Append((char)int.Parse(text.Substring(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
                continue;
            }

            plain.Append(text[i] switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', var c => c });
        }

        return plain.ToString();
    }
}
