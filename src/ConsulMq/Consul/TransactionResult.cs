namespace ConsulMq.Consul;

/// <summary>An operation that failed in a refused transaction.</summary>
/// <param name="OpIndex">Its place among the operations sent.</param>
/// <param name="What">Consul's own words, for logs; nothing is decided by them.</param>
public sealed record OperationFailure(int OpIndex, string What);

/// <summary>What became of a transaction that Consul answered: committed, or refused as a whole.</summary>
public sealed class TransactionResult
{
    private TransactionResult(IReadOnlyList<KvPair> pairs, ulong index, IReadOnlyList<OperationFailure> failures)
    {
        Pairs = pairs;
        Index = index;
        Failures = failures;
    }

    /// <summary>Whether it committed. If not, nothing of it happened.</summary>
    public bool Committed => Failures.Count == 0;

    /// <summary>What <c>get</c> and <c>get-tree</c> gave, in the order of the operations; empty for a refused transaction and for one without them.</summary>
    public IReadOnlyList<KvPair> Pairs { get; }

    /// <summary>
    /// The Raft index of a committed transaction that wrote at least one value: the ModifyIndex of all it wrote. 0 where nothing in the answer tells
    /// (reads, deletions alone, a refused one).
    /// </summary>
    public ulong Index { get; }

    /// <summary>Every operation that failed, not only the first; empty if it committed.</summary>
    public IReadOnlyList<OperationFailure> Failures { get; }

    /// <summary>A committed transaction.</summary>
    public static TransactionResult Success(IReadOnlyList<KvPair> pairs, ulong index) => new(pairs, index, []);

    /// <summary>A refused transaction.</summary>
    /// <param name="failures">At least one.</param>
    public static TransactionResult Refused(IReadOnlyList<OperationFailure> failures) =>
        failures.Count > 0 ? new([], 0, failures) : throw new ArgumentException("A refusal names what failed.", nameof(failures));

    /// <summary>Whether operation <paramref name="opIndex"/> is among the failures.</summary>
    public bool Failed(int opIndex)
    {
        foreach (var failure in Failures)
            if (failure.OpIndex == opIndex)
                return true;
        return false;
    }
}
