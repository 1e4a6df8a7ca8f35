using System.Text.Json;

namespace ConsulMq.Storage;

/// <summary>Reads what <see cref="MessageWriter"/> wrote, and what a person made of it: anything else is a <see cref="FormatException"/>.</summary>
internal static class MessageReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = MessageBody.MaxJsonDepth + 2 };

    /// <summary>Reads one line. Properties that this version does not know are passed over.</summary>
    /// <exception cref="FormatException">The line is not a message; the text says why.</exception>
    public static Message Read(ReadOnlySpan<byte> line) => Read(line, isExported: false, out _);

    /// <summary>Reads one line of an export, or one that a person wrote: the time may be missing, and then is 0001-01-01.</summary>
    /// <param name="line">The line.</param>
    /// <param name="due">When it may be popped; null: at once.</param>
    /// <exception cref="FormatException">The line is not a message, or its body is elsewhere; the text says why.</exception>
    public static Message ReadExported(ReadOnlySpan<byte> line, out DateTimeOffset? due)
    {
        var message = Read(line, isExported: true, out due);
        return message.HasBody ? message : throw new FormatException("its body is not in the line");
    }

    private static Message Read(ReadOnlySpan<byte> line, bool isExported, out DateTimeOffset? due)
    {
        try
        {
            return ReadObject(line, isExported, out due);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // The parser's position in a line tells a person nothing.
            var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            throw new FormatException((end > 0 ? e.Message.Substring(0, end) : e.Message).TrimEnd('.'), e);
        }
    }

    private static Message ReadObject(ReadOnlySpan<byte> line, bool isExported, out DateTimeOffset? due)
    {
        due = null;
        var json = new Utf8JsonReader(line, Options);
        Guid? id = null;
        DateTimeOffset? at = null, expires = null;
        var deliveries = 0;
        Rank? rank = null;
        string? type = null;
        IReadOnlyList<string> tags = [];
        IReadOnlyDictionary<string, string> headers = Message.NoHeaders;
        MessageBody? body = null;
        BodyReference? blob = null;

        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            throw new FormatException("it is not a JSON object");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("id"u8))
                id = Next(ref json).GetGuid();
            else if (json.ValueTextEquals("at"u8))
                at = Next(ref json).GetDateTimeOffset().ToUniversalTime();
            else if (json.ValueTextEquals("expires"u8))
                expires = Next(ref json).GetDateTimeOffset().ToUniversalTime();
            else if (json.ValueTextEquals("deliveries"u8))
                deliveries = Next(ref json).GetInt32();
            else if (isExported && json.ValueTextEquals("due"u8))
                due = Next(ref json).GetDateTimeOffset().ToUniversalTime();
            else if (json.ValueTextEquals("type"u8))
                type = Next(ref json).GetString();
            else if (json.ValueTextEquals("rank"u8))
                rank = ReadRank(ref json);
            else if (json.ValueTextEquals("tags"u8))
                tags = ReadTags(ref json);
            else if (json.ValueTextEquals("headers"u8))
                headers = ReadHeaders(ref json);
            else if (json.ValueTextEquals("text"u8))
                body = One(body, MessageBody.FromText(Next(ref json).GetString() ?? throw new FormatException("its text is null")));
            else if (json.ValueTextEquals("base64"u8))
                body = One(body, MessageBody.FromBytes(Next(ref json).GetBytesFromBase64()));
            else if (json.ValueTextEquals("json"u8))
                body = One(body, ReadJson(ref json, line));
            else if (json.ValueTextEquals("body"u8))
            {
                blob = BodyReferenceReader.Read(ref json);
                body = One(body, Message.NotRead);
            }
            else
                json.Skip();
        }

        if (json.TokenType != JsonTokenType.EndObject || json.Read())
            throw new FormatException("it is more than one JSON object");
        if (deliveries < 0)
            throw new FormatException("its deliveries are negative");
        var given = body ?? throw new FormatException("it has no body (text, json, base64 or body)");
        var (realBody, realType) = blob is null ? Unwrap(given, type) : (given, type);
        if (blob is { Kind: BlobKind.Bytes } && type == MessageBody.Utf16ContentType && blob.Size % 2 == 0)
            (blob, realType) = (blob with { Kind = BlobKind.Utf16 }, null);
        return new Message
        {
            Id = id ?? throw new FormatException("it has no id"),
            CreatedAt = at ?? (isExported ? DateTimeOffset.MinValue : throw new FormatException("it has no time (at)")),
            ExpiresAt = expires,
            ContentType = realType,
            Tags = tags,
            Headers = headers,
            Deliveries = deliveries,
            Rank = rank,
            Body = realBody,
            Blob = blob,
            HasBody = blob is null,
        };
    }

    private static (MessageBody Body, string? Type) Unwrap(MessageBody body, string? type)
    {
        if (type != MessageBody.Utf16ContentType || body.Kind != BodyKind.Bytes || body.Bytes.Length % 2 != 0)
            return (body, type);
        return (MessageBody.FromText(MessageBody.FromUtf16(body.Bytes.Span)), null);
    }

    private static ref Utf8JsonReader Next(ref Utf8JsonReader json)
    {
        json.Read();
        return ref json;
    }

    private static MessageBody One(MessageBody? before, MessageBody body) =>
        before is null ? body : throw new FormatException("it has two bodies");

    private static MessageBody ReadJson(ref Utf8JsonReader json, ReadOnlySpan<byte> line)
    {
        json.Read();
        var start = (int)json.TokenStartIndex;
        json.Skip();
        return MessageBody.FromValidJson(line.Slice(start, (int)json.BytesConsumed - start).ToArray());
    }

    private static Rank ReadRank(ref Utf8JsonReader json)
    {
        Expect(ref json, JsonTokenType.StartArray, "rank");
        var elements = new List<long>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            elements.Add(json.GetInt64());
        return new Rank([.. elements]);
    }

    private static string[] ReadTags(ref Utf8JsonReader json)
    {
        Expect(ref json, JsonTokenType.StartArray, "tags");
        var tags = new List<string>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            tags.Add(json.GetString() ?? throw new FormatException("a tag is null"));
        return [.. tags];
    }

    private static Dictionary<string, string> ReadHeaders(ref Utf8JsonReader json)
    {
        Expect(ref json, JsonTokenType.StartObject, "headers");
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            headers[name] = Next(ref json).GetString() ?? throw new FormatException("a header is null");
        }

        return headers;
    }

    private static void Expect(ref Utf8JsonReader json, JsonTokenType token, string name)
    {
        if (!json.Read() || json.TokenType != token)
            throw new FormatException($"its {name} are not what they should be");
    }
}
