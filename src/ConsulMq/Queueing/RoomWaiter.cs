using ConsulMq.Diagnostics;

namespace ConsulMq.Queueing;

/// <summary>
/// Waits for room in a full queue without polling, as <see cref="Waiter"/> does for a message: takes the blocking indexes first, then counts, then blocks
/// on what consumers change. That are the index keys, the first pages with their cursors (consumers that compete go up to two pages beyond the head),
/// and the front set if there is one.
/// </summary>
internal sealed class RoomWaiter(QueueContext context)
{
    private readonly Dictionary<string, (Watch Watch, CancellationTokenSource Stop)> _watches = new(StringComparer.Ordinal);

    /// <summary>Waits until there may be room, or the time is over.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/>: for ever.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        var deadline = timeout == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : context.Settings.Clock.Elapsed + timeout;
        try
        {
            await WatchAsync([context.Keys.Index], cancellation).ConfigureAwait(false);
            while (true)
            {
                foreach (var (watch, _) in _watches.Values)
                    watch.Rearm();
                var index = await context.Index.ReadAsync(cancellation).ConfigureAwait(false);
                if (index is not null)
                    await WatchAsync(Prefixes(index), cancellation).ConfigureAwait(false);
                if (await new DepthLimit(context).HasRoomAsync(index, cancellation).ConfigureAwait(false))
                    return true;
                var left = deadline == TimeSpan.MaxValue ? Watch.LongestBlock : deadline - context.Settings.Clock.Elapsed;
                if (left <= TimeSpan.Zero)
                    return false;
                OperationLog.Steps?.Step($"Waiting for room in '{context.Keys.Queue}' (watching {OperationLog.Count(_watches.Count, "prefix", "prefixes")}).");
                await BlockAsync(left < Watch.LongestBlock ? left : Watch.LongestBlock, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (var (_, stop) in _watches.Values)
                stop.Cancel();
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

    /// <summary>Watches these prefixes and no others.</summary>
    private async Task WatchAsync(HashSet<string> prefixes, CancellationToken cancellation)
    {
        foreach (var prefix in _watches.Keys.Where(prefix => !prefixes.Contains(prefix)).ToList())
        {
            _watches[prefix].Stop.Cancel();
            _watches.Remove(prefix);
        }

        foreach (var prefix in prefixes)
        {
            if (!_watches.ContainsKey(prefix))
                _watches.Add(prefix, (await Watch.StartAsync(context, prefix, cancellation).ConfigureAwait(false), CancellationTokenSource.CreateLinkedTokenSource(cancellation)));
        }
    }

    /// <summary>Blocks until something changed or the time is over.</summary>
    private async Task BlockAsync(TimeSpan wait, CancellationToken cancellation)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var over = context.Settings.Clock.Delay(wait, timer.Token);
        var first = await Task.WhenAny(_watches.Values.Select(w => w.Watch.NextAsync(wait, w.Stop.Token)).Append(over)).ConfigureAwait(false);
        timer.Cancel();
        if (first != over)
            await first.ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
    }
}
