using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace ConsulMq;

/// <summary>What a body is.</summary>
public enum BodyKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A JSON value.</summary>
    Json,

    /// <summary>Bytes.</summary>
    Bytes,
}

/// <summary>
/// The body of a message: a string, a JSON value, or bytes. It comes out as it went in. In Consul a string stands as a JSON string and a JSON value as
/// itself, so that a person can read them; bytes stand as base64.
/// </summary>
public readonly struct MessageBody
{
    /// <summary>The content type of strings that are not well-formed Unicode (half a surrogate pair): their UTF-16 code units, little endian.</summary>
    internal const string Utf16ContentType = "text/plain; charset=utf-16le";

    private readonly ReadOnlyMemory<byte> _bytes;

    private MessageBody(BodyKind kind, string? text, ReadOnlyMemory<byte> bytes)
    {
        Kind = kind;
        Text = text;
        _bytes = bytes;
    }

    /// <summary>What the body is.</summary>
    public BodyKind Kind { get; }

    /// <summary>The string, if it is one.</summary>
    public string? Text { get; }

    /// <summary>The bytes: a string's UTF-8, a JSON value's text, the bytes themselves. For a string they are made anew at each call.</summary>
    public ReadOnlyMemory<byte> Bytes => Kind != BodyKind.Text ? _bytes
        : IsWellFormed(Text!) ? Encoding.UTF8.GetBytes(Text!)
        : ToUtf16(Text!);

    /// <summary>The number of bytes.</summary>
    public int Size => Kind != BodyKind.Text ? _bytes.Length
        : IsWellFormed(Text!) ? Encoding.UTF8.GetByteCount(Text!)
        : Text!.Length * 2;

    /// <summary>A string, empty or not, well-formed Unicode or not.</summary>
    public static MessageBody FromText(string text) => new(BodyKind.Text, text ?? throw new ArgumentNullException(nameof(text)), default);

    /// <summary>Bytes, none or many. Not copied: they must not change.</summary>
    public static MessageBody FromBytes(ReadOnlyMemory<byte> bytes) => new(BodyKind.Bytes, null, bytes);

    /// <summary>A JSON value in UTF-8. Not copied, unless it has line breaks, which become blanks: in Consul a message is one line.</summary>
    /// <exception cref="JsonException">It is not one JSON value, or it is nested more than <see cref="MaxJsonDepth"/> deep.</exception>
    public static MessageBody FromJson(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = MaxJsonDepth });
        reader.Read();
        reader.Skip();
        reader.Read();
        if (json.Span.IndexOfAny((byte)'\n', (byte)'\r') >= 0)
        {
            var line = json.ToArray();
            for (var i = 0; i < line.Length; i++)
            {
                if (line[i] is (byte)'\n' or (byte)'\r')
                    line[i] = (byte)' ';
            }

            json = line;
        }

        return FromValidJson(json);
    }

    /// <summary>How deep a JSON body may be nested.</summary>
    public const int MaxJsonDepth = 256;

    /// <summary>A JSON value that is known to be one, on one line.</summary>
    internal static MessageBody FromValidJson(ReadOnlyMemory<byte> json) => new(BodyKind.Json, null, json);

    /// <summary>The code units of a string, little endian, whatever they are: an encoding would replace halves of surrogate pairs.</summary>
    internal static byte[] ToUtf16(string text) => MemoryMarshal.AsBytes(text.AsSpan()).ToArray();

    /// <summary>The string of such code units.</summary>
    internal static string FromUtf16(ReadOnlySpan<byte> units) => MemoryMarshal.Cast<byte, char>(units).ToString();

    /// <summary>Whether a string has a UTF-8 form.</summary>
    internal static bool IsWellFormed(string text)
    {
#if NET8_0_OR_GREATER
        var start = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        if (start < 0)
            return true;
#else
        var start = 0;
#endif
        for (var i = start; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                return false;
            i++;
        }

        return true;
    }
}
