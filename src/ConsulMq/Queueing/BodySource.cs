using System.Buffers;
using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>A body that is read piece by piece, once.</summary>
internal interface IBodyFeed : IDisposable
{
    /// <summary>How long it is, where that is known beforehand.</summary>
    long? Length { get; }

    /// <summary>The next piece, to be disposed once it is used; null: the end.</summary>
    ValueTask<RawValue?> NextAsync(CancellationToken cancellation);
}

/// <summary>Where a body comes from. It can be read more than once: what was uploaded may have to be uploaded again.</summary>
/// <param name="kind">What its bytes are.</param>
/// <param name="open">Begins to read it.</param>
internal sealed class BodySource(BlobKind kind, Func<IBodyFeed> open)
{
    public BlobKind Kind => kind;

    /// <summary>Opens what the body is in, if that is a stream.</summary>
    private Func<Stream>? Stream { get; init; }

    public IBodyFeed Open() => open();

    /// <summary>Reads all of a body that a stream holds.</summary>
    /// <param name="kind">What its bytes are.</param>
    public MessageBody ReadAll(BlobKind kind)
    {
        using var stream = Stream?.Invoke() ?? throw new InvalidOperationException("The body is not in a stream.");
        using var memory = new MemoryStream(stream.CanSeek ? (int)stream.Length : 0);
        stream.CopyTo(memory);
        return BodyReference.ToBody(kind, memory.Length == memory.Capacity ? memory.GetBuffer() : memory.ToArray());
    }

    /// <summary>A body in memory. It is cut, not copied.</summary>
    public static BodySource Of(MessageBody body) => new(BodyReference.KindOf(body), () => new MemoryFeed(body.Bytes));

    /// <summary>A body that a stream holds. It goes through pooled buffers and is never in memory as a whole.</summary>
    /// <param name="open">Opens the stream at its beginning.</param>
    /// <param name="kind">What its bytes are.</param>
    public static BodySource Of(Func<Stream> open, BlobKind kind = BlobKind.Bytes) =>
        new(kind, () => new StreamFeed(open())) { Stream = open };

    /// <summary>A body that lies in a queue already: it goes from Consul to Consul, and is never in memory as a whole.</summary>
    public static BodySource Of(QueueContext context, BodyReference body) => new(body.Kind, () => new BodyDownload(context, body));

    private sealed class MemoryFeed(ReadOnlyMemory<byte> bytes) : IBodyFeed
    {
        private ReadOnlyMemory<byte> _left = bytes;

        public long? Length { get; } = bytes.Length;

        public ValueTask<RawValue?> NextAsync(CancellationToken cancellation)
        {
            if (_left.IsEmpty)
                return new ValueTask<RawValue?>((RawValue?)null);
            var length = Math.Min(_left.Length, Layout.ChunkBytes);
            var next = RawValue.Of(_left.Slice(0, length));
            _left = _left.Slice(length);
            return new ValueTask<RawValue?>(next);
        }

        public void Dispose()
        {
        }
    }

    private sealed class StreamFeed(Stream stream) : IBodyFeed
    {
        public long? Length => stream.CanSeek ? stream.Length - stream.Position : null;

        public async ValueTask<RawValue?> NextAsync(CancellationToken cancellation)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(Layout.ChunkBytes);
            var length = 0;
            // On an exception the buffer stays out of the pool: an aborted read may still write into it.
            while (length < Layout.ChunkBytes)
            {
#if NET
                var read = await stream.ReadAsync(buffer.AsMemory(length, Layout.ChunkBytes - length), cancellation).ConfigureAwait(false);
#else
                var read = await stream.ReadAsync(buffer, length, Layout.ChunkBytes - length, cancellation).ConfigureAwait(false);
#endif
                if (read == 0)
                    break;
                length += read;
            }

            var piece = RawValue.Pooled(buffer, length);
            if (length > 0)
                return piece;
            piece.Dispose();
            return null;
        }

        public void Dispose() => stream.Dispose();
    }
}
