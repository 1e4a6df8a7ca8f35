using System.Text.Json;

namespace ConsulMq.Storage;

/// <summary>Reads where a big body lies, as <see cref="MessageWriter"/> wrote it. All of it is checked: keys are made of it, and memory is allocated by it.</summary>
internal static class BodyReferenceReader
{
    private const int MostChunks = 1_000_000;

    /// <summary>Reads the object that follows.</summary>
    /// <exception cref="FormatException">It is not such a reference.</exception>
    public static BodyReference Read(ref Utf8JsonReader json)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            throw new FormatException("its body is not an object");
        string? id = null, sha256 = null, kind = null;
        long size = -1;
        var chunks = -1;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("id"u8) && json.Read())
                id = json.GetString();
            else if (json.ValueTextEquals("size"u8) && json.Read())
                size = json.GetInt64();
            else if (json.ValueTextEquals("chunks"u8) && json.Read())
                chunks = json.GetInt32();
            else if (json.ValueTextEquals("sha256"u8) && json.Read())
                sha256 = json.GetString();
            else if (json.ValueTextEquals("is"u8) && json.Read())
                kind = json.GetString();
            else
                json.Skip();
        }

        if (id is null || id.Length is 0 or > 64 || !id.All(static c => c is (>= '0' and <= '9') or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '-'))
            throw new FormatException("its body has no id");
        if (size < 0 || chunks is < 0 or > MostChunks || sha256?.Length != 64)
            throw new FormatException("its body has no size, chunks or sha256");
        return new BodyReference(id, size, chunks, sha256, kind switch
        {
            "text" => BlobKind.Text,
            "json" => BlobKind.Json,
            "bytes" => BlobKind.Bytes,
            _ => throw new FormatException("its body is neither text nor json nor bytes"),
        });
    }
}
