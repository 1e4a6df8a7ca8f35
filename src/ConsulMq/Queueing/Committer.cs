using ConsulMq.Consul;
using ConsulMq.Diagnostics;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>What became of a write transaction. It is known.</summary>
/// <param name="Refusal">What failed, if it was refused; null: it committed.</param>
/// <param name="Index">The Raft index of the commit.</param>
internal readonly record struct Commit(TransactionResult? Refusal, ulong Index)
{
    public bool Succeeded => Refusal is null;

    /// <summary>Whether operation <paramref name="opIndex"/> is why it was refused.</summary>
    public bool Failed(int opIndex) => Refusal?.Failed(opIndex) == true;
}

/// <summary>
/// Commits write transactions exactly once. Each one compares and sets its lane's receipt; where the reply is lost, the committer fences the lane and
/// reads the receipt to learn what happened. docs/storage-protocol.md, "Receipts", has the argument.
/// </summary>
internal sealed class Committer(IConsul consul, LanePool lanes, IdGenerator ids, ConnectionSettings settings)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    /// <summary>Commits, or is refused. Never gives up half way: what was sent is followed until its outcome is known.</summary>
    /// <param name="operations">The operations; the receipt is added behind them.</param>
    /// <param name="late">
    /// Called if the outcome was not known in time, was reported as such, and turned out later to be a commit.
    /// </param>
    /// <exception cref="ConsulException">It was certainly not committed.</exception>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.OutcomeUnknown"/></exception>
    public async Task<Commit> CommitAsync(List<KvOperation> operations, Action<Commit>? late = null)
    {
        var lane = lanes.Rent();
        while (true)
        {
            var attempt = new Attempt(lane, ids.NewToken(), settings.Clock.Elapsed, late);
            if (await TryOnceAsync(attempt, operations).ConfigureAwait(false) is { } commit)
            {
                lanes.Return(lane);
                return commit;
            }
        }
    }

    /// <summary>Null: it was not committed and never will be; the same operations can be sent again.</summary>
    private async Task<Commit?> TryOnceAsync(Attempt attempt, List<KvOperation> operations)
    {
        var lane = attempt.Lane;
        var receipt = operations.Count;
        operations.Add(Receipt(lane, attempt.Operation));
        try
        {
            var result = await consul.TransactAsync(operations, ReadConsistency.Default, CancellationToken.None).ConfigureAwait(false);
            if (result.Committed)
            {
                lane.Index = result.Index;
                return new Commit(null, result.Index);
            }

            if (!result.Failed(receipt))
                return new Commit(result, 0);
        }
        catch (ConsulException e) when (e.MayHaveCommitted)
        {
            return await ResolveAsync(attempt, e).ConfigureAwait(false);
        }
        catch (ConsulException)
        {
            lanes.Return(lane);
            throw;
        }
        finally
        {
            operations.RemoveAt(receipt);
        }

        // The receipt is not the one this lane left: HTTP libraries and proxies resend a PUT by themselves, and the first one may have committed.
        return await ResolveAsync(attempt, null).ConfigureAwait(false);
    }

    /// <summary>Finds out what became of an attempt, within the time an operation has.</summary>
    private async Task<Commit?> ResolveAsync(Attempt attempt, ConsulException? cause)
    {
        OperationLog.Steps?.Step(cause is null
            ? "The receipt is not the one that was left: asking it what became of the write."
            : "No reply to a write: asking the receipt whether it happened.");
        var (known, commit) = await FollowAsync(attempt, settings.Timeout).ConfigureAwait(false);
        if (known)
        {
            OperationLog.Steps?.Step(commit is null
                ? "The receipt says: the write did not happen, and never will. Sending it again."
                : $"The receipt says: the write had happened (Raft index {commit.Value.Index}).");
            return commit;
        }

        if (attempt.Late is not null)
            _ = FollowLateAsync(attempt);
        throw new ConsulMqException(
            ConsulMqError.OutcomeUnknown,
            cause is null
                ? $"Whether a write to Consul at {consul.Address} happened cannot be told: the receipt that it would have left is gone. The queue was deleted, or Consul restored from a snapshot, in the meantime."
                : $"Consul at {consul.Address} stopped answering in the middle of a write, and whether the write happened cannot be told.",
            consul.Address, cause)
        {
            RecommendedAction = "Look into the queue before you do it again.",
        };
    }

    private async Task FollowLateAsync(Attempt attempt)
    {
        var (known, commit) = await FollowAsync(attempt, LanePool.LongestIdle).ConfigureAwait(false);
        if (known && commit is not null)
            attempt.Late!(commit.Value);
    }

    /// <summary>
    /// Fences and reads, until the lane's receipt tells. Until then the lane writes nothing but the fence: one fence ID for the attempt, however often
    /// it is tried, and never taken for that of another.
    /// </summary>
    /// <returns>Whether it is known; the commit, or null if it was not committed and never will be.</returns>
    private async Task<(bool Known, Commit? Commit)> FollowAsync(Attempt attempt, TimeSpan patience)
    {
        var lane = attempt.Lane;
        var fence = "fence-" + attempt.Operation;
        var since = settings.Clock.Elapsed;
        var delay = FirstDelay;
        while (true)
        {
            var now = settings.Clock.Elapsed;
            // A receipt that is older may have been collected: what its absence means can no longer be told.
            if (now - attempt.Started > LanePool.LongestIdle || now - since > patience)
                return (false, null);
            try
            {
                var fenced = await consul.TransactAsync([Receipt(lane, fence)], ReadConsistency.Default, CancellationToken.None).ConfigureAwait(false);
                if (fenced.Committed)
                {
                    lane.Index = fenced.Index;
                    return (true, null);
                }
            }
            catch (ConsulException)
            {
                // Whether the fence stands shows below, if there is time left to look.
                if (settings.Clock.Elapsed - since + FirstDelay > patience)
                    return (false, null);
            }

            try
            {
                var pair = (await consul.GetAsync(lane.Key, ReadOptions.Consistent, CancellationToken.None).ConfigureAwait(false)).Pair;
                if ((pair?.ModifyIndex ?? 0) != lane.Index)
                {
                    var found = pair is null ? null : ReceiptCodec.Operation(pair.Value.Span);
                    if (found != attempt.Operation && found != fence)
                        return (false, null);
                    lane.Index = pair!.ModifyIndex;
                    return (true, found == fence ? null : new Commit(null, pair.ModifyIndex));
                }
            }
            catch (ConsulException)
            {
                // Consul is still away.
            }

            // Nothing has happened yet, and still may.
            await settings.Clock.Delay(TimeSpan.FromTicks((long)(delay.Ticks * (0.5 + (settings.Random.NextDouble() / 2)))), CancellationToken.None).ConfigureAwait(false);
            delay = TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, LongestDelay.Ticks));
        }
    }

    private KvOperation Receipt(Lane lane, string operation) =>
        KvOperation.Cas(lane.Key, lane.Index, ReceiptCodec.Write(operation, settings.Clock.UtcNow));

    /// <summary>One transaction that was sent on a lane.</summary>
    private sealed record Attempt(Lane Lane, string Operation, TimeSpan Started, Action<Commit>? Late);
}
