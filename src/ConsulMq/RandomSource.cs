using System.Security.Cryptography;

namespace ConsulMq;

/// <summary>Where IDs, rolls and jitter come from. A simulation seeds it, to run the same way twice. Safe for use by many threads.</summary>
public abstract class RandomSource
{
    /// <summary>The system's cryptographic generator.</summary>
    public static RandomSource System { get; } = new SystemRandom();

    /// <summary>Fills <paramref name="buffer"/>.</summary>
    public abstract void Fill(Span<byte> buffer);

    /// <summary>A number from 0 up to, not including, 1.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number of any size.</summary>
    public ulong NextUInt64()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return global::System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>Takes from the system's generator in large gulps: a call for each ID would cost more than the rest of a push.</summary>
    private sealed class SystemRandom : RandomSource
    {
        private readonly RandomNumberGenerator _generator = RandomNumberGenerator.Create();
        private readonly byte[] _gulp = new byte[4096];
        private int _used = 4096;

        public override void Fill(Span<byte> buffer)
        {
            lock (_gulp)
            {
                while (!buffer.IsEmpty)
                {
                    if (_used == _gulp.Length)
                    {
                        _generator.GetBytes(_gulp);
                        _used = 0;
                    }

                    var take = Math.Min(buffer.Length, _gulp.Length - _used);
                    _gulp.AsSpan(_used, take).CopyTo(buffer);
                    _gulp.AsSpan(_used, take).Clear();
                    _used += take;
                    buffer = buffer.Slice(take);
                }
            }
        }
    }
}
