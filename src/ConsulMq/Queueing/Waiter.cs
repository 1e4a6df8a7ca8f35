namespace ConsulMq.Queueing;

/// <summary>
/// Waits for a message without polling: takes the blocking indexes first, then looks, then blocks on the index keys (rolls, inserts, clears) and on the
/// tail's page (pushes). Neither prefix is wider than a page.
/// </summary>
internal sealed class Waiter(QueueContext context, Func<CancellationToken, Task<bool>> look)
{
    public async Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        var deadline = timeout == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : context.Settings.Clock.Elapsed + timeout;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Watch? index = null, page = null;
        try
        {
            while (true)
            {
                index?.Rearm();
                page?.Rearm();
                index ??= await Watch.StartAsync(context, context.Keys.Index, stop.Token).ConfigureAwait(false);
                // The tail as of the index's watch or later: if it moves again, that watch tells.
                var state = await context.Index.ReadAsync(cancellation).ConfigureAwait(false);
                if (state is not null && page?.Prefix != context.Keys.Page(state.Tail.Page))
                    page = await Watch.StartAsync(context, context.Keys.Page(state.Tail.Page), stop.Token).ConfigureAwait(false);
                if (await look(cancellation).ConfigureAwait(false))
                    return true;

                var left = deadline == TimeSpan.MaxValue ? Watch.LongestBlock : deadline - context.Settings.Clock.Elapsed;
                if (left <= TimeSpan.Zero)
                    return false;
                await BlockAsync(index, page, left, stop.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            stop.Cancel();
        }
    }

    /// <summary>Blocks until something changed or the time is over, and at once looks again while it did.</summary>
    private async Task BlockAsync(Watch index, Watch? page, TimeSpan left, CancellationToken cancellation)
    {
        var wait = left < Watch.LongestBlock ? left : Watch.LongestBlock;
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var over = context.Settings.Clock.Delay(left, timer.Token);
        var changed = index.NextAsync(wait, cancellation);
        var pushed = page?.NextAsync(wait, cancellation);
        var first = await (pushed is null ? Task.WhenAny(changed, over) : Task.WhenAny(changed, pushed, over)).ConfigureAwait(false);
        timer.Cancel();
        if (first != over)
            await first.ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
    }
}
