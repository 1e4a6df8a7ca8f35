#if !NET
using System.Runtime.InteropServices;
#endif
using System.Security.Cryptography;

namespace ConsulMq.Queueing;

/// <summary>The SHA-256 of a body that passes by.</summary>
internal sealed class BodyHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Append(ReadOnlyMemory<byte> bytes)
    {
#if NET
        _hash.AppendData(bytes.Span);
#else
        if (!MemoryMarshal.TryGetArray(bytes, out var part))
            part = new ArraySegment<byte>(bytes.ToArray());
        _hash.AppendData(part.Array!, part.Offset, part.Count);
#endif
    }

    /// <summary>The hash of all that was appended, 64 hex digits.</summary>
    public string Finish()
    {
        var hash = _hash.GetHashAndReset();
#if NET
        return Convert.ToHexString(hash).ToLowerInvariant();
#else
        return BitConverter.ToString(hash).Replace("-", "").ToLowerInvariant();
#endif
    }

    public void Dispose() => _hash.Dispose();
}
