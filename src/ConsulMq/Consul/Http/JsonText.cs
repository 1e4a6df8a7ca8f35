using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace ConsulMq.Consul.Http;

/// <summary>
/// Reads what Consul answers. Every surprise is a <see cref="JsonException"/>, which the transport turns into a bad reply; nothing else may escape,
/// since any service at all may listen at the address.
/// </summary>
internal static class JsonText
{
    /// <summary>Moves to the next token, which must be there.</summary>
    public static void Next(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
            throw new JsonException("The answer ends too early.");
    }

    /// <summary>The current token must be of this kind.</summary>
    public static void Expect(ref Utf8JsonReader reader, JsonTokenType kind)
    {
        if (reader.TokenType != kind)
            throw new JsonException($"Expected {kind}, found {reader.TokenType}.");
    }

    /// <summary>Nothing may follow the value just read.</summary>
    public static void End(ref Utf8JsonReader reader)
    {
        if (reader.Read())
            throw new JsonException("Something follows the answer.");
    }

    /// <summary>Moves to the next property of the current object: false at its end. The reader then stands on the property's name.</summary>
    public static bool NextProperty(ref Utf8JsonReader reader)
    {
        Next(ref reader);
        if (reader.TokenType == JsonTokenType.EndObject)
            return false;
        // Half a surrogate pair in a name shows only where the name is compared, and not as a JsonException.
        if (reader.ValueIsEscaped)
            Unicode(ref reader);
        return true;
    }

    /// <summary>Skips the value of the property the reader stands on.</summary>
    public static void SkipValue(ref Utf8JsonReader reader)
    {
        Next(ref reader);
        reader.Skip();
    }

    /// <summary>Reads the value of a property: a number from 0.</summary>
    public static ulong UInt64(ref Utf8JsonReader reader)
    {
        Next(ref reader);
        Expect(ref reader, JsonTokenType.Number);
        return reader.TryGetUInt64(out var value) ? value : throw new JsonException("A number is out of range.");
    }

    /// <summary>Reads the value of a property: a string or null.</summary>
    public static string? Text(ref Utf8JsonReader reader)
    {
        Next(ref reader);
        return TextHere(ref reader);
    }

    /// <summary>The string or null the reader stands on.</summary>
    public static string? TextHere(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        Expect(ref reader, JsonTokenType.String);
        return Unicode(ref reader);
    }

    /// <summary>Reads the value of a property: base64 or null, straight into an array of the right size.</summary>
    public static ReadOnlyMemory<byte> Base64Bytes(ref Utf8JsonReader reader)
    {
        Next(ref reader);
        if (reader.TokenType == JsonTokenType.Null)
            return default;
        Expect(ref reader, JsonTokenType.String);
        if (reader.ValueIsEscaped)
        {
            Unicode(ref reader);
            return reader.TryGetBytesFromBase64(out var unescaped) ? unescaped : throw new JsonException("A value is not base64.");
        }

        var text = reader.ValueSpan;
        if (text.IsEmpty)
            return default;
        var size = Base64.GetMaxDecodedFromUtf8Length(text.Length);
        if (text[text.Length - 1] == '=')
            size -= text.Length > 1 && text[text.Length - 2] == '=' ? 2 : 1;
        if ((text.Length & 3) != 0 || size <= 0)
            throw new JsonException("A value is not base64.");
#if NET
        var bytes = GC.AllocateUninitializedArray<byte>(size);
#else
        var bytes = new byte[size];
#endif
        return Base64.DecodeFromUtf8(text, bytes, out _, out var written) == OperationStatus.Done && written == size
            ? bytes
            : throw new JsonException("A value is not base64.");
    }

    /// <summary>The name or string the reader stands on.</summary>
    private static string? Unicode(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("A string is not valid Unicode.", e);
        }
    }
}
