using ConsulMq.Diagnostics;
using ConsulMq.Internal;

namespace ConsulMq.Queueing;

/// <summary>
/// Waits for a message without polling: takes the blocking indexes first, then looks, then blocks on the index keys (rolls, inserts, clears, what others
/// schedule), on the tail's page (pushes) and on the sessions that hold leases (whether one has ended), and until the next message is due. None of the
/// prefixes is wider than a page.
/// </summary>
/// <param name="context">The queue.</param>
/// <param name="look">Looks whether a message is there, and if not, when the next one is due.</param>
internal sealed class Waiter(QueueContext context, Func<CancellationToken, Task<DueLook>> look)
{
    /// <summary>Of many who wait for the same moment, the first moves what is due, and most of the others are woken by that before their own time.</summary>
    private static readonly TimeSpan Spread = TimeSpan.FromMilliseconds(20);

    public async Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        var deadline = timeout == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : context.Settings.Clock.Elapsed + timeout;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sessions = new SessionWatch(context);
        Watch? index = null, page = null;
        try
        {
            while (true)
            {
                index?.Rearm();
                page?.Rearm();
                sessions.Rearm();
                index ??= await Watch.StartAsync(context, context.Keys.Index, stop.Token).ConfigureAwait(false);
                // The tail as of the index's watch or later: if it moves again, that watch tells.
                var state = await context.Index.ReadAsync(cancellation).ConfigureAwait(false);
                if (state is not null && page?.Prefix != context.Keys.Page(state.Tail.Page))
                    page = await Watch.StartAsync(context, context.Keys.Page(state.Tail.Page), stop.Token).ConfigureAwait(false);
                var seen = await look(cancellation).ConfigureAwait(false);
                if (seen.Any)
                    return true;

                var left = deadline == TimeSpan.MaxValue ? Watch.LongestBlock : deadline - context.Settings.Clock.Elapsed;
                if (left <= TimeSpan.Zero)
                    return false;
                var wait = Shorter(left, Watch.LongestBlock);
                OperationLog.Steps?.Step(Steps.Waiting(context, state, index.Index, seen.Next));
                var tasks = new List<Task>(4) { index.NextAsync(wait, stop.Token), sessions.NextAsync(stop.Token) };
                if (page is not null)
                    tasks.Add(page.NextAsync(wait, stop.Token));
                await context.Settings.Clock.WhenAnyAsync(tasks, seen.Next is { } next ? Shorter(left, Until(next)) : left, stop.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            stop.Cancel();
        }
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>How long until a moment: a millisecond longer, for a timer must not end before it.</summary>
    private TimeSpan Until(long due)
    {
        var left = TimeSpan.FromMilliseconds(Math.Max(due - context.Now.ToUnixTimeMilliseconds(), 0) + 1);
        return left + TimeSpan.FromTicks((long)(Spread.Ticks * context.Settings.Random.NextDouble()));
    }
}
