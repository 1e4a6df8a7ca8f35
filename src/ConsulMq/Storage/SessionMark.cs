using System.Text.Json;
using ConsulMq.Internal;

namespace ConsulMq.Storage;

/// <summary>What stands under <c>s/SESSION</c>, for people and for those who give back what the session held: <c>{"client":"...","seconds":600}</c>.</summary>
/// <param name="Client">Who leases; null: it does not say.</param>
/// <param name="Duration">For how long; null: as long as the client lives.</param>
internal readonly record struct SessionMark(string? Client, TimeSpan? Duration)
{
    public byte[] ToJson()
    {
        using var buffer = new PooledBuffer(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("client", Client);
            if (Duration is { } duration)
                json.WriteNumber("seconds", (long)duration.TotalSeconds);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a mark; of what is none, nothing.</summary>
    public static SessionMark Read(ReadOnlySpan<byte> value)
    {
        string? client = null;
        TimeSpan? duration = null;
        try
        {
            var json = new Utf8JsonReader(value);
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("client"u8) && json.Read())
                    client = json.GetString();
                else if (json.ValueTextEquals("seconds"u8) && json.Read())
                    duration = TimeSpan.FromSeconds(json.GetInt32());
                else
                    json.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return default;
        }

        return new SessionMark(client, duration);
    }
}
