using System.Globalization;
#if !NET
using System.Runtime.InteropServices;
#endif
using System.Security.Cryptography;

namespace ConsulMq.Storage;

/// <summary>
/// Tells the beginning of a file from that of another one, line by line: each sum is the SHA-256 of the one before it and the line, without its line break.
/// </summary>
internal sealed class ImportSum : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The sum of the lines so far.</summary>
    public byte[] Last { get; private set; } = [];

    /// <summary>Adds a line, and returns the sum up to it.</summary>
    public byte[] Add(ReadOnlyMemory<byte> line)
    {
        _hash.AppendData(Last);
#if NET
        _hash.AppendData(line.Span);
#else
        if (!MemoryMarshal.TryGetArray(line, out var part))
            part = new ArraySegment<byte>(line.ToArray());
        _hash.AppendData(part.Array!, part.Offset, part.Count);
#endif
        return Last = _hash.GetHashAndReset();
    }

    /// <summary>A sum as text: 64 hex digits.</summary>
    public static string ToText(byte[] sum) => string.Concat(sum.Select(static b => b.ToString("x2", CultureInfo.InvariantCulture)));

    public void Dispose() => _hash.Dispose();
}
