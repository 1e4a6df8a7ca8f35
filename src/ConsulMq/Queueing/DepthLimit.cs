namespace ConsulMq.Queueing;

/// <summary>
/// Keeps a queue within its most depth, exactly. The tail says how many messages are ready at most; every push into such a queue writes the tail, so
/// that bound holds for as long as the tail stays the same, and a push stands on it. Where the bound leaves too little room, the messages are counted.
/// </summary>
internal sealed class DepthLimit(QueueContext context)
{
    /// <summary>How many more messages there is room for, and the tail with the bound that says so. Null: the tail is another one by now.</summary>
    /// <param name="tail">The tail of a queue with a most depth, as it was read last.</param>
    /// <param name="wanted">How many are to be pushed: if so many have room, nothing is read.</param>
    public async Task<(long Room, TailState Tail)?> RoomAsync(TailState tail, int wanted)
    {
        var limit = tail.Settings.MaxDepth!.Value;
        if (tail.Most is { } known && known <= limit - wanted)
            return (limit - known, tail);
        // What was known may be old: others have pushed and popped, or the limit is another one.
        var index = await context.Index.ReadAsync(CancellationToken.None).ConfigureAwait(false);
        if (index?.Tail.Index != tail.Index)
            return null;
        // Counted behind the tail: what was pushed before it is counted, nothing has been pushed since, and consumers only take.
        var depth = await new Inspector(context).CountAsync(index, CancellationToken.None).ConfigureAwait(false);
        return (Math.Max(limit - depth, 0), tail with { Most = depth });
    }

    /// <summary>Whether a message has room, as fresh reads say: or there is no such queue, or no such limit any more.</summary>
    public async Task<bool> HasRoomAsync(IndexState? index, CancellationToken cancellation) =>
        index?.Tail.Settings.MaxDepth is not { } limit || await new Inspector(context).CountAsync(index, cancellation).ConfigureAwait(false) < limit;
}
