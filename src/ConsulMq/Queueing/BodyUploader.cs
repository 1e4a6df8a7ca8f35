using ConsulMq.Consul;
using ConsulMq.Internal;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>A body whose chunks are all in Consul, and which no entry refers to yet.</summary>
/// <param name="Body">Where it lies.</param>
/// <param name="MarkIndex">The ModifyIndex of its mark, which the entry's transaction checks and deletes.</param>
internal sealed record UploadedBody(BodyReference Body, ulong MarkIndex);

/// <summary>
/// Puts a big body into Consul, a few chunks at a time. Before the first chunk a mark is written, by which others find the chunks if the entry never
/// follows. The mark is written under a receipt: a copy of it that arrives late, when the entry is there, would one day cost that entry its body.
/// </summary>
internal sealed class BodyUploader(QueueContext context)
{
    /// <summary>Chunks under way at once: enough to keep Consul and the connection busy, and all that is in memory of a stream.</summary>
    private const int Width = 4;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>Uploads a body.</summary>
    /// <param name="source">The body.</param>
    /// <param name="limit">The most bytes it may have; null: as many as the queue allows.</param>
    /// <param name="cancellation">Stops it; what was uploaded is removed in the background.</param>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.MessageTooLarge"/></exception>
    /// <exception cref="ConsulException">Consul failed. Nothing was pushed.</exception>
    public async Task<UploadedBody> UploadAsync(BodySource source, long? limit, CancellationToken cancellation)
    {
        // Tells what the queue allows; and a queue of a layout that this version does not know must not be touched.
        if (context.Index.CachedTail is null)
            await context.Index.ReadAsync(cancellation).ConfigureAwait(false);
        var most = limit ?? context.Index.Settings.MaxBodyBytes;
        using var feed = source.Open();
        if (feed.Length > most)
            throw TooLarge(feed.Length, most);
        var upload = new Upload(context, context.Ids.NewEntryId());
        var mark = await MarkAsync(upload.Id).WithCancellation(cancellation).ConfigureAwait(false);
        try
        {
            return new UploadedBody(await upload.RunAsync(source.Kind, feed, most, cancellation).ConfigureAwait(false), mark);
        }
        catch
        {
            context.Background.Add(upload.AbandonAsync(mark));
            throw;
        }
    }

    /// <summary>Removes in the background the body of an item that was not pushed. Nothing happens if it was, or if there is none.</summary>
    public static void Drop(QueueContext context, PushItem item)
    {
        if (item.Upload is { } upload)
            context.Background.Add(RemoveAsync(context, upload.Body.Id, upload.MarkIndex));
    }

    /// <summary>
    /// Removes in the background what is left of a body whose mark somebody took away. A clear in the middle of an upload does not see the chunks that
    /// arrive after it, and without the mark nobody else would ever find them. Only for who knows that no entry refers to them.
    /// </summary>
    public static void DropChunks(QueueContext context, UploadedBody lost) => context.Background.Add(RemoveChunksAsync(context, lost.Body.Id));

    /// <summary>Removes a body with its mark, if that is still there as it was.</summary>
    /// <returns>Whether it was; if not, the chunks are not touched, for an entry may refer to them.</returns>
    public static async Task<bool> RemoveAsync(QueueContext context, string id, ulong mark)
    {
        var key = context.Keys.Upload(id);
        var commit = await context.Committer.CommitAsync(
            [KvOperation.CheckIndex(key, mark), KvOperation.Delete(key), KvOperation.DeleteTree(context.Keys.Body(id))]).ConfigureAwait(false);
        return commit.Succeeded;
    }

    public static ConsulMqException KeepsVanishing(string queue) => new(
        ConsulMqError.ConsulError,
        $"The body of a message for queue '{queue}' was removed again and again before the message could be pushed, and nothing was pushed.",
        queue)
    {
        RecommendedAction = "Is the queue being cleared all the time, or is a clock wrong by an hour on a machine that uses it?",
    };

    private static Task<Commit> RemoveChunksAsync(QueueContext context, string id) =>
        context.Committer.CommitAsync([KvOperation.DeleteTree(context.Keys.Body(id))]);

    private async Task<ulong> MarkAsync(string id)
    {
        try
        {
            var value = UploadMark.Write(context.Now, context.Settings.ClientName);
            return (await context.Committer.CommitAsync([KvOperation.Set(context.Keys.Upload(id), value)]).ConfigureAwait(false)).Index;
        }
        catch (ConsulMqException e) when (e.Error == ConsulMqError.OutcomeUnknown && e.InnerException is ConsulException cause)
        {
            // What is unknown is whether a mark was left behind that nobody needs. No message was.
            throw new ConsulException(cause.Fault, cause.Address, false, cause.Message, e);
        }
    }

    /// <summary>The error for a body over the limit.</summary>
    /// <param name="bytes">How many it has; null: that was not found out.</param>
    /// <param name="limit">How many it may have.</param>
    public static ConsulMqException TooLarge(long? bytes, long limit) => new(
        ConsulMqError.MessageTooLarge,
        $"The body has {(bytes is null ? $"more than {limit:N0}" : $"{bytes:N0}")} bytes, and {limit:N0} is the limit of the queue.")
    {
        RecommendedAction = "Raise it (Set-ConsulMqQueue -MaxBodySize), or store the content elsewhere and push where it lies.",
    };

    /// <summary>One upload and the chunks of it that are under way.</summary>
    private sealed class Upload(QueueContext context, string id)
    {
        private readonly Queue<Task> _underWay = new();
        private volatile bool _isUncertain;

        public string Id => id;

        public async Task<BodyReference> RunAsync(BlobKind kind, IBodyFeed feed, long limit, CancellationToken cancellation)
        {
            using var hash = new BodyHash();
            var number = 0;
            long size = 0;
            while (await feed.NextAsync(cancellation).ConfigureAwait(false) is { } chunk)
            {
                size += chunk.Length;
                if (size > limit)
                {
                    chunk.Dispose();
                    throw TooLarge(null, limit);
                }

                hash.Append(chunk.Bytes);
                if (_underWay.Count == Width)
                    await FinishOneAsync(cancellation).ConfigureAwait(false);
                _underWay.Enqueue(PutAsync(context.Keys.Chunk(id, number++), chunk));
            }

            while (_underWay.Count > 0)
                await FinishOneAsync(cancellation).ConfigureAwait(false);
            return new BodyReference(id, size, number, hash.Finish(), kind);
        }

        /// <summary>
        /// Removes what was uploaded. Where a chunk may still arrive after that, its mark has to stay, and the cleaner comes when nothing can arrive any
        /// more.
        /// </summary>
        public async Task AbandonAsync(ulong mark)
        {
            while (_underWay.Count > 0)
            {
                try
                {
                    await _underWay.Dequeue().ConfigureAwait(false);
                }
                catch (ConsulException)
                {
                    // Whether it may still arrive is noted.
                }
            }

            if (!_isUncertain && !await RemoveAsync(context, id, mark).ConfigureAwait(false))
                await RemoveChunksAsync(context, id).ConfigureAwait(false);
        }

        /// <summary>Waits for the oldest chunk under way, which stays among them if the wait is cancelled.</summary>
        private async Task FinishOneAsync(CancellationToken cancellation)
        {
            await _underWay.Peek().WithCancellation(cancellation).ConfigureAwait(false);
            _ = _underWay.Dequeue();
        }

        /// <summary>Puts one chunk. It is the same however often it is put, so it is tried again whatever became of it.</summary>
        private async Task PutAsync(string key, RawValue chunk)
        {
            var hasFailed = false;
            var since = context.Settings.Clock.Elapsed;
            var pause = FirstPause;
            while (true)
            {
                try
                {
                    await context.Consul.PutAsync(key, chunk.Bytes, CancellationToken.None).ConfigureAwait(false);
                    // After a failure some part of the stack may still read the memory; then the garbage collector gets it.
                    if (!hasFailed)
                        chunk.Dispose();
                    return;
                }
                catch (ConsulException e) when (e.MayHaveCommitted)
                {
                    hasFailed = _isUncertain = true;
                    if (!e.IsTransient || context.Settings.Clock.Elapsed - since > context.Settings.Timeout)
                        throw;
                }

                await context.Settings.Clock.Delay(pause, CancellationToken.None).ConfigureAwait(false);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
            }
        }
    }
}
