using System.Buffers;
using System.Net;
#if !NET
using System.Runtime.InteropServices;
#endif

namespace ConsulMq.Consul.Http;

/// <summary>
/// A request body of known length, which also knows whether it was ever asked for. As long as it was not, nothing of the request can have reached the
/// server: HTTP libraries connect first. Every write carries one, an empty one if it has no body, for two reasons: that knowledge, and because
/// .NET's handler resends a request by itself on a stale pooled connection unless it has begun to send a body.
/// </summary>
internal sealed class BodyContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private byte[]? _pooled;
    private volatile bool _started;
    private volatile bool _finished;

    private BodyContent(ReadOnlyMemory<byte> bytes, byte[]? pooled)
    {
        _bytes = bytes;
        _pooled = pooled;
    }

    /// <summary>Whether a byte of the body may have left this process.</summary>
    public bool Started => _started;

    /// <summary>A body over memory that must not change until the request is done.</summary>
    public static BodyContent Of(ReadOnlyMemory<byte> bytes) => new(bytes, null);

    /// <summary>A body in a buffer from the shared pool, which goes back there.</summary>
    public static BodyContent Pooled(byte[] buffer, int length) => new(buffer.AsMemory(0, length), buffer);

    /// <inheritdoc />
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => WriteAsync(stream, CancellationToken.None);

#if NET
    /// <inheritdoc />
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        WriteAsync(stream, cancellationToken);
#endif

    /// <inheritdoc />
    protected override bool TryComputeLength(out long length)
    {
        length = _bytes.Length;
        return true;
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        // After a failure some part of the stack may still read the buffer (an aborted overlapped write); then the garbage collector gets it.
        if (disposing && (_finished || !_started) && Interlocked.Exchange(ref _pooled, null) is { } buffer)
            ArrayPool<byte>.Shared.Return(buffer);
        base.Dispose(disposing);
    }

    private async Task WriteAsync(Stream stream, CancellationToken cancellation)
    {
        _started = true;
        _finished = false;
#if NET
        await stream.WriteAsync(_bytes, cancellation).ConfigureAwait(false);
#else
        if (!MemoryMarshal.TryGetArray(_bytes, out var part))
            part = new ArraySegment<byte>(_bytes.ToArray());
        await stream.WriteAsync(part.Array!, part.Offset, part.Count, cancellation).ConfigureAwait(false);
#endif
        _finished = true;
    }
}
