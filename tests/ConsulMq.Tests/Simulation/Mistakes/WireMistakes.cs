using System.Text;
using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Tests.Simulation.Mistakes;

/// <summary>Puts a mistake back on the wire: requests and answers are changed so that the same client code makes it.</summary>
internal static class WireMistakes
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
            case Mistake.InsertWithoutTouch when Array.Exists(operations, o => o.Verb == KvVerb.Set && o.Key.StartsWith(keys.Front, StringComparison.Ordinal)):
                Replace(o => o.Verb == KvVerb.Cas && o.Key == keys.Head, static o => KvOperation.CheckIndex(o.Key, o.Index));
                break;
            case Mistake.FrontWithoutHead:
                Replace(o => o.Verb == KvVerb.Set && o.Key.StartsWith(keys.Front, StringComparison.Ordinal), o => AtOneRank(o, keys));
                break;
            case Mistake.PushWithoutWritingTheTail:
                Replace(o => o.Verb == KvVerb.Cas && o.Key == keys.Tail && IndexCodec.ParseTail(o.Value.Span)?.Most is not null, static o => KvOperation.CheckIndex(o.Key, o.Index));
                break;
            case Mistake.NoteIdWithoutCheck:
                Replace(o => o.Verb == KvVerb.Cas && o.Key.StartsWith(keys.Seen, StringComparison.Ordinal), static o => KvOperation.Set(o.Key, o.Value));
                break;
            case Mistake.PickWithoutCheck when operations[0].Key != keys.Head && operations[0].Key != keys.Info:
                Replace(o => o.Verb == KvVerb.CheckIndex && (o.Key.StartsWith(keys.Log, StringComparison.Ordinal) || o.Key.StartsWith(keys.Front, StringComparison.Ordinal)), Nothing);
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

    /// <summary>The same entry, if it was pushed to the front, as if the head had always the same index.</summary>
    private static KvOperation AtOneRank(KvOperation operation, QueueKeys keys)
    {
        if (!EntryKey.TryParse(keys, operation.Key, out var key) || key.Rank is not { Elements: [< 0 and var head, var number] })
            return operation;
        var value = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(operation.Value.Span).Replace(FormattableString.Invariant($"\"rank\":[{head},"), "\"rank\":[-1,", StringComparison.Ordinal));
        return KvOperation.Set(EntryKey.ForFront(keys, new Rank(-1, number), key.Ordinal, key.Id, key.Count, value.Length), value);
    }

    private static bool IsSettled(KvOperation operation) => operation.Key.Contains("/ic/", StringComparison.Ordinal);

    private static KvOperation Nothing(KvOperation operation) => KvOperation.GetTree(operation.Key);
}
