namespace ConsulMq.InMemory;

/// <summary>
/// The order of Consul's keys: by the bytes of their UTF-8. Comparing UTF-16 units gives the same, except that surrogates (which stand for
/// what lies above U+FFFF) sort below U+E000..U+FFFF there and above them in UTF-8.
/// </summary>
internal sealed class KeyOrder : IComparer<string>
{
    public static KeyOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        if (ReferenceEquals(x, y))
            return 0;
        if (x is null)
            return -1;
        if (y is null)
            return 1;
        var i = CommonLength(x, y);
        if (i == x.Length || i == y.Length)
            return x.Length - y.Length;
        return Rank(x[i]) - Rank(y[i]);
    }

    private static int CommonLength(string x, string y)
    {
#if NET
        return x.AsSpan().CommonPrefixLength(y);
#else
        var length = Math.Min(x.Length, y.Length);
        var i = 0;
        while (i < length && x[i] == y[i])
            i++;
        return i;
#endif
    }

    private static int Rank(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
