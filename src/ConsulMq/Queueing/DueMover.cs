using ConsulMq.Consul;
using ConsulMq.Diagnostics;
using ConsulMq.Internal;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>What became of entries that were to be moved.</summary>
internal enum DueOutcome
{
    /// <summary>Those that were still there are in the queue.</summary>
    Moved,

    /// <summary>Somebody else was faster with one of them, or the end or the beginning of the queue has changed: look again.</summary>
    Refused,

    /// <summary>None of them is there any more.</summary>
    AllGone,

    /// <summary>None of them can be read.</summary>
    Nothing,
}

/// <summary>
/// Moves scheduled entries into the queue in one write, as they are: to the end of the log, or, where their messages carry ranks, back to their places.
/// The check on the scheduled key decides between several who try.
/// </summary>
internal sealed class DueMover(QueueContext context)
{
    /// <summary>Each entry is checked, deleted and written; the head, the tail and the receipt come on top.</summary>
    public const int MostEntries = (ConsulLimits.OperationsPerTransaction - 3) / 3;

    public async Task<DueOutcome> MoveAsync(IReadOnlyList<DueEntry> due, CancellationToken cancellation)
    {
        var reads = new List<KvOperation>(due.Count + 2);
        context.Index.AddTo(reads);
        foreach (var entry in due)
            reads.Add(KvOperation.GetTree(entry.Key.Key));
        var pairs = (await context.Consul.TransactAsync(reads, ReadConsistency.Consistent, cancellation).ConfigureAwait(false)).Pairs;
        var index = context.Index.Take(pairs);
        var found = new List<Scheduled>(due.Count);
        var any = false;
        foreach (var (at, key) in due)
        {
            if (pairs.FirstOrDefault(pair => pair.Key == key.Key) is not { } pair)
                continue;
            any = true;
            if (Scheduled.TryRead(at, key, pair, out var scheduled))
                found.Add(scheduled);
        }

        if (index is null || !any)
            return DueOutcome.AllGone;
        if (found.Count == 0)
            return DueOutcome.Nothing;

        // One client's names stand in the order of its pushes; the order in which several committed shows only now.
        found.Sort(static (a, b) => a.Due != b.Due ? a.Due.CompareTo(b.Due)
            : a.Pair.CreateIndex != b.Pair.CreateIndex ? a.Pair.CreateIndex.CompareTo(b.Pair.CreateIndex)
            : a.Key.Ordinal.CompareTo(b.Key.Ordinal));
        return await CommitAsync(found, index, cancellation).ConfigureAwait(false);
    }

    private async Task<DueOutcome> CommitAsync(List<Scheduled> found, IndexState index, CancellationToken cancellation)
    {
        var operations = new List<KvOperation>((3 * found.Count) + LogTail.MostOperations + 1);
        if (found.Exists(static entry => entry.Rank is not null))
            operations.Add(KvOperation.Cas(context.Keys.Head, index.HeadIndex, IndexCodec.Head(index.Head with { Front = true }, index.HeadIndex)));
        var ready = found.Sum(static entry => entry.Key.Count);
        var entries = found.Count(static entry => entry.Rank is null);
        var landing = entries == 0
            ? context.Tail.AddReturned(operations, index.Tail, ready)
            : context.Tail.AddTail(operations, index.Tail, entries, found.Sum(static entry => entry.Rank is null ? (long)entry.Pair.Value.Length : 0), ready);
        for (var i = 0; i < found.Count; i++)
        {
            var (_, key, pair, rank) = found[i];
            var id = context.Ids.NewEntryId();
            operations.Add(KvOperation.CheckIndex(key.Key, pair.ModifyIndex));
            operations.Add(KvOperation.Delete(key.Key));
            operations.Add(KvOperation.Set(
                rank is null
                    ? EntryKey.ForLog(context.Keys, landing.Page, i, id, key.Count, pair.Value.Length)
                    : EntryKey.ForFront(context.Keys, rank, i, id, key.Count, pair.Value.Length),
                pair.Value));
        }

        var commit = await context.Committer.CommitAsync(operations).WithCancellation(cancellation).ConfigureAwait(false);
        context.Tail.Learn(landing, commit);
        if (commit.Succeeded)
            OperationLog.Steps?.Step($"Moved {OperationLog.Count(ready, "due message", "due messages")} into '{context.Keys.Queue}' (Raft index {commit.Index}), {OperationLog.Steps?.Took}.");
        return commit.Succeeded ? DueOutcome.Moved : DueOutcome.Refused;
    }

    /// <summary>An entry as it was read.</summary>
    /// <param name="Due">When it is due.</param>
    /// <param name="Key">Its key.</param>
    /// <param name="Pair">What is stored.</param>
    /// <param name="Rank">The rank of its first message, the lowest, if its messages carry ranks.</param>
    private sealed record Scheduled(long Due, EntryKey Key, KvPair Pair, Rank? Rank)
    {
        /// <summary>False: what is stored cannot be read, and stays as it is.</summary>
        public static bool TryRead(long due, EntryKey key, KvPair pair, out Scheduled scheduled)
        {
            scheduled = null!;
            try
            {
                var messages = EntryCodec.Read(pair.Value.Span, key.Count);
                var rank = messages[0].Rank;
                // Some with a rank and some without, or ranks in any order: nobody writes that.
                for (var i = 1; i < messages.Length; i++)
                {
                    if (rank is null ? messages[i].Rank is not null : messages[i].Rank is null || messages[i].Rank!.CompareTo(messages[i - 1].Rank) <= 0)
                        return false;
                }

                scheduled = new Scheduled(due, key, pair, rank);
                return true;
            }
            catch (FormatException)
            {
                return false;
            }
        }
    }
}
