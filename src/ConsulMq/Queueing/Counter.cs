using ConsulMq.Consul;
using ConsulMq.Diagnostics;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// Counts what is ready in a queue by the names of keys alone. A long log is listed some pages at a time, so that memory stays within a few megabytes
/// however many messages there are.
/// </summary>
internal sealed class Counter(QueueContext context)
{
    /// <summary>Up to so many pages are listed at once.</summary>
    private const int PagesAtOnce = 32;

    private readonly Dictionary<string, KvPair> _cursors = new(StringComparer.Ordinal);
    private RateMeter.Look? _look;

    /// <summary>How many messages are ready, expired ones included.</summary>
    public long Depth { get; private set; }

    /// <summary>How many bytes their entries hold.</summary>
    public long Bytes { get; private set; }

    /// <summary>
    /// Counts. Not a snapshot: what is pushed and popped meanwhile may or may not count; what was ready under this index and was not popped since does.
    /// </summary>
    /// <param name="index">The index, read before.</param>
    /// <param name="look">What is shown the entries of the log; null: nothing.</param>
    /// <param name="cancellation">Stops it between two requests.</param>
    public async Task CountAsync(IndexState index, RateMeter.Look? look, CancellationToken cancellation)
    {
        _look = look;
        // First: what is consumed while the entries are listed counts as ready, never the other way round.
        var cursors = await context.Consul.ListAsync(context.Keys.Cursors, ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        foreach (var pair in cursors.Pairs)
            _cursors[pair.Key] = pair;
        if (index.Tail.Page - index.Head.Page < PagesAtOnce)
        {
            await ListAsync(context.Keys.Log, cancellation).ConfigureAwait(false);
        }
        else
        {
            foreach (var prefix in await GroupsAsync(cancellation).ConfigureAwait(false))
                await ListAsync(prefix, cancellation).ConfigureAwait(false);
        }

        await ListAsync(context.Keys.Front, cancellation).ConfigureAwait(false);
    }

    /// <summary>The prefixes of sixteen pages each, of those that are there: names of pages without their last digit.</summary>
    private async Task<List<string>> GroupsAsync(CancellationToken cancellation)
    {
        var pages = await context.Consul.KeysAsync(context.Keys.Log, "/", ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        var groups = new List<string>();
        foreach (var page in pages.Keys)
        {
            if (page.Length != context.Keys.Log.Length + 17)
                continue;
            var group = page.Substring(0, page.Length - 2);
            if (groups.Count == 0 || groups[groups.Count - 1] != group)
                groups.Add(group);
        }

        // A page that has come since, and with it all later ones, lies in the last group as a rule; those beyond it are too new to count.
        OperationLog.Steps?.Step($"The log of '{context.Keys.Queue}' has {OperationLog.Count(pages.Keys.Count, "page", "pages")}: listing them in {groups.Count} parts.");
        return groups;
    }

    private async Task ListAsync(string prefix, CancellationToken cancellation)
    {
        var listing = await context.Consul.KeysAsync(prefix, null, ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        foreach (var key in listing.Keys)
        {
            if (!EntryKey.TryParse(context.Keys, key, out var entry))
                continue;
            Depth += entry.Count;
            Bytes += entry.Bytes;
            if (entry.Place == EntryPlace.Log)
                _look?.See(entry, context.Keys.PageOf(key));
            if (_cursors.TryGetValue(entry.Cursor, out var pair) && Cursor.TryParse(pair.Value.Span, entry.Count) is { } cursor)
                Depth -= entry.Count - cursor.Left;
        }
    }
}
