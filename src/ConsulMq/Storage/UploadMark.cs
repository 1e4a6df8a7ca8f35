using System.Text.Json;
using ConsulMq.Internal;

namespace ConsulMq.Storage;

/// <summary>The value of <c>o/BODY</c>: since when a body is being uploaded, and by whom, for the cleaner and for people.</summary>
internal static class UploadMark
{
    public static byte[] Write(DateTimeOffset at, string client)
    {
        using var buffer = new PooledBuffer(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("at", at.UtcDateTime);
            json.WriteString("client", client);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>When the upload began, by its producer's clock; null: it is not a mark.</summary>
    public static DateTimeOffset? Since(ReadOnlySpan<byte> value)
    {
        try
        {
            var json = new Utf8JsonReader(value);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return null;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("at"u8) && json.Read())
                    return json.GetDateTimeOffset();
                json.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            // Not a mark.
        }

        return null;
    }
}
