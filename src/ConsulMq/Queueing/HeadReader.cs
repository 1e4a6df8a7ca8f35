using ConsulMq.Consul;
using ConsulMq.Diagnostics;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Reads the beginning of a queue, and moves the head over pages that have become empty.</summary>
internal sealed class HeadReader(QueueContext context)
{
    /// <summary>
    /// A fresh view of the beginning of the queue, never stale, with at least one open entry in it, or with none if the queue is empty. Null: there is
    /// no such queue.
    /// </summary>
    /// <param name="guess">The page that the head is likely to be on: right, and one request is enough.</param>
    /// <param name="cancellation">Stops it between two requests.</param>
    public async Task<HeadView?> ReadAsync(long? guess, CancellationToken cancellation)
    {
        // Where entries that nobody can read hold the head back, consumers read on behind them.
        long? beyond = null;
        (FrontSet Set, ulong HeadIndex)? front = null;
        var gap = new LogGap(context);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var wanted = beyond ?? guess;
            var edition = context.Maintenance.Edition;
            var pairs = await context.Index.SnapshotAsync(wanted, sessions: wanted is not null, cancellation).ConfigureAwait(false);
            var index = context.Index.Take(pairs);
            if (index is null)
            {
                await context.Index.ProveAbsenceAsync(cancellation).ConfigureAwait(false);
                return null;
            }

            if (wanted is null || wanted < index.Head.Page || wanted > index.Tail.Page || (beyond is null && wanted != index.Head.Page))
            {
                guess = index.Head.Page;
                beyond = null;
                continue;
            }

            var page = LogPage.Take(pairs, context.Keys, wanted.Value);
            OperationLog.Steps?.Step(Steps.Read(context, page, index));
            context.DamagedBodies.ApplyTo(page.Entries);
            // The front set is read behind the page, and what comes to the page in between is not in the view. So from a front set that turns out to
            // hold nothing it does not follow that there was nothing at any one moment: only from a page that is read once more behind it, under a
            // head that nobody has touched.
            var isNew = index.Head.Front && front?.HeadIndex != index.HeadIndex;
            if (isNew)
                front = (await FrontSet.ReadAsync(context, cancellation).ConfigureAwait(false), index.HeadIndex);
            var view = new HeadView(index, page, index.Head.Front ? front?.Set : null, context.Index.TakeSessions(pairs), edition);
            if (HasOpen(page.Entries))
                return view;
            if (!view.IsSealed)
            {
                if (!isNew || HasOpen(front!.Value.Set.Entries) || front.Value.Set.Horizon is not null)
                    return view;
                continue;
            }

            // A sealed page with nothing left: what is in the front set has to be compared with the pages behind it first.
            var next = await gap.NextAsync(page, index.Tail.Page, cancellation).ConfigureAwait(false);
            if (page.Number == index.Head.Page && page.Entries.Count == 0 && !page.HasStrangers)
                guess = await PassAsync(view, next).ConfigureAwait(false);
            else
                beyond = next;
        }
    }

    private static bool HasOpen(IReadOnlyList<StoredEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.IsOpen && entry.Messages() is not null)
                return true;
        }

        return false;
    }

    /// <summary>Moves the head over empty pages below the tail, the first of them seen in one snapshot with it. Returns where the head is likely to be then.</summary>
    private async Task<long> PassAsync(HeadView view, long page)
    {
        var next = new HeadState(page, view.Head.Front && view.Front?.IsEmpty != true);
        OperationLog.Steps?.Step($"Page {view.Page.Number} of '{context.Keys.Queue}' is used up: moving the head to page {next.Page}.");
        await context.Committer.CommitAsync([KvOperation.Cas(context.Keys.Head, view.HeadIndex, IndexCodec.Head(next, view.HeadIndex))]).ConfigureAwait(false);
        // Refused: somebody else has moved it.
        return next.Page;
    }
}
