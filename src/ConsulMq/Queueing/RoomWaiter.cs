using ConsulMq.Diagnostics;

namespace ConsulMq.Queueing;

/// <summary>
/// Waits for room in a full queue without polling, as <see cref="Waiter"/> does for a message: takes the blocking indexes first, then counts, then blocks
/// on what consumers change. That are the index keys, the first pages with their cursors (consumers that compete go up to two pages beyond the head),
/// and the front set if there is one.
/// </summary>
internal sealed class RoomWaiter(QueueContext context)
{
    /// <summary>Waits until there may be room, or the time is over.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/>: for ever.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        var deadline = timeout == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : context.Settings.Clock.Elapsed + timeout;
        using var watches = new WatchSet(context.Consul, context.Settings.Clock, Watch.LongestBlock);
        await watches.SetAsync([context.Keys.Index], null, cancellation).ConfigureAwait(false);
        while (true)
        {
            watches.Rearm();
            var index = await context.Index.ReadAsync(cancellation).ConfigureAwait(false);
            if (index is not null)
                await watches.SetAsync(Prefixes(index), null, cancellation).ConfigureAwait(false);
            if (await new DepthLimit(context).HasRoomAsync(index, cancellation).ConfigureAwait(false))
                return true;
            var left = deadline == TimeSpan.MaxValue ? Watch.LongestBlock : deadline - context.Settings.Clock.Elapsed;
            if (left <= TimeSpan.Zero)
                return false;
            OperationLog.Steps?.Step($"Waiting for room in '{context.Keys.Queue}' (watching {OperationLog.Count(watches.Count, "prefix", "prefixes")}).");
            await watches.BlockAsync(left < Watch.LongestBlock ? left : Watch.LongestBlock, cancellation).ConfigureAwait(false);
        }
    }

    private HashSet<string> Prefixes(IndexState index)
    {
        var keys = context.Keys;
        var prefixes = new HashSet<string>(StringComparer.Ordinal) { keys.Index };
        for (var page = index.Head.Page; page <= Math.Min(index.Head.Page + CrowdReader.PagesAhead, index.Tail.Page); page++)
        {
            prefixes.Add(keys.Page(page));
            prefixes.Add(keys.PageCursors(page));
        }

        if (index.Head.Front)
        {
            prefixes.Add(keys.Front);
            prefixes.Add(keys.FrontCursors);
        }

        return prefixes;
    }
}
