using ConsulMq.Consul;
using ConsulMq.Diagnostics;
using ConsulMq.Internal;

namespace ConsulMq.Queueing;

/// <summary>
/// What has to be done for a queue and is nobody's own business: what is due goes into the queue, what ended sessions held comes back, old keys go. It is
/// done in passing, by whoever works on the queue: before a pop says "empty", in waiting loops, and otherwise in the background, at most once a second.
/// Its errors are nobody's: what was not done now is done by the next one who passes.
/// </summary>
internal sealed class Maintenance(QueueContext context)
{
    /// <summary>What one look in the background moves at most.</summary>
    private const int TransactionsAtOnce = 16;

    /// <summary>After an error, those who wait try again.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Scheduler _scheduler = new(context);
    private readonly Reaper _reaper = new(context);
    private readonly Chores _chores = new(context);
    private readonly Cadence _cadence = new(context.Settings.Clock, TimeSpan.FromSeconds(1));
    private int _reaped;

    /// <summary>Another one than before: this client has learnt of due times, or brought something back, meanwhile.</summary>
    public int Edition => _scheduler.Edition + Volatile.Read(ref _reaped);

    /// <summary>
    /// Does what a view that holds no message has to give: costs nothing but what there is to do. Asked before "empty" is said, and in waiting loops.
    /// </summary>
    /// <param name="view">The view: it was just read.</param>
    /// <param name="isWaiting">Whether the caller waits, and comes again at the time that this gives.</param>
    /// <param name="isAll">Whether the view holds nothing else: that the token may not do what there is to do is an error then, for it looks like an empty queue.</param>
    /// <param name="cancellation">Stops it; a write that was sent goes on.</param>
    /// <returns>Whether a message may have come into the queue: read again. If not, when to ask again though nothing else has happened.</returns>
    public async Task<DueLook> GiveAsync(HeadView view, bool isWaiting, bool isAll, CancellationToken cancellation)
    {
        _cadence.Begin();
        _chores.InPassing();
        var due = await MoveDueAsync(view.Due, isWaiting, 1, isAll, cancellation).ConfigureAwait(false);
        var reaped = await ReapAsync(view.Sessions, true, isAll, cancellation).ConfigureAwait(false);
        // What turned out to be no longer scheduled, or in flight, may have come into the queue after the view was read. Whoever waits is woken by that.
        var hasMoved = !isWaiting && view.Edition != Edition;
        return due with { Any = due.Any || reaped || hasMoved };
    }

    /// <summary>Does what there is to do, as a fresh read says. Asked where a message that was chosen is not there.</summary>
    /// <returns>Whether a message may have come into the queue.</returns>
    public async Task<bool> GiveAsync(CancellationToken cancellation)
    {
        var pairs = await context.Index.SnapshotAsync(null, sessions: true, cancellation).ConfigureAwait(false);
        if (context.Index.Take(pairs) is not { } index)
            return false;
        var due = await MoveDueAsync(index.Due, false, TransactionsAtOnce, true, cancellation).ConfigureAwait(false);
        return await ReapAsync(context.Index.TakeSessions(pairs), true, true, cancellation).ConfigureAwait(false) || due.Any;
    }

    /// <summary>An operation was successful: begins a look in the background if it is time for one. The operation does not wait for it.</summary>
    /// <param name="view">What the operation has just read, if so.</param>
    public void InPassing(HeadView? view = null)
    {
        if (!_cadence.TryBegin(out var isFirst))
            return;
        // A process that takes a single message looks only at what it has read anyway.
        if (!isFirst)
            context.Background.Add(OperationLog.Apart(this, static self => self.LookAsync()));
        else if (view is not null)
            context.Background.Add(OperationLog.Apart((Self: this, View: view), static x => x.Self.DoAsync(x.View.Due, x.View.Sessions)));
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
        await MoveDueAsync(due, false, TransactionsAtOnce, false, CancellationToken.None).ConfigureAwait(false);
        await ReapAsync(sessions, false, false, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<DueLook> MoveDueAsync(DueSignal? signal, bool isWaiting, int transactions, bool tellsDenial, CancellationToken cancellation)
    {
        try
        {
            return await _scheduler.MoveDueAsync(signal, isWaiting, transactions, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is (ConsulException or ConsulMqException) && !(tellsDenial && IsDenied(e)))
        {
            // What the token may not do today it may not do in a moment either.
            return new DueLook(false, IsDenied(e) ? null : (context.Now + Pause).ToUnixTimeMilliseconds());
        }
    }

    private async Task<bool> ReapAsync(IReadOnlyList<KvPair> sessions, bool isAwaited, bool tellsDenial, CancellationToken cancellation)
    {
        try
        {
            if (!HeadView.AnyEnded(sessions) || !await _reaper.ReapAsync(sessions, isAwaited, cancellation).ConfigureAwait(false))
                return false;
            Interlocked.Increment(ref _reaped);
            return true;
        }
        catch (Exception e) when (e is (ConsulException or ConsulMqException) && !(tellsDenial && IsDenied(e)))
        {
            return false;
        }
    }

    private static bool IsDenied(Exception e) => e is ConsulException { Fault: ConsulFault.AclDenied } or ConsulMqException { Error: ConsulMqError.AclDenied };
}
