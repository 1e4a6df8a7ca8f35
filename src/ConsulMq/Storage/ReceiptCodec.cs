using System.Text;
using System.Text.Json;

namespace ConsulMq.Storage;

/// <summary>A lane's receipt: the ID of its last operation or fence, and when. <c>{"op":"…","at":"…"}</c></summary>
internal static class ReceiptCodec
{
    /// <summary>The receipt of an operation. The ID is our own: hex digits, or <c>fence-</c> and hex digits.</summary>
    public static byte[] Write(string operation, DateTimeOffset now) =>
        Encoding.ASCII.GetBytes($$"""{"op":"{{operation}}","at":"{{now.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}}"}""");

    /// <summary>The ID of the operation. Null: damage.</summary>
    public static string? Operation(ReadOnlySpan<byte> value)
    {
        try
        {
            var json = new Utf8JsonReader(value);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return null;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("op"u8) && json.Read())
                    return json.GetString();
                json.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }

        return null;
    }
}
