using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Counts what is in a queue: by the names of keys alone, so no body is read but that of the oldest messages.</summary>
internal sealed class Inspector(QueueContext context)
{
    /// <summary>How much is ready. Not a snapshot: what is pushed and popped meanwhile may or may not count.</summary>
    public async Task<(long Depth, long Bytes)> CountAsync(CancellationToken cancellation)
    {
        long depth = 0, bytes = 0;
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var cursors = await context.Consul.ListAsync(context.Keys.Cursors, ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        foreach (var prefix in new[] { context.Keys.Log, context.Keys.Front })
        {
            var listing = await context.Consul.KeysAsync(prefix, null, ReadOptions.Consistent, cancellation).ConfigureAwait(false);
            foreach (var key in listing.Keys)
            {
                if (!EntryKey.TryParse(context.Keys, key, out var entry))
                    continue;
                depth += entry.Count;
                bytes += entry.Bytes;
                if (cursors.Pairs.Count > 0)
                    counts[entry.Cursor] = entry.Count;
            }
        }

        foreach (var pair in cursors.Pairs)
        {
            if (counts.TryGetValue(pair.Key, out var count) && Cursor.TryParse(pair.Value.Span, count) is { } cursor)
                depth -= count - cursor.Left;
        }

        return (depth, bytes);
    }

    /// <summary>How many messages are scheduled for later, those that are due and that nobody has met yet included.</summary>
    public async Task<long> CountScheduledAsync(CancellationToken cancellation)
    {
        long count = 0;
        var listing = await context.Consul.KeysAsync(context.Keys.Scheduled, null, ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        foreach (var key in listing.Keys)
            count += EntryKey.TryParse(context.Keys, key, out var entry) ? entry.Count : 0;
        return count;
    }

    /// <summary>How many messages are leased and not settled, those of sessions that have ended and that nobody has reaped yet included.</summary>
    public async Task<long> CountInFlightAsync(CancellationToken cancellation)
    {
        var listing = await context.Consul.KeysAsync(context.Keys.InFlight, null, ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        if (listing.Keys.Count == 0)
            return 0;
        var settled = await context.Consul.ListAsync(context.Keys.Settled, ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        var cursors = settled.Pairs.ToDictionary(static pair => pair.Key, StringComparer.Ordinal);
        long count = 0;
        foreach (var key in listing.Keys)
        {
            if (!EntryKey.TryParse(context.Keys, key, out var entry))
                continue;
            count += cursors.TryGetValue(entry.Cursor, out var pair) && Cursor.TryParse(pair.Value.Span, entry.Count) is { } cursor
                ? cursor.Left
                : entry.Count;
        }

        return count;
    }

    public async Task<ConsulMqQueue?> SummaryAsync(CancellationToken cancellation)
    {
        var view = await new HeadReader(context).ReadAsync(null, cancellation).ConfigureAwait(false);
        if (view is null)
            return null;
        var info = context.Index.Info;
        var settings = info?.Settings ?? new QueueSettings();
        var (depth, bytes) = await CountAsync(cancellation).ConfigureAwait(false);
        var now = context.Now;
        var oldest = Selector.InOrder(view, 1, now).Taken.Select(static t => (DateTimeOffset?)t.Message.CreatedAt).FirstOrDefault();
        return new ConsulMqQueue
        {
            Name = context.Keys.Queue,
            Depth = depth,
            Bytes = bytes,
            // A queue that never scheduled anything has nothing to list.
            Scheduled = view.Due is null ? 0 : await CountScheduledAsync(cancellation).ConfigureAwait(false),
            InFlight = await CountInFlightAsync(cancellation).ConfigureAwait(false),
            OldestAt = oldest,
            OldestAge = oldest is { } at ? (now > at ? now - at : TimeSpan.Zero) : null,
            CreatedAt = info?.CreatedAt ?? default,
            TimeToLive = settings.TimeToLive,
            // Dead letters stay what they are, however often they are looked into.
            MaxDeliveries = DeadLetters.IsDeadLetterQueue(context.Keys.Queue) ? 0 : settings.MaxDeliveries,
            MaxDepth = settings.MaxDepth,
            StrictOrder = settings.StrictOrder,
            DeadLetterExpired = settings.DeadLetterExpired,
            DeduplicationWindow = settings.DeduplicationWindow,
            MaxBodySize = settings.MaxBodyBytes,
        };
    }
}
