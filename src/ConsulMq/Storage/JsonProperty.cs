using System.Text.Json;

namespace ConsulMq.Storage;

/// <summary>Reads one property of a small JSON object. Null: it is not there, or is something else, or there is no object.</summary>
internal static class JsonProperty
{
    private delegate T Getter<T>(ref Utf8JsonReader json);

    public static string? Text(ReadOnlySpan<byte> value, ReadOnlySpan<byte> name) => Find(value, name, static (ref Utf8JsonReader json) => json.GetString());

    public static DateTimeOffset? Time(ReadOnlySpan<byte> value, ReadOnlySpan<byte> name) =>
        Find<DateTimeOffset?>(value, name, static (ref Utf8JsonReader json) => json.GetDateTimeOffset());

    public static long? Number(ReadOnlySpan<byte> value, ReadOnlySpan<byte> name) =>
        Find<long?>(value, name, static (ref Utf8JsonReader json) => json.GetInt64());

    private static T? Find<T>(ReadOnlySpan<byte> value, ReadOnlySpan<byte> name, Getter<T> get)
    {
        try
        {
            var json = new Utf8JsonReader(value);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return default;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals(name) && json.Read())
                    return get(ref json);
                json.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            // What is not there and what cannot be read are the same to whoever asks.
        }

        return default;
    }
}
