using System.Text.Json;

namespace ConsulMq.Consul.Http;

/// <summary>Reads the answers of <c>/v1/kv</c>.</summary>
internal static class KvJson
{
    /// <summary>The pairs of a listing.</summary>
    public static IReadOnlyList<KvPair> Pairs(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        JsonText.Next(ref reader);
        JsonText.Expect(ref reader, JsonTokenType.StartArray);
        var pairs = new List<KvPair>();
        for (JsonText.Next(ref reader); reader.TokenType != JsonTokenType.EndArray; JsonText.Next(ref reader))
            pairs.Add(Pair(ref reader));
        JsonText.End(ref reader);
        return pairs;
    }

    /// <summary>The keys of a listing.</summary>
    public static IReadOnlyList<string> Keys(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        JsonText.Next(ref reader);
        JsonText.Expect(ref reader, JsonTokenType.StartArray);
        var keys = new List<string>();
        for (JsonText.Next(ref reader); reader.TokenType != JsonTokenType.EndArray; JsonText.Next(ref reader))
            keys.Add(JsonText.TextHere(ref reader) ?? throw new JsonException("A key is null."));
        JsonText.End(ref reader);
        return keys;
    }

    /// <summary>The pair whose opening brace the reader stands on.</summary>
    public static KvPair Pair(ref Utf8JsonReader reader)
    {
        JsonText.Expect(ref reader, JsonTokenType.StartObject);
        string? key = null, session = null;
        ReadOnlyMemory<byte> value = default;
        ulong flags = 0, createIndex = 0, modifyIndex = 0, lockIndex = 0;
        while (JsonText.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("Key"u8))
                key = JsonText.Text(ref reader);
            else if (reader.ValueTextEquals("Value"u8))
                value = JsonText.Base64Bytes(ref reader);
            else if (reader.ValueTextEquals("ModifyIndex"u8))
                modifyIndex = JsonText.UInt64(ref reader);
            else if (reader.ValueTextEquals("CreateIndex"u8))
                createIndex = JsonText.UInt64(ref reader);
            else if (reader.ValueTextEquals("LockIndex"u8))
                lockIndex = JsonText.UInt64(ref reader);
            else if (reader.ValueTextEquals("Flags"u8))
                flags = JsonText.UInt64(ref reader);
            else if (reader.ValueTextEquals("Session"u8))
                // Consul writes an empty one where a lock was given up.
                session = JsonText.Text(ref reader) is { Length: > 0 } id ? id : null;
            else
                JsonText.SkipValue(ref reader);
        }
        // Without these two it is no pair of Consul's, and to go on with zeros would be worse than to stop.
        if (key is null || modifyIndex == 0)
            throw new JsonException("A pair lacks its key or its index.");
        return new KvPair
        {
            Key = key,
            Value = value,
            Flags = flags,
            CreateIndex = createIndex,
            ModifyIndex = modifyIndex,
            LockIndex = lockIndex,
            Session = string.IsNullOrEmpty(session) ? null : session,
        };
    }
}
