namespace ConsulMq.Queueing;

/// <summary>
/// Keeps a queue within its most depth, exactly. The tail says how many messages are ready at most; every push into such a queue writes the tail, so
/// that bound holds for as long as the tail stays the same, and a push stands on it. Where the bound leaves too little room, the messages are counted.
/// </summary>
internal sealed class DepthLimit(QueueContext context)
{
    /// <summary>How many more messages there is room for, and the tail with the bound that says so. The tail has to have been read before.</summary>
    /// <param name="tail">The tail of a queue with a most depth.</param>
    /// <param name="wanted">How many are to be pushed: if so many have room, nothing is counted.</param>
    public async Task<(long Room, TailState Tail)> RoomAsync(TailState tail, int wanted)
    {
        var limit = tail.Settings.MaxDepth!.Value;
        if (tail.Most is not { } most || most > limit - wanted)
        {
            // Counted behind the tail: what was pushed before it is counted, nothing has been pushed since, and consumers only take.
            most = (await new Inspector(context).CountAsync(CancellationToken.None).ConfigureAwait(false)).Depth;
            tail = tail with { Most = most };
        }

        return (Math.Max(limit - most, 0), tail);
    }

    /// <summary>Whether a message has room, as fresh reads say: or there is no such queue, or no such limit any more.</summary>
    public async Task<bool> HasRoomAsync(IndexState? index, CancellationToken cancellation) =>
        index?.Tail.Settings.MaxDepth is not { } limit || (await new Inspector(context).CountAsync(cancellation).ConfigureAwait(false)).Depth < limit;
}
