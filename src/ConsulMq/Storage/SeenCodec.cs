using System.Text.Json;
using ConsulMq.Internal;

namespace ConsulMq.Storage;

/// <summary>The message that was pushed first under a deduplication ID.</summary>
/// <param name="Id">Its ID.</param>
/// <param name="At">When, by its producer's clock.</param>
internal sealed record SeenMessage(Guid Id, DateTimeOffset At);

/// <summary>The value under a deduplication ID that was seen: <c>{"id":"…","at":"…"}</c></summary>
internal static class SeenCodec
{
    public static byte[] Write(SeenMessage first)
    {
        using var buffer = new PooledBuffer(96);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id", first.Id);
            json.WriteString("at", first.At.UtcDateTime);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Null: damage.</summary>
    public static SeenMessage? TryParse(ReadOnlySpan<byte> value)
    {
        Guid? id = null;
        DateTimeOffset? at = null;
        try
        {
            var json = new Utf8JsonReader(value);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return null;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("id"u8) && json.Read())
                    id = json.GetGuid();
                else if (json.ValueTextEquals("at"u8) && json.Read())
                    at = json.GetDateTimeOffset().ToUniversalTime();
                else
                    json.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }

        return id is null || at is null ? null : new SeenMessage(id.Value, at.Value);
    }
}
