using System.Buffers;

namespace ConsulMq.Consul.Http;

/// <summary>An answer, read whole into a pooled buffer. Dispose gives the buffer back.</summary>
internal struct Reply(int status, ulong index, byte[] buffer, int length) : IDisposable
{
    private byte[]? _buffer = buffer;

    /// <summary>The HTTP status.</summary>
    public readonly int Status => status;

    /// <summary><c>X-Consul-Index</c>; 0 where there is none.</summary>
    public readonly ulong Index => index;

    /// <summary>The body.</summary>
    public readonly ReadOnlySpan<byte> Body => _buffer.AsSpan(0, length);

    /// <summary>Hands the body over with its buffer, which this does not give back any more.</summary>
    public RawValue TakeBody()
    {
        var body = RawValue.Pooled(_buffer ?? [], length);
        _buffer = null;
        return body;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_buffer is { Length: > 0 } buffer)
            ArrayPool<byte>.Shared.Return(buffer);
        _buffer = null;
    }
}
