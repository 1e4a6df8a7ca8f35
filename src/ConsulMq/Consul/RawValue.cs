using System.Buffers;

namespace ConsulMq.Consul;

/// <summary>A value as it was read, in memory that is used again for the next one: dispose it, and do not look at it after that.</summary>
public sealed class RawValue : IDisposable
{
    private readonly int _length;
    private ReadOnlyMemory<byte> _bytes;
    private byte[]? _pooled;

    private RawValue(ReadOnlyMemory<byte> bytes, byte[]? pooled)
    {
        _bytes = bytes;
        _length = bytes.Length;
        _pooled = pooled;
    }

    /// <summary>The bytes.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed; another value may stand there by now.</exception>
    public ReadOnlyMemory<byte> Bytes => _bytes.Length == _length ? _bytes : throw new ObjectDisposedException(nameof(RawValue));

    /// <summary>How many bytes it has.</summary>
    public int Length => _length;

    /// <summary>A value in memory that nobody changes.</summary>
    public static RawValue Of(ReadOnlyMemory<byte> bytes) => new(bytes, null);

    /// <summary>A value in a buffer from the shared pool, which goes back there.</summary>
    internal static RawValue Pooled(byte[] buffer, int length) => new(buffer.AsMemory(0, length), buffer);

    /// <inheritdoc />
    public void Dispose()
    {
        _bytes = default;
        if (Interlocked.Exchange(ref _pooled, null) is { Length: > 0 } buffer)
            ArrayPool<byte>.Shared.Return(buffer);
    }
}
