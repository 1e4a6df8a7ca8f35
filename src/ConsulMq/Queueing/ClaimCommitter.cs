using ConsulMq.Consul;
using ConsulMq.Diagnostics;
using ConsulMq.Internal;

namespace ConsulMq.Queueing;

/// <summary>Commits claims. What a claim takes that nobody waits for any more goes back to its place.</summary>
internal sealed class ClaimCommitter(QueueContext context)
{
    /// <summary>Commits a claim, or is refused.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="view">The view that it must fail with if the order has changed; null: the order does not matter.</param>
    /// <param name="info">The ModifyIndex of the settings that it must fail with, as <see cref="Claim.AddTo"/> has it.</param>
    /// <param name="cancellation">Stops waiting. The write goes on, and what it takes goes back.</param>
    public async Task<Commit> CommitAsync(Claim claim, HeadView? view, ulong? info, CancellationToken cancellation)
    {
        var operations = new List<KvOperation>();
        while (true)
        {
            if (claim.Handover is { } handover)
                await handover.PrepareAsync(cancellation).ConfigureAwait(false);
            operations.Clear();
            claim.AddTo(operations, context.Keys, view, info);
            claim.Handover?.AddTo(operations);
            var commit = await SendAsync(claim, operations, cancellation).ConfigureAwait(false);
            // A session that has ended, or a tail that has moved, is another one the next time.
            if (claim.Handover?.Learn(commit) != true)
            {
                OperationLog.Steps?.Step(Steps.Claimed(context, claim, view, operations.Count, commit));
                return commit;
            }
        }
    }

    private async Task<Commit> SendAsync(Claim claim, List<KvOperation> operations, CancellationToken cancellation)
    {
        var commit = context.Committer.CommitAsync(operations, late: late => context.Background.Add(PutBackAsync(late, claim)));
        try
        {
            return await commit.WithCancellation(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The write goes on, and nobody waits for what it takes.
            context.Background.Add(PutBackAsync(commit, claim));
            throw;
        }
        catch (Exception e)
        {
            // Where nobody can tell, what was read may be all that is left of the message.
            if (e is not ConsulMqException { Error: ConsulMqError.OutcomeUnknown })
                BodyLoader.Discard(claim);
            throw;
        }
    }

    private async Task PutBackAsync(Task<Commit> commit, Claim claim) => await PutBackAsync(await commit.ConfigureAwait(false), claim).ConfigureAwait(false);

    private async Task PutBackAsync(Commit commit, Claim claim)
    {
        claim.Handover?.Learn(commit);
        if (commit.Succeeded)
            await (claim.Handover?.PutBackAsync() ?? new Inserter(context).PutBackAsync(claim)).ConfigureAwait(false);
        BodyLoader.DropPlaces(claim);
        if (!commit.Succeeded)
            claim.Handover?.Discard();
    }
}
