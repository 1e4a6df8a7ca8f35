using System.Buffers;

namespace ConsulMq.Queueing;

/// <summary>A part of a body on its way to Consul. Dispose gives its memory back, once nothing reads it any more.</summary>
internal sealed class BodyChunk(ReadOnlyMemory<byte> bytes, byte[]? pooled) : IDisposable
{
    private byte[]? _pooled = pooled;

    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pooled, null) is { } buffer)
            ArrayPool<byte>.Shared.Return(buffer);
    }
}

/// <summary>Cuts a body into chunks: one in memory without copying it, a stream through pooled buffers, so that it is never in memory as a whole.</summary>
internal readonly struct BodyChunks
{
    private readonly Stream? _stream;
    private readonly ReadOnlyMemory<byte> _bytes;

    public BodyChunks(Stream stream) => _stream = stream;

    public BodyChunks(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>How long the body is, where that is known beforehand.</summary>
    public long? Length => _stream is null ? _bytes.Length : _stream.CanSeek ? _stream.Length - _stream.Position : null;

    /// <summary>The chunk that begins at <paramref name="offset"/>, where the last one ended; null: there is nothing behind it.</summary>
    public async ValueTask<BodyChunk?> NextAsync(long offset, CancellationToken cancellation)
    {
        if (_stream is null)
        {
            var rest = _bytes.Slice((int)offset);
            return rest.IsEmpty ? null : new BodyChunk(rest.Slice(0, Math.Min(rest.Length, Layout.ChunkBytes)), null);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Layout.ChunkBytes);
        // On an exception the buffer stays out of the pool: an aborted read may still write into it.
        var length = await FillAsync(_stream, buffer.AsMemory(0, Layout.ChunkBytes), cancellation).ConfigureAwait(false);
        var chunk = new BodyChunk(buffer.AsMemory(0, length), buffer);
        if (length > 0)
            return chunk;
        chunk.Dispose();
        return null;
    }

    /// <summary>Reads until the buffer is full or the stream ends.</summary>
    /// <returns>How much was read.</returns>
    public static async ValueTask<int> FillAsync(Stream stream, Memory<byte> buffer, CancellationToken cancellation)
    {
        var length = 0;
        while (length < buffer.Length)
        {
#if NET
            var read = await stream.ReadAsync(buffer.Slice(length), cancellation).ConfigureAwait(false);
#else
            System.Runtime.InteropServices.MemoryMarshal.TryGetArray<byte>(buffer, out var part);
            var read = await stream.ReadAsync(part.Array!, part.Offset + length, part.Count - length, cancellation).ConfigureAwait(false);
#endif
            if (read == 0)
                break;
            length += read;
        }

        return length;
    }
}
