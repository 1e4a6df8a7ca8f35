namespace ConsulMq.Storage;

/// <summary>What the bytes of a big body are.</summary>
internal enum BlobKind
{
    /// <summary>A string's UTF-8.</summary>
    Text,

    /// <summary>A JSON value.</summary>
    Json,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>A string that has no UTF-8 (half a surrogate pair): its UTF-16 code units, little endian.</summary>
    Utf16,
}

/// <summary>Where a body lies that is too big for an entry: in chunks of its own.</summary>
/// <param name="Id">Its ID, which is in the keys of the chunks.</param>
/// <param name="Size">How many bytes it has.</param>
/// <param name="Chunks">How many chunks there are: all of one length, but the last.</param>
/// <param name="Sha256">The SHA-256 of all of it, 64 hex digits.</param>
/// <param name="Kind">What the bytes are.</param>
internal sealed record BodyReference(string Id, long Size, int Chunks, string Sha256, BlobKind Kind)
{
    /// <summary>What the bytes of a body are.</summary>
    public static BlobKind KindOf(MessageBody body) => body.Kind switch
    {
        BodyKind.Json => BlobKind.Json,
        BodyKind.Bytes => BlobKind.Bytes,
        _ => MessageBody.IsWellFormed(body.Text!) ? BlobKind.Text : BlobKind.Utf16,
    };

    /// <summary>The body that these bytes are, which are not copied.</summary>
    /// <param name="kind">What they are.</param>
    /// <param name="bytes">The bytes.</param>
    /// <exception cref="FormatException">They are not what they should be; the text says why.</exception>
    public static MessageBody ToBody(BlobKind kind, byte[] bytes)
    {
        switch (kind)
        {
            case BlobKind.Bytes:
                return MessageBody.FromBytes(bytes);
            case BlobKind.Text:
                return MessageBody.FromText(System.Text.Encoding.UTF8.GetString(bytes));
            case BlobKind.Utf16:
                return bytes.Length % 2 == 0
                    ? MessageBody.FromText(MessageBody.FromUtf16(bytes))
                    : throw new FormatException("an odd number of bytes is no UTF-16");
            default:
                try
                {
                    return MessageBody.FromJson(bytes);
                }
                catch (System.Text.Json.JsonException e)
                {
                    throw new FormatException("it is not JSON", e);
                }
        }
    }
}
