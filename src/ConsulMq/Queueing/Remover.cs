using ConsulMq.Consul;
using ConsulMq.Diagnostics;
using ConsulMq.Internal;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Empties and removes queues: one transaction each.</summary>
internal sealed class Remover(QueueContext context)
{
    private const int BodiesAtOnce = 32;

    /// <summary>
    /// Moves head and tail behind everything and deletes what was there. Receipts, settings and messages in flight stay, and so do the big bodies of those.
    /// </summary>
    public async Task<long> ClearAsync(bool count, CancellationToken cancellation)
    {
        var keys = context.Keys;
        while (true)
        {
            var pairs = await context.Index.SnapshotAsync(null, sessions: true, cancellation).ConfigureAwait(false);
            var index = context.Index.Take(pairs) ?? throw await context.Index.AbsentAsync(cancellation).ConfigureAwait(false);
            var bodies = context.Index.TakeSessions(pairs).Count > 0 ? await BodiesAsync(cancellation).ConfigureAwait(false) : null;
            var depth = count ? await new Inspector(context).CountAsync(index, cancellation).ConfigureAwait(false) : -1;
            var page = index.Tail.Page + 1;
            var operations = new List<KvOperation>
            {
                KvOperation.Cas(keys.Tail, index.Tail.Index, IndexCodec.Tail(page)),
                KvOperation.Cas(keys.Head, index.HeadIndex, IndexCodec.Head(new HeadState(page, false), index.HeadIndex)),
            };
            operations.AddRange(keys.Contents.Where(prefix => bodies is null || prefix != keys.Chunks).Select(KvOperation.DeleteTree));
            var commit = await context.Committer.CommitAsync(operations).WithCancellation(cancellation).ConfigureAwait(false);
            context.Index.Remember(commit.Succeeded ? index.Tail with { Page = page, Index = commit.Index, Most = null } : null);
            OperationLog.Steps?.Step(commit.Succeeded
                ? $"Cleared '{keys.Queue}' in one transaction of {operations.Count} operations: head and tail are at page {page} (Raft index {commit.Index}), {OperationLog.Steps?.Took}."
                : $"The index of '{keys.Queue}' was moved meanwhile: reading it again.");
            if (!commit.Succeeded)
                continue;
            if (bodies is { Count: > 0 })
                await RemoveBodiesAsync(bodies, cancellation).ConfigureAwait(false);
            return depth;
        }
    }

    /// <summary>Deletes everything but the receipts: a push under way must still be able to learn what became of it.</summary>
    public async Task<bool> RemoveAsync(CancellationToken cancellation)
    {
        var keys = context.Keys;
        while (true)
        {
            var index = await context.Index.RequireAsync(cancellation).ConfigureAwait(false);
            var operations = new List<KvOperation> { KvOperation.CheckIndex(keys.Tail, index.Tail.Index) };
            operations.AddRange(keys.Contents.Concat(keys.Remainder).Select(KvOperation.DeleteTree));
            var commit = await context.Committer.CommitAsync(operations).WithCancellation(cancellation).ConfigureAwait(false);
            context.Index.Forget();
            OperationLog.Steps?.Step(commit.Succeeded
                ? $"Removed '{keys.Queue}' in one transaction of {operations.Count} operations (Raft index {commit.Index}), {OperationLog.Steps?.Took}."
                : $"The tail of '{keys.Queue}' was moved meanwhile: reading it again.");
            if (commit.Succeeded)
                return true;
        }
    }

    /// <summary>The prefixes of the chunks of all big bodies.</summary>
    private async Task<HashSet<string>> BodiesAsync(CancellationToken cancellation) =>
        [.. (await context.Consul.KeysAsync(context.Keys.Chunks, "/", ReadOptions.Consistent, cancellation).ConfigureAwait(false)).Keys];

    /// <summary>Removes these bodies, but for those of messages in flight. What was cleared cannot be leased any more, so their list is complete.</summary>
    private async Task RemoveBodiesAsync(HashSet<string> bodies, CancellationToken cancellation)
    {
        var leases = await context.Consul.ListAsync(context.Keys.InFlight, ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        foreach (var pair in leases.Pairs)
        {
            // Of a lease that cannot be read nobody knows which bodies it has: then all of them stay.
            if (!EntryKey.TryParse(context.Keys, pair.Key, out var key) || new StoredEntry(key, pair, new List<ConsulMqException>()).Messages() is not { } messages)
                return;
            foreach (var message in messages)
            {
                if (message.Blob is { } body)
                    bodies.Remove(context.Keys.Body(body.Id));
            }
        }

        foreach (var some in bodies.Select((prefix, i) => (prefix, i)).GroupBy(static body => body.i / BodiesAtOnce, static body => KvOperation.DeleteTree(body.prefix)))
            await context.Committer.CommitAsync([.. some]).WithCancellation(cancellation).ConfigureAwait(false);
    }
}
