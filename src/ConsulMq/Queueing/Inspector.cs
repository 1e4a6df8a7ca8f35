using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Counts what is in a queue: by the names of keys alone, so no body is read but that of the oldest messages.</summary>
internal sealed class Inspector(QueueContext context)
{
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
        var cursors = new Dictionary<string, KvPair>(StringComparer.Ordinal);
        foreach (var pair in settled.Pairs)
            cursors[pair.Key] = pair;
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

    /// <summary>How many messages are ready.</summary>
    /// <param name="index">The queue's index, read before.</param>
    /// <param name="cancellation">Stops it between two requests.</param>
    public async Task<long> CountAsync(IndexState index, CancellationToken cancellation)
    {
        var counter = new Counter(context);
        await counter.CountAsync(index, null, cancellation).ConfigureAwait(false);
        return counter.Depth;
    }

    public async Task<ConsulMqQueue?> SummaryAsync(CancellationToken cancellation)
    {
        if (await context.Index.ReadAsync(cancellation).ConfigureAwait(false) is not { } index)
        {
            await context.Index.ProveAbsenceAsync(cancellation).ConfigureAwait(false);
            return null;
        }

        var info = context.Index.Info;
        var settings = index.Tail.Settings;
        var view = await new HeadReader(context).ReadAsync(index.Head.Page, cancellation).ConfigureAwait(false);
        if (view is null)
            return null;
        var look = context.Rates.Begin(index, info?.CreatedAt ?? default, context.Settings.Clock.Elapsed);
        var counter = new Counter(context);
        await counter.CountAsync(index, look, cancellation).ConfigureAwait(false);
        var rates = context.Rates.End(look, counter.Depth);
        var now = context.Now;
        var oldest = Selector.InOrder(view, 1, now).Taken.Select(static t => (DateTimeOffset?)t.Message.CreatedAt).FirstOrDefault();
        return new ConsulMqQueue
        {
            Name = context.Keys.Queue,
            Depth = counter.Depth,
            Bytes = counter.Bytes,
            // A queue that never scheduled anything has nothing to list.
            Scheduled = view.Due is null ? 0 : await CountScheduledAsync(cancellation).ConfigureAwait(false),
            InFlight = await CountInFlightAsync(cancellation).ConfigureAwait(false),
            Dead = await CountDeadAsync(cancellation).ConfigureAwait(false),
            PushRate = rates?.In,
            PopRate = rates?.Out,
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

    /// <summary>How many messages are in the queue of its dead letters, which has none of its own.</summary>
    private async Task<long> CountDeadAsync(CancellationToken cancellation)
    {
        var name = DeadLetters.QueueOf(context.Keys.Queue);
        // A name too long for the suffix: its messages cannot become dead letters.
        if (name == context.Keys.Queue || !QueueName.IsValid(name))
            return 0;
        var dead = context.Other(name);
        return await dead.Index.ReadAsync(cancellation).ConfigureAwait(false) is { } index
            ? await new Inspector(dead).CountAsync(index, cancellation).ConfigureAwait(false)
            : 0;
    }
}
