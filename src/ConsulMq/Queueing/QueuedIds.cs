using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Reads which messages are in a queue: ready, in flight or scheduled.</summary>
internal static class QueuedIds
{
    /// <summary>Their IDs, by one walk over the queue; no big body is read. What others push meanwhile may be missing.</summary>
    public static async Task<HashSet<Guid>> ReadAsync(QueueContext context, CancellationToken cancellation)
    {
        var ids = new HashSet<Guid>();
        if (await context.Index.ReadAsync(cancellation).ConfigureAwait(false) is not { } index)
            return ids;
        if (index.Due is not null)
            await AddAsync(ids, new HeldWalk(context, EntryPlace.Scheduled), cancellation).ConfigureAwait(false);
        // What is leased while the ready ones are read shows behind them, and what comes back has shown before them.
        var inFlight = new HeldWalk(context, EntryPlace.InFlight);
        await AddAsync(ids, inFlight, cancellation).ConfigureAwait(false);
        var walk = new OrderWalk(context);
        while (await walk.NextAsync(cancellation).ConfigureAwait(false) is { } page)
            Add(ids, page);
        if (ids.Count > 0)
            await AddAsync(ids, new HeldWalk(context, EntryPlace.InFlight) { Known = inFlight.Names }, cancellation).ConfigureAwait(false);
        return ids;
    }

    private static async Task AddAsync(HashSet<Guid> ids, HeldWalk walk, CancellationToken cancellation)
    {
        while (await walk.NextAsync(cancellation).ConfigureAwait(false) is { } page)
            Add(ids, page);
    }

    private static void Add(HashSet<Guid> ids, WalkedPage page)
    {
        foreach (var spot in page.Spots)
            ids.Add(spot.Message.Id);
    }
}
