using System.Text.Encodings.Web;
using System.Text.Json;
using ConsulMq.Internal;

namespace ConsulMq.Storage;

/// <summary>
/// Writes messages as JSON Lines, one message a line, such as
/// <c>{"id":"…","at":"2026-11-23T07:44:07.009Z","text":"web-042"}</c>. Not for use by several threads at once.
/// </summary>
internal sealed class MessageWriter : IDisposable
{
    private static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    private static readonly JsonEncodedText At = JsonEncodedText.Encode("at");
    private static readonly JsonEncodedText Expires = JsonEncodedText.Encode("expires");
    private static readonly JsonEncodedText Deliveries = JsonEncodedText.Encode("deliveries");
    private static readonly JsonEncodedText State = JsonEncodedText.Encode("state");
    private static readonly JsonEncodedText InFlight = JsonEncodedText.Encode("inFlight");
    private static readonly JsonEncodedText Due = JsonEncodedText.Encode("due");
    private static readonly JsonEncodedText RankName = JsonEncodedText.Encode("rank");
    private static readonly JsonEncodedText Tags = JsonEncodedText.Encode("tags");
    private static readonly JsonEncodedText Headers = JsonEncodedText.Encode("headers");
    private static readonly JsonEncodedText ContentType = JsonEncodedText.Encode("type");
    private static readonly JsonEncodedText Text = JsonEncodedText.Encode("text");
    private static readonly JsonEncodedText Json = JsonEncodedText.Encode("json");
    private static readonly JsonEncodedText Base64 = JsonEncodedText.Encode("base64");
    private static readonly JsonEncodedText Body = JsonEncodedText.Encode("body");
    private static readonly JsonEncodedText Size = JsonEncodedText.Encode("size");
    private static readonly JsonEncodedText Chunks = JsonEncodedText.Encode("chunks");
    private static readonly JsonEncodedText Sha256 = JsonEncodedText.Encode("sha256");
    private static readonly JsonEncodedText Is = JsonEncodedText.Encode("is");

    /// <summary>The longest string that the writer of the platform gets: it wants six to eighteen times as much memory.</summary>
    private const int LongText = 1024 * 1024;

    private readonly PooledBuffer _buffer;
    private readonly Utf8JsonWriter _json;

    /// <param name="buffer">Where the lines go; stays the caller's.</param>
    public MessageWriter(PooledBuffer buffer)
    {
        _buffer = buffer;
        // People read the values in Consul's UI: no escape that JSON does not need. The writer's own checks are left to the tests.
        _json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    /// <summary>Writes one line, without a line break.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isInFlight">In an export: whether it was in flight.</param>
    /// <param name="due">In an export: when it may be popped, if it was scheduled.</param>
    public void Write(Message message, bool isInFlight = false, DateTimeOffset? due = null)
    {
        _json.Reset(_buffer);
        _json.WriteStartObject();
        _json.WriteString(Id, message.Id);
        _json.WriteString(At, message.CreatedAt.UtcDateTime);
        if (message.ExpiresAt is { } expires)
            _json.WriteString(Expires, expires.UtcDateTime);
        if (message.Deliveries != 0)
            _json.WriteNumber(Deliveries, message.Deliveries);
        if (isInFlight)
            _json.WriteString(State, InFlight);
        if (due is { } time)
            _json.WriteString(Due, time.UtcDateTime);
        if (message.Rank is { } rank)
            WriteRank(rank);
        if (message.Tags.Count > 0)
            WriteTags(message.Tags);
        if (message.Headers.Count > 0)
            WriteHeaders(message.Headers);
        WriteBody(message);
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <summary>The longest line that a message can have, or less: cheap to tell, so that what is far too large is never encoded.</summary>
    public static long LeastLength(Message message) => message.Blob is not null ? 0 : message.Body.Kind switch
    {
        BodyKind.Text => message.Body.Text!.Length,
        BodyKind.Json => message.Body.Bytes.Length,
        _ => message.Body.Bytes.Length / 3L * 4,
    };

    /// <summary>A bound that no line is longer than, cheap to tell.</summary>
    public static long MostLength(Message message)
    {
        // A character becomes at most six bytes (\u001f); the rest is names, times and numbers.
        var words = 512L + (message.ContentType?.Length ?? 0) + (message.Rank?.Elements.Count ?? 0) * 4L;
        foreach (var tag in message.Tags)
            words += tag.Length + 1;
        foreach (var header in message.Headers)
            words += header.Key.Length + header.Value.Length + 2;
        var body = message.Blob is not null ? 0 : message.Body.Kind switch
        {
            BodyKind.Text => 6L * message.Body.Text!.Length,
            BodyKind.Json => message.Body.Bytes.Length,
            _ => (message.Body.Bytes.Length / 3L * 4) + 4,
        };
        return (6 * words) + body;
    }

    public void Dispose() => _json.Dispose();

    private void WriteBody(Message message)
    {
        if (message.Blob is { } blob)
        {
            WriteReference(blob, message.ContentType);
            return;
        }

        var body = message.Body;
        if (body.Kind == BodyKind.Text && !MessageBody.IsWellFormed(body.Text!))
        {
            // A string that UTF-8 cannot carry goes as its UTF-16 code units.
            _json.WriteString(ContentType, MessageBody.Utf16ContentType);
            _json.WriteBase64String(Base64, MessageBody.ToUtf16(body.Text!));
            return;
        }

        if (message.ContentType is { } type)
            _json.WriteString(ContentType, type);
        switch (body.Kind)
        {
            case BodyKind.Text when body.Text!.Length > LongText:
                WriteLongText(body.Bytes.Span);
                break;
            case BodyKind.Text:
                _json.WriteString(Text, body.Text);
                break;
            case BodyKind.Json:
                _json.WritePropertyName(Json);
                _json.WriteRawValue(body.Bytes.Span, skipInputValidation: true);
                break;
            default:
                _json.WriteBase64String(Base64, body.Bytes.Span);
                break;
        }
    }

    /// <summary>Writes a string that is too long for a line of an entry, and stands in a line of an export.</summary>
    private void WriteLongText(ReadOnlySpan<byte> text)
    {
        using var escaped = new PooledBuffer(text.Length + (text.Length / 8));
        escaped.Write((byte)'"');
        while (!text.IsEmpty)
        {
            var plain = 0;
            while (plain < text.Length && text[plain] >= 0x20 && text[plain] != '"' && text[plain] != '\\')
                plain++;
            text.Slice(0, plain).CopyTo(escaped.GetSpan(plain));
            escaped.Advance(plain);
            if (plain == text.Length)
                break;
            WriteEscape(escaped, text[plain]);
            text = text.Slice(plain + 1);
        }

        escaped.Write((byte)'"');
        _json.WritePropertyName(Text);
        _json.WriteRawValue(escaped.WrittenSpan, skipInputValidation: true);
    }

    private static void WriteEscape(PooledBuffer buffer, byte character)
    {
        buffer.Write((byte)'\\');
        switch (character)
        {
            case (byte)'"' or (byte)'\\':
                buffer.Write(character);
                break;
            case (byte)'\n':
                buffer.Write((byte)'n');
                break;
            case (byte)'\r':
                buffer.Write((byte)'r');
                break;
            case (byte)'\t':
                buffer.Write((byte)'t');
                break;
            default:
                var digits = "0123456789abcdef"u8;
                "u00"u8.CopyTo(buffer.GetSpan(5));
                buffer.Advance(3);
                buffer.Write(digits[character >> 4]);
                buffer.Write(digits[character & 15]);
                break;
        }
    }

    private void WriteReference(BodyReference body, string? type)
    {
        if (body.Kind == BlobKind.Utf16)
            _json.WriteString(ContentType, MessageBody.Utf16ContentType);
        else if (type is not null)
            _json.WriteString(ContentType, type);
        _json.WriteStartObject(Body);
        _json.WriteString(Id, body.Id);
        _json.WriteString(Is, body.Kind switch { BlobKind.Text => "text", BlobKind.Json => "json", _ => "bytes" });
        _json.WriteNumber(Size, body.Size);
        _json.WriteNumber(Chunks, body.Chunks);
        _json.WriteString(Sha256, body.Sha256);
        _json.WriteEndObject();
    }

    private void WriteRank(Rank rank)
    {
        _json.WriteStartArray(RankName);
        foreach (var element in rank.Elements)
            _json.WriteNumberValue(element);
        _json.WriteEndArray();
    }

    private void WriteTags(IReadOnlyList<string> tags)
    {
        _json.WriteStartArray(Tags);
        foreach (var tag in tags)
            _json.WriteStringValue(tag);
        _json.WriteEndArray();
    }

    private void WriteHeaders(IReadOnlyDictionary<string, string> headers)
    {
        _json.WriteStartObject(Headers);
        foreach (var header in headers)
            _json.WriteString(header.Key, header.Value);
        _json.WriteEndObject();
    }
}
