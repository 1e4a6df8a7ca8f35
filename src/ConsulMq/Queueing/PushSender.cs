using ConsulMq.Consul;
using ConsulMq.Diagnostics;

namespace ConsulMq.Queueing;

/// <summary>Sends pushes: one write each transaction, whoever else pushes. Every write stands on the index, and so on what is set for the queue.</summary>
/// <param name="context">The queue.</param>
/// <param name="target">Where in the queue they go.</param>
internal sealed class PushSender(QueueContext context, PushTarget target)
{
    /// <summary>So often a body is uploaded that somebody takes away again before it can be pushed.</summary>
    private const int MostUploads = 4;

    private readonly DepthLimit _depth = new(context);
    private readonly BigBodies _bodies = new(context);

    /// <summary>Sends the first items of a run in one transaction. Afterwards those that it covers are in the queue, duplicates, or have an error.</summary>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.QueueFull"/> and others; nothing was sent.</exception>
    public async Task SendAsync(PushRun run, PushTerms terms)
    {
        var operations = new List<KvOperation>();
        TimeSpan? fullSince = null;
        var uploads = 1;
        while (true)
        {
            var tail = await target.PrepareAsync(run, terms.Closed).ConfigureAwait(false);
            var settings = tail?.Settings ?? context.Index.Settings;
            if (terms.Companion?.Prepare(run) == true)
                run.Fill(settings);
            else
                run.Fit(settings);
            if (tail?.Settings.MaxDepth is { } limit && run.Batch.Ready > 0)
            {
                if (await _depth.RoomAsync(tail, run.Batch.Ready).ConfigureAwait(false) is not var (room, counted))
                {
                    target.Doubt();
                    continue;
                }

                tail = counted;
                if (run.Batch.Ready > room)
                    run.Fill(settings, room);
                if (run.Covered == 0)
                {
                    // Not full for what is there already.
                    if (fullSince is null && await LookForDuplicatesAsync(run, settings).ConfigureAwait(false))
                        continue;
                    fullSince ??= context.Settings.Clock.Elapsed;
                    OperationLog.Steps?.Step($"Queue '{context.Keys.Queue}' is full: {limit} messages.");
                    await WaitForRoomAsync(limit, terms, fullSince.Value).ConfigureAwait(false);
                    target.Doubt();
                    continue;
                }
            }

            if (run.Batch.Entries.Count == 0)
                return;
            operations.Clear();
            var landing = target.Add(operations, run.Batch, tail);
            var seen = AddChecks(operations, run, settings, writes: true);
            terms.Companion?.AddTo(operations, run);
            var commit = await context.Committer.CommitAsync(operations).ConfigureAwait(false);
            target.Learn(landing, run.Batch, commit);
            if (terms.Companion is { } companion)
                await companion.LearnAsync(commit).ConfigureAwait(false);
            if (commit.Succeeded)
            {
                OperationLog.Steps?.Step(Steps.Pushed(context, run.Batch, landing, operations.Count, commit));
                seen?.Committed();
                context.Maintenance.InPassing();
                return;
            }

            if (landing.IsLost(commit))
                OperationLog.Steps?.Step($"The tail of '{context.Keys.Queue}' was moved or changed meanwhile: reading it and sending again.");
            if (run.Batch.LostUploads(commit) is { Count: > 0 } lost)
            {
                if (uploads++ == MostUploads)
                    throw BodyUploader.KeepsVanishing(context.Keys.Queue);
                await run.UploadAgainAsync(_bodies, lost).ConfigureAwait(false);
                run.Fill(settings);
            }

            // Duplicates leave the batch.
            if (seen is not null && await seen.LearnAsync(context, commit, CancellationToken.None).ConfigureAwait(false))
            {
                OperationLog.Steps?.Step("Something was pushed before under its deduplication ID: sending the rest.");
                run.Fill(settings);
            }
        }
    }

    private SeenChecks? AddChecks(List<KvOperation> operations, PushRun run, QueueSettings settings, bool writes)
    {
        SeenChecks? checks = null;
        foreach (var (seen, id) in run.Deduplicated())
        {
            checks ??= new SeenChecks(context.Now, settings.DeduplicationWindow);
            checks.Add(operations, context.Keys, seen, id, writes);
        }

        return checks;
    }

    /// <summary>Looks whether any of the first items was pushed before.</summary>
    private async Task<bool> LookForDuplicatesAsync(PushRun run, QueueSettings settings)
    {
        run.Fill(settings);
        var operations = new List<KvOperation>();
        if (AddChecks(operations, run, settings, writes: false) is not { } checks)
            return false;
        var result = await context.Consul.TransactAsync(operations, ReadConsistency.Consistent, CancellationToken.None).ConfigureAwait(false);
        var found = !result.Committed && await checks.LearnAsync(context, new Commit(result, 0), CancellationToken.None).ConfigureAwait(false);
        run.Fill(settings);
        return found;
    }

    private async Task WaitForRoomAsync(long limit, PushTerms terms, TimeSpan since)
    {
        if (terms.Wait is { } wait)
        {
            var left = wait == Timeout.InfiniteTimeSpan ? wait : wait - (context.Settings.Clock.Elapsed - since);
            if ((left > TimeSpan.Zero || wait == Timeout.InfiniteTimeSpan) && await new RoomWaiter(context).WaitAsync(left, terms.Closed).ConfigureAwait(false))
                return;
        }

        throw Errors.QueueFull(context.Keys.Queue, limit, terms.Wait);
    }
}
