using ConsulMq.Consul;
using ConsulMq.Internal;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Empties and removes queues: one transaction each.</summary>
internal sealed class Remover(QueueContext context)
{
    /// <summary>Moves head and tail behind everything and deletes what was there. Receipts, settings and messages in flight stay.</summary>
    public async Task<long> ClearAsync(bool count, CancellationToken cancellation)
    {
        var keys = context.Keys;
        while (true)
        {
            var index = await ReadAsync(cancellation).ConfigureAwait(false);
            var depth = count ? (await new Inspector(context).CountAsync(cancellation).ConfigureAwait(false)).Depth : -1;
            var page = index.Tail.Page + 1;
            var operations = new List<KvOperation>
            {
                KvOperation.Cas(keys.Tail, index.Tail.Index, IndexCodec.Tail(page)),
                KvOperation.Cas(keys.Head, index.HeadIndex, IndexCodec.Head(new HeadState(page, false), index.HeadIndex)),
            };
            operations.AddRange(keys.Contents.Select(KvOperation.DeleteTree));
            var commit = await context.Committer.CommitAsync(operations).WithCancellation(cancellation).ConfigureAwait(false);
            context.Index.Remember(commit.Succeeded ? index.Tail with { Page = page, Index = commit.Index, Most = null } : null);
            if (commit.Succeeded)
                return depth;
        }
    }

    /// <summary>Deletes everything but the receipts: a push under way must still be able to learn what became of it.</summary>
    public async Task<bool> RemoveAsync(CancellationToken cancellation)
    {
        var keys = context.Keys;
        while (true)
        {
            var index = await ReadAsync(cancellation).ConfigureAwait(false);
            var operations = new List<KvOperation> { KvOperation.CheckIndex(keys.Tail, index.Tail.Index) };
            operations.AddRange(keys.Contents.Concat(keys.Remainder).Select(KvOperation.DeleteTree));
            var commit = await context.Committer.CommitAsync(operations).WithCancellation(cancellation).ConfigureAwait(false);
            context.Index.Forget();
            if (commit.Succeeded)
                return true;
        }
    }

    private async Task<IndexState> ReadAsync(CancellationToken cancellation)
    {
        if (await context.Index.ReadAsync(cancellation).ConfigureAwait(false) is { } index)
            return index;
        await context.Index.ProveAbsenceAsync(cancellation).ConfigureAwait(false);
        throw Errors.NoSuchQueue(context.Keys.Queue);
    }
}
