using ConsulMq.Consul;
using ConsulMq.Internal;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// Gives back what was leased under sessions that have ended. A session that leases locks a key of its own under <c>s/</c>; once that key is seen
/// without its lock the session has ended, and no lease can come to be under it any more: so what is listed after that is all of it.
/// </summary>
internal sealed class Reaper(QueueContext context)
{
    private static readonly TimeSpan PauseForEach = TimeSpan.FromMilliseconds(5);

    private const int MostPauses = 40;

    /// <summary>Where more have ended at once, by then everybody is somewhere else in the list, and to wait before each would take minutes.</summary>
    private const int MostPaused = 8;

    private readonly AsyncGate _gate = new(context.Settings.Continuations);
    private int _callers;

    /// <summary>Gives back what ended sessions held.</summary>
    /// <param name="sessions">The pairs under <c>s/</c>, as a read that is never stale gave them.</param>
    /// <param name="isAwaited">Whether the queue is called empty if nothing comes back: then what this client does already has to come to its end first.</param>
    /// <param name="cancellation">Stops it between two leases.</param>
    /// <returns>Whether anything came back, or may have, by this client or, meanwhile, by another.</returns>
    public async Task<bool> ReapAsync(IReadOnlyList<KvPair> sessions, bool isAwaited, CancellationToken cancellation)
    {
        var isAlone = Interlocked.Increment(ref _callers) == 1;
        try
        {
            if (!isAlone && !isAwaited)
                return false;
            using (await EnterAsync(cancellation).ConfigureAwait(false))
                return !isAlone || await ReapAllAsync(sessions, cancellation).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _callers);
        }
    }

    private async Task<AsyncGate.Turn> EnterAsync(CancellationToken cancellation)
    {
        var turn = _gate.EnterAsync();
        try
        {
            return await turn.WithCancellation(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            context.Background.Add(LeaveAsync(turn));
            throw;
        }
    }

    private static async Task LeaveAsync(Task<AsyncGate.Turn> turn) => (await turn.ConfigureAwait(false)).Dispose();

    private async Task<bool> ReapAllAsync(IReadOnlyList<KvPair> sessions, CancellationToken cancellation)
    {
        var given = false;
        var ended = 0;
        foreach (var pair in sessions)
        {
            if (pair.Session is null)
                given |= await ReapAsync(pair, ended++ < MostPaused ? sessions.Count : 1, cancellation).ConfigureAwait(false);
        }

        return given;
    }

    private async Task<bool> ReapAsync(KvPair mark, int crowd, CancellationToken cancellation)
    {
        // Everybody has noticed it at the same moment, and one is enough.
        if (crowd > 1)
            await context.Settings.Clock.Delay(TimeSpan.FromTicks((long)(PauseForEach.Ticks * Math.Min(crowd, MostPauses) * context.Settings.Random.NextDouble())), cancellation).ConfigureAwait(false);
        var session = mark.Key.Substring(context.Keys.Sessions.Length);
        var leases = (await context.Consul.KeysAsync(context.Keys.Leases(session), null, ReadOptions.Consistent, cancellation).ConfigureAwait(false)).Keys;
        var given = false;
        foreach (var name in leases)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!EntryKey.TryParse(context.Keys, name, out var key))
                continue;
            var result = await context.Consul.TransactAsync(
                [KvOperation.GetTree(key.Key), KvOperation.GetTree(key.Cursor)], ReadConsistency.Consistent, cancellation).ConfigureAwait(false);
            if (EntryReader.TakeLease(result.Pairs, key, null) is { } lease)
                given |= await context.Settler.GiveBackAsync(lease, $"the session of its consumer {SessionMark.Read(mark.Value.Span).Client} ended before it was completed").ConfigureAwait(false);
            else
                given = true;
        }

        await ForgetAsync(mark, session, cancellation).ConfigureAwait(false);
        return given;
    }

    /// <summary>Removes the mark of a session that holds nothing any more.</summary>
    private async Task ForgetAsync(KvPair mark, string session, CancellationToken cancellation)
    {
        var left = await context.Consul.KeysAsync(context.Keys.Leases(session), null, ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        if (left.Keys.Count == 0)
            await context.Committer.CommitAsync([KvOperation.CheckIndex(mark.Key, mark.ModifyIndex), KvOperation.Delete(mark.Key)]).ConfigureAwait(false);
    }
}
