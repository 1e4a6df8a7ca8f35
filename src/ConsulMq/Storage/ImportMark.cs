using System.Text.Json;
using ConsulMq.Internal;

namespace ConsulMq.Storage;

/// <summary>The value of <c>m/IMPORT</c>: how far a file is in the queue.</summary>
/// <param name="Lines">The number of the last line that was pushed.</param>
/// <param name="Sum">What tells these lines from others: the <see cref="ImportSum"/> up to that one.</param>
internal sealed record ImportMark(long Lines, string Sum)
{
    /// <summary>Nothing was imported.</summary>
    public static ImportMark None { get; } = new(0, "");

    public byte[] ToJson(DateTimeOffset at, string file)
    {
        using var buffer = new PooledBuffer(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("lines", Lines);
            json.WriteString("sum", Sum);
            json.WriteString("at", at.UtcDateTime);
            json.WriteString("file", file);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Null: it cannot be read.</summary>
    public static ImportMark? Parse(ReadOnlySpan<byte> value)
    {
        try
        {
            long? lines = null;
            string? sum = null;
            var json = new Utf8JsonReader(value);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return null;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("lines"u8) && json.Read())
                    lines = json.GetInt64();
                else if (json.ValueTextEquals("sum"u8) && json.Read())
                    sum = json.GetString();
                else
                    json.Skip();
            }

            return lines is > 0 && sum is not null ? new ImportMark(lines.Value, sum) : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }
}
