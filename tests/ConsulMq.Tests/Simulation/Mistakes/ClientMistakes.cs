using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Tests.Simulation.Mistakes;

/// <summary>
/// Mistakes that take more than a look at one request: what a client reads is changed by what it has sent or read before, so that the same client code
/// makes them.
/// </summary>
internal sealed class ClientMistakes(World world)
{
    /// <summary>No index of a schedule is so high.</summary>
    private const ulong Fake = 1_000_000;

    /// <summary>How many steps a list is old.</summary>
    private const int OldSteps = 40;

    private readonly HashSet<string> _reaped = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _fences = new(StringComparer.Ordinal);
    private ulong _fakes;

    /// <summary>A transaction is sent.</summary>
    public void Sent(KvOperation[] operations)
    {
        if (world.Mistake != Mistake.AnyOlderFence)
            return;
        for (var i = 0; i < operations.Length; i++)
        {
            if (operations[i].Verb != KvVerb.Cas || !IsReceipt(operations[i].Key))
                continue;
            operations[i] = operations[i] with { Index = operations[i].Index % Fake };
            if (FenceIn(operations[i].Value) is { } fence)
                _fences[operations[i].Key] = fence;
        }
    }

    /// <summary>A transaction arrives.</summary>
    public void Arrives(KvOperation[] operations)
    {
        for (var i = 0; i < operations.Length; i++)
        {
            if (world.Mistake == Mistake.LeaseWithoutLock && operations[i].Verb == KvVerb.Lock && !world.Sessions.IsAlive(operations[i].Session!))
                operations[i] = KvOperation.Set(operations[i].Key, operations[i].Value);
        }
    }

    /// <summary>A key was read: any fence in a receipt looks new, and is the one that was sent last.</summary>
    public KvGet Read(KvGet got) =>
        world.Mistake == Mistake.AnyOlderFence && got.Pair is { } pair && IsReceipt(pair.Key) && FenceIn(pair.Value) is not null && _fences.TryGetValue(pair.Key, out var fence)
            ? got with { Pair = pair with { ModifyIndex = pair.ModifyIndex + (Fake * ++_fakes), Value = ReceiptCodec.Write(fence, world.Timeline.UtcNow) } }
            : got;

    /// <summary>A snapshot was read: all sessions look ended, and the leases of those that are reaped too.</summary>
    public TransactionResult Read(TransactionResult result)
    {
        if (world.Mistake != Mistake.ReapTheLiving || result.Index > 0 || !result.Committed)
            return result;
        return TransactionResult.Success([.. result.Pairs.Select(p => p.Key.Contains("/s/", StringComparison.Ordinal) || _reaped.Any(r => p.Key.StartsWith(r, StringComparison.Ordinal)) ? p with { Session = null } : p)], 0);
    }

    /// <summary>Keys were listed.</summary>
    public KvKeys Read(string prefix, KvKeys listing)
    {
        if (!prefix.Contains("/i/", StringComparison.Ordinal))
            return listing;
        _reaped.Add(prefix);
        return world.Mistake != Mistake.ReapByAnOldList ? listing
            : new KvKeys([.. listing.Keys.Where(k => world.Whereabouts.LeasedAt(k) < world.Step - OldSteps)], listing.Index);
    }

    private static bool IsReceipt(string key) => key.Contains("/r/", StringComparison.Ordinal);

    private static string? FenceIn(ReadOnlyMemory<byte> receipt) =>
        ReceiptCodec.Operation(receipt.Span) is { } operation && operation.StartsWith("fence-", StringComparison.Ordinal) ? operation : null;
}
