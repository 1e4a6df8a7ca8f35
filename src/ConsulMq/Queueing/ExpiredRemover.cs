using ConsulMq.Internal;

namespace ConsulMq.Queueing;

/// <summary>
/// Removes the messages that have expired, wherever they stand among those that are ready, and no others. They do not become dead letters: they were asked
/// to go. What somebody else takes at the same time is his.
/// </summary>
internal sealed class ExpiredRemover(QueueContext context)
{
    /// <summary>Removes them page by page, each in as few transactions as hold them.</summary>
    /// <returns>How many this removed.</returns>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.QueueNotFound"/></exception>
    public async Task<long> RemoveAsync(CancellationToken cancellation)
    {
        var walk = new OrderWalk(context);
        long removed = 0;
        while (await walk.NextAsync(cancellation).ConfigureAwait(false) is { } page)
        {
            var now = context.Now;
            removed += await RemoveAsync([.. page.Spots.Where(spot => spot.Message.IsExpired(now))], cancellation).ConfigureAwait(false);
        }

        return walk.Start is null ? throw Errors.NoSuchQueue(context.Keys.Queue) : removed;
    }

    private async Task<long> RemoveAsync(List<Spot> expired, CancellationToken cancellation)
    {
        long removed = 0;
        while (expired.Count > 0)
        {
            var claim = new Claim();
            var count = 0;
            while (count < expired.Count && claim.TryAdd(expired[count].Entry, expired[count].Offset, handOut: false))
                count++;
            var commit = await context.Committer.CommitAsync(claim.ToOperations(context.Keys, null)).WithCancellation(cancellation).ConfigureAwait(false);
            if (commit.Succeeded)
            {
                claim.Committed(null, commit.Index);
                removed += count;
            }
            else
            {
                // Each refusal tells of something that somebody has taken, so this comes to an end.
                await new ViewRefresher(context).RefreshAsync(claim.Lost(commit).Shared, cancellation).ConfigureAwait(false);
            }

            // A cursor that cannot be read is reported where messages are taken.
            expired.RemoveAll(static spot => spot.Entry.IsGone || spot.Entry.Damage is not null || !spot.Entry.Cursor.Has(spot.Offset));
        }

        return removed;
    }
}
