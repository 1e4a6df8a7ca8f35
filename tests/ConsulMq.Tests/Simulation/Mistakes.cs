using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Tests.Simulation;

/// <summary>Mistakes that earlier forms of the protocol, or a careless change, would make. Each one put back has to be found, or the checks are worth nothing.</summary>
public enum Mistake
{
    None,

    /// <summary>Taking with <c>delete-cas</c>, which succeeds for a key that is gone.</summary>
    TakeWithDeleteCas,

    /// <summary>Deleting a whole entry of several messages without a check that nobody has begun a cursor for it.</summary>
    DeleteWithoutCursorCheck,

    /// <summary>A touch of the head that repeats its value: Consul ignores it, and stale views stay valid.</summary>
    TouchThatRepeats,

    /// <summary>A receipt that is set instead of compared: what comes late commits a second time.</summary>
    ReceiptSet,

    /// <summary>Pushing without a check on the tail: messages land in pages that are behind the head.</summary>
    PushWithoutTailCheck,

    /// <summary>Claiming without a check on the head: what was put in front is overtaken.</summary>
    ClaimWithoutHeadCheck,

    /// <summary>Taking an entry for gone when only its cursor has moved: the rest of it is passed over.</summary>
    DropEntryWhoseCursorLost,

    /// <summary>Judging whether a page is sealed by a tail of another moment than the page's.</summary>
    SealByAnotherSnapshot,

    /// <summary>Moving what is due without a check that it is still there: whoever comes second brings it in again.</summary>
    MoveWithoutCheck,

    /// <summary>A signal of those who schedule that repeats its value: Consul ignores it, and nobody learns of what is due earlier.</summary>
    SignalThatRepeats,

    /// <summary>Collecting receipts that are in use: what was fenced off commits after all.</summary>
    CollectReceiptsInUse,

    /// <summary>Settling without looking what of the lease is already settled.</summary>
    SettleWithoutCursor,

    /// <summary>Settling without a check that the lease is still the same one.</summary>
    SettleWithoutLease,

    /// <summary>Reaping without looking whether the session lives.</summary>
    ReapTheLiving,

    /// <summary>Listing the leases of an ended session by what was there some time before.</summary>
    ReapByAnOldList,

    /// <summary>Leasing without a lock where there is no session any more that could hold it: one that is gone can claim.</summary>
    LeaseWithoutLock,

    /// <summary>Taking any fence in a receipt for the fence of this operation.</summary>
    AnyOlderFence,
}

/// <summary>Puts a mistake back on the wire: requests and answers are changed so that the same client code makes it.</summary>
internal static class Mistakes
{
    /// <summary>Every operation keeps its place: refusals name operations by it.</summary>
    public static KvOperation[] PutBack(Mistake mistake, KvOperation[] operations, QueueKeys keys)
    {
        switch (mistake)
        {
            case Mistake.SettleWithoutCursor:
                Replace(static o => IsSettled(o) && o.Verb == KvVerb.Cas, static o => KvOperation.Set(o.Key, o.Value));
                Replace(static o => IsSettled(o) && o.IsRead, Nothing);
                break;
            case Mistake.SettleWithoutLease:
                Replace(static o => o.Verb == KvVerb.CheckIndex && o.Key.Contains("/i/", StringComparison.Ordinal), Nothing);
                break;

            case Mistake.TakeWithDeleteCas:
                for (var i = 1; i < operations.Length; i++)
                {
                    if (operations[i].Verb == KvVerb.Delete && operations[i - 1].Verb == KvVerb.CheckIndex)
                    {
                        operations[i] = new KvOperation(KvVerb.DeleteCas, operations[i].Key, default, operations[i - 1].Index);
                        operations[i - 1] = Nothing(operations[i - 1]);
                    }
                }

                break;
            case Mistake.DeleteWithoutCursorCheck:
                Replace(static o => o.Verb == KvVerb.CheckNotExists, Nothing);
                break;
            case Mistake.TouchThatRepeats:
                Replace(o => o.Verb == KvVerb.Cas && o.Key == keys.Head, static o => o with { Value = IndexCodec.Head(IndexCodec.ParseHead(o.Value.Span)!.Value, 0) });
                break;
            case Mistake.ReceiptSet:
                Replace(o => o.Verb == KvVerb.Cas && o.Key.StartsWith(keys.Root + "r/", StringComparison.Ordinal), static o => KvOperation.Set(o.Key, o.Value));
                break;
            case Mistake.PushWithoutTailCheck:
                Replace(o => o.Verb == KvVerb.CheckIndex && o.Key == keys.Tail, Nothing);
                break;
            case Mistake.MoveWithoutCheck:
                Replace(o => o.Verb == KvVerb.CheckIndex && o.Key.StartsWith(keys.Scheduled, StringComparison.Ordinal), Nothing);
                break;
            case Mistake.SignalThatRepeats:
                Replace(o => o.Key == keys.Due && o.Verb == KvVerb.Set, o => o with { Value = IndexCodec.Due(0, "") });
                break;
            case Mistake.ClaimWithoutHeadCheck:
                Replace(o => o.Verb == KvVerb.CheckIndex && o.Key == keys.Head, Nothing);
                break;
        }

        return operations;

        void Replace(Func<KvOperation, bool> which, Func<KvOperation, KvOperation> with)
        {
            for (var i = 0; i < operations.Length; i++)
            {
                if (which(operations[i]))
                    operations[i] = with(operations[i]);
            }
        }
    }

    public static TransactionResult PutBack(Mistake mistake, KvOperation[] operations, TransactionResult result, QueueKeys keys)
    {
        if (mistake != Mistake.DropEntryWhoseCursorLost || result.Committed)
            return result;
        return TransactionResult.Refused([.. result.Failures.Select(f =>
            operations[f.OpIndex].Key.StartsWith(keys.Cursors, StringComparison.Ordinal) ? f with { OpIndex = f.OpIndex - Before(f.OpIndex) } : f)]);

        // The check of the entry stands before the operation on its cursor, with the entry's deletion between them or not.
        int Before(int cursor) => operations[cursor - 1].Verb == KvVerb.Delete ? 2 : 1;
    }

    /// <summary>Makes receipts look as old as the collector wants them.</summary>
    public static KvListing Aged(KvListing listing, DateTimeOffset now) => listing with
    {
        Pairs = [.. listing.Pairs.Select((pair, i) => i == 0 ? pair : pair with { Value = ReceiptCodec.Write("old", now - TimeSpan.FromDays(3)) })],
    };

    /// <summary>Tears the snapshot of a page and the index apart. Null: it is none.</summary>
    public static (KvOperation[] Page, KvOperation[] Others)? Split(KvOperation[] operations)
    {
        var page = operations.Where(static o => o.Key.Contains("/p/", StringComparison.Ordinal)).ToArray();
        return page.Length == 0 || page.Length == operations.Length ? null : (page, operations.Except(page).ToArray());
    }

    private static bool IsSettled(KvOperation operation) => operation.Key.Contains("/ic/", StringComparison.Ordinal);

    private static KvOperation Nothing(KvOperation operation) => KvOperation.GetTree(operation.Key);
}
