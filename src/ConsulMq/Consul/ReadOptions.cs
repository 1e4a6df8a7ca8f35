namespace ConsulMq.Consul;

/// <summary>How fresh a read must be.</summary>
public enum ReadConsistency
{
    /// <summary>The leader's answer, which can be stale for a moment around a change of leader.</summary>
    Default,

    /// <summary>The leader confirms its office with a quorum first: never stale.</summary>
    Consistent,

    /// <summary>Any server's answer.</summary>
    Stale,
}

/// <summary>How to read: freshness, and whether to block until something changes.</summary>
/// <param name="Consistency">How fresh the answer must be.</param>
/// <param name="WaitIndex">Block until the index is above this one; 0: do not block.</param>
/// <param name="WaitTime">The longest time to block; zero: Consul's default of five minutes. Consul adds up to a sixteenth.</param>
public readonly record struct ReadOptions(ReadConsistency Consistency = ReadConsistency.Default, ulong WaitIndex = 0, TimeSpan WaitTime = default)
{
    /// <summary>A read that is never stale and does not block.</summary>
    public static ReadOptions Consistent { get; } = new(ReadConsistency.Consistent);
}

/// <summary>What reading one key gave.</summary>
/// <param name="Pair">The pair, or null if the key is missing.</param>
/// <param name="Index">The index to block on.</param>
public sealed record KvGet(KvPair? Pair, ulong Index);

/// <summary>The pairs under a prefix.</summary>
/// <param name="Pairs">In key order; empty if there are none.</param>
/// <param name="Index">The index to block on.</param>
public sealed record KvListing(IReadOnlyList<KvPair> Pairs, ulong Index);

/// <summary>The keys under a prefix.</summary>
/// <param name="Keys">In key order; empty if there are none.</param>
/// <param name="Index">The index to block on.</param>
public sealed record KvKeys(IReadOnlyList<string> Keys, ulong Index);
