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
    public static DateTimeOffset? Since(ReadOnlySpan<byte> value) => JsonProperty.Time(value, "at"u8);
}
