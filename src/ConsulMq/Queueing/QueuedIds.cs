namespace ConsulMq.Queueing;

/// <summary>Reads which messages are in a queue: ready, in flight or scheduled.</summary>
internal static class QueuedIds
{
    /// <summary>Their IDs, without those that have expired, by one walk over the queue; no big body is read. What others push meanwhile may be missing.</summary>
    public static async Task<HashSet<Guid>> ReadAsync(QueueContext context, CancellationToken cancellation)
    {
        var ids = new HashSet<Guid>();
        var walk = new ExportWalk(context, MessageStates.All);
        while (await walk.NextAsync(cancellation).ConfigureAwait(false) is { } page)
        {
            foreach (var spot in page.Spots)
                ids.Add(spot.Message.Id);
        }

        return ids;
    }
}
