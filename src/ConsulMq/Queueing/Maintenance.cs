using ConsulMq.Consul;

namespace ConsulMq.Queueing;

/// <summary>
/// What has to be done for a queue and is nobody's own business: what is due goes into the queue, what ended sessions held comes back, old keys go. It is
/// done in passing, by whoever works on the queue: before a pop says "empty", in waiting loops, and otherwise in the background, at most once a second.
/// Its errors are nobody's: what was not done now is done by the next one who passes.
/// </summary>
internal sealed class Maintenance(QueueContext context)
{
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(1);

    private readonly Scheduler _scheduler = new(context);
    private readonly Reaper _reaper = new(context);
    private readonly Chores _chores = new(context);
    private long _next = Never;

    private const long Never = long.MinValue;

    /// <summary>When the next message may be due, in milliseconds since 1970, as far as is known; null: nothing is scheduled.</summary>
    public long? NextDue => _scheduler.NextLook;

    /// <summary>
    /// Does what a view that holds no message has to give: costs nothing but what there is to do. Asked before "empty" is said, and in waiting loops.
    /// </summary>
    /// <param name="view">The view: it was just read.</param>
    /// <param name="isWaiting">Whether the caller waits and comes again when <see cref="NextDue"/> is there.</param>
    /// <param name="cancellation">Stops it; a write that was sent goes on.</param>
    /// <returns>Whether a message may have come into the queue: look again.</returns>
    public async Task<bool> GiveAsync(HeadView view, bool isWaiting, CancellationToken cancellation)
    {
        Interlocked.Exchange(ref _next, (context.Settings.Clock.Elapsed + Rhythm).Ticks);
        _chores.InPassing();
        return await TryAsync(_scheduler.MoveDueAsync(view.Due, isWaiting, transactions: 1, cancellation)).ConfigureAwait(false)
            | await TryAsync(ReapAsync(view.Sessions, cancellation)).ConfigureAwait(false);
    }

    /// <summary>An operation was successful: begins a look in the background if it is time for one. The operation does not wait for it.</summary>
    /// <param name="view">What the operation has just read, if so.</param>
    public void InPassing(HeadView? view = null)
    {
        var now = context.Settings.Clock.Elapsed;
        var next = Interlocked.Read(ref _next);
        if (next != Never && now.Ticks < next)
            return;
        if (Interlocked.CompareExchange(ref _next, (now + Rhythm).Ticks, next) != next)
            return;
        // A process that takes a single message looks only at what it has read anyway.
        if (next != Never)
            context.Background.Add(LookAsync());
        else if (view is not null)
            context.Background.Add(DoAsync(view.Due, view.Sessions));
    }

    private async Task LookAsync()
    {
        var pairs = await context.Index.SnapshotAsync(null, sessions: true, CancellationToken.None).ConfigureAwait(false);
        if (context.Index.Take(pairs) is { } index)
            await DoAsync(index.Due, context.Index.TakeSessions(pairs)).ConfigureAwait(false);
    }

    private async Task DoAsync(DueSignal? due, IReadOnlyList<KvPair> sessions)
    {
        _chores.InPassing();
        await TryAsync(_scheduler.MoveDueAsync(due, isWaiting: false, transactions: 16, CancellationToken.None)).ConfigureAwait(false);
        await TryAsync(ReapAsync(sessions, CancellationToken.None)).ConfigureAwait(false);
    }

    private Task<bool> ReapAsync(IReadOnlyList<KvPair> sessions, CancellationToken cancellation) =>
        HeadView.AnyEnded(sessions) ? _reaper.ReapAsync(sessions, cancellation) : Task.FromResult(false);

    private static async Task<bool> TryAsync(Task<bool> work)
    {
        try
        {
            return await work.ConfigureAwait(false);
        }
        catch (Exception e) when (e is ConsulException or ConsulMqException)
        {
            return false;
        }
    }
}
