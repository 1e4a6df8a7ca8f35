
namespace ConsulMq.Queueing;

/// <summary>Finds messages by their IDs: reads the queue from the beginning, page by page, until it has them all.</summary>
internal sealed class Locator(QueueContext context)
{
    /// <summary>Where the messages are; those that are not ready in the queue are left out. Not a snapshot: what moves meanwhile may be missed.</summary>
    public async Task<Dictionary<Guid, (StoredEntry Entry, int Offset)>> FindAsync(IEnumerable<Guid> ids, CancellationToken cancellation)
    {
        var wanted = new HashSet<Guid>(ids);
        var found = new Dictionary<Guid, (StoredEntry, int)>();
        long? page = null;
        while (wanted.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var pairs = await context.Index.SnapshotAsync(page, sessions: false, cancellation).ConfigureAwait(false);
            if (context.Index.Take(pairs) is not { } index)
            {
                await context.Index.ProveAbsenceAsync(cancellation).ConfigureAwait(false);
                break;
            }

            if (page is null && index.Head.Front)
                await FindInFrontAsync(wanted, found, cancellation).ConfigureAwait(false);
            if (page is null || page < index.Head.Page)
            {
                page = index.Head.Page;
                continue;
            }

            var entries = LogPage.Take(pairs, context.Keys, page.Value).Entries;
            context.DamagedBodies.ApplyTo(entries);
            Find(entries, wanted, found);
            if (page++ >= index.Tail.Page)
                break;
        }

        return found;
    }

    private async Task FindInFrontAsync(HashSet<Guid> wanted, Dictionary<Guid, (StoredEntry, int)> found, CancellationToken cancellation)
    {
        var front = await FrontSet.ReadAsync(context, cancellation).ConfigureAwait(false);
        while (front.Horizon is not null)
            await front.LoadMoreAsync(cancellation).ConfigureAwait(false);
        Find(front.Entries, wanted, found);
    }

    private void Find(IEnumerable<StoredEntry> entries, HashSet<Guid> wanted, Dictionary<Guid, (StoredEntry, int)> found)
    {
        foreach (var entry in entries)
        {
            for (var offset = entry.Cursor.First; entry.IsOpen && entry.Messages() is { } messages && offset < entry.Cursor.End; offset++)
            {
                if (entry.Has(offset) && !messages[offset].IsExpired(context.Now) && wanted.Remove(messages[offset].Id))
                    found[messages[offset].Id] = (entry, offset);
            }
        }
    }
}
