using ConsulMq.Consul;

namespace ConsulMq.Queueing;

/// <summary>Brings a view up to what others have taken from it, at less than it costs to read it anew.</summary>
internal sealed class ViewRefresher(QueueContext context)
{
    /// <summary>Others were faster: reads which entries of the page are there still, which is far less than the page. The view stays in order.</summary>
    public async Task DropGoneAsync(HeadView view, CancellationToken cancellation)
    {
        var listing = await context.Consul.KeysAsync(context.Keys.Page(view.Page.Number), null, ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        var there = new HashSet<string>(listing.Keys, StringComparer.Ordinal);
        foreach (var entry in view.Page.Entries)
            entry.IsGone |= !there.Contains(entry.Key.Key);
    }

    /// <summary>Somebody else took a part of these entries: reads what is left of them, which is far less than the page.</summary>
    public async Task RefreshAsync(List<StoredEntry> entries, CancellationToken cancellation)
    {
        if (entries.Count == 0)
            return;
        var operations = new List<KvOperation>(entries.Count);
        foreach (var entry in entries)
            operations.Add(KvOperation.GetTree(entry.Key.Cursor));
        var result = await context.Consul.TransactAsync(operations, ReadConsistency.Consistent, cancellation).ConfigureAwait(false);
        foreach (var entry in entries)
            entry.TakeCursor(result.Pairs.FirstOrDefault(p => p.Key == entry.Key.Cursor));
    }
}
