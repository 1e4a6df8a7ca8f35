namespace ConsulMq.Tests.Simulation;

/// <summary>
/// Chance from a seed and a name. Everybody who draws has dice of his own, so that whoever is left out of a schedule changes nothing of what the others
/// draw. A struct, and cheap to make: each request has its own.
/// </summary>
internal struct Dice
{
    private ulong _state;

    public Dice(int seed, string name, int number = 0)
    {
        // FNV-1a; string.GetHashCode differs from process to process.
        var hash = 14695981039346656037;
        foreach (var c in name)
            hash = (hash ^ c) * 1099511628211;
        _state = hash ^ ((ulong)(uint)seed << 32) ^ (uint)number;
        NextUInt64();
    }

    /// <summary>As a source of chance for longer use.</summary>
    public static Random Of(int seed, string name) => new((int)(new Dice(seed, name).NextUInt64() >> 33));

    /// <summary>A number from 0 up to, not including, 1.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number from 0 up to, not including, <paramref name="end"/>.</summary>
    public int Next(int end) => (int)(NextUInt64() % (uint)end);

    // SplitMix64.
    private ulong NextUInt64()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
