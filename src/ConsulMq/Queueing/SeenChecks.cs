using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// The operations that let a transaction push what was not pushed before: an ID is looked for in the window before, the one after (clocks differ), and
/// written in the one that is now. Refused there, somebody has pushed it already, or so long ago that it does not count any more.
/// </summary>
internal sealed class SeenChecks
{
    private readonly List<(int OpIndex, Deduplication Item, string Key, Window Window)> _checks = [];
    private readonly DateTimeOffset _now;
    private readonly TimeSpan _window;

    /// <param name="now">The moment of the push.</param>
    /// <param name="window">For how long an ID is remembered.</param>
    public SeenChecks(DateTimeOffset now, TimeSpan window)
    {
        _now = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        _window = window;
    }

    private enum Window
    {
        Before,
        Current,
        After,
    }

    /// <summary>Adds the operations of an item.</summary>
    /// <param name="operations">Where to.</param>
    /// <param name="keys">The queue's keys.</param>
    /// <param name="item">What is known of its ID.</param>
    /// <param name="id">The message's ID.</param>
    /// <param name="writes">Whether it is pushed, and not only looked for.</param>
    public void Add(List<KvOperation> operations, QueueKeys keys, Deduplication item, Guid id, bool writes = true)
    {
        var length = (long)_window.TotalMilliseconds;
        var now = _now.ToUnixTimeMilliseconds();
        var start = now - (now % length);
        var before = keys.SeenIn(start - length) + item.Key;
        var isOld = item.Old?.Key == before;
        Add(operations, isOld ? KvOperation.CheckIndex(before, item.Old!.Value.Index) : KvOperation.CheckNotExists(before), item, Window.Before);
        Add(operations, KvOperation.CheckNotExists(keys.SeenIn(start + length) + item.Key), item, Window.After);
        var current = keys.SeenIn(start) + item.Key;
        item.Own = new SeenMessage(id, _now);
        Add(operations, writes ? KvOperation.Cas(current, 0, SeenCodec.Write(item.Own)) : KvOperation.CheckNotExists(current), item, Window.Current);
    }

    /// <summary>Notes that the transaction committed.</summary>
    public void Committed()
    {
        foreach (var check in _checks)
            check.Item.IsPushed = true;
    }

    /// <summary>Learns why a transaction was refused: reads what was pushed first. False: not because of an ID.</summary>
    public async Task<bool> LearnAsync(QueueContext context, Commit refusal, CancellationToken cancellation)
    {
        var isLost = false;
        var found = new List<(Deduplication Item, string Key, Window Window)>();
        foreach (var (opIndex, item, key, window) in _checks)
        {
            if (!refusal.Failed(opIndex))
                continue;
            isLost = true;
            if (window == Window.Before && item.Old?.Key == key)
                item.Old = null;
            else
                found.Add((item, key, window));
        }

        if (found.Count == 0)
            return isLost;
        // No trees: one ID may be the beginning of thousands of others. A key that has gone meanwhile refuses the read, and the push is tried again.
        var reads = found.ConvertAll(static f => KvOperation.Get(f.Key));
        var pairs = (await context.Consul.TransactAsync(reads, ReadConsistency.Consistent, cancellation).ConfigureAwait(false)).Pairs;
        foreach (var pair in pairs)
        {
            foreach (var (item, key, window) in found)
            {
                if (key == pair.Key)
                    Take(item, pair, window);
            }
        }

        return true;
    }

    private void Take(Deduplication item, KvPair pair, Window window)
    {
        if (SeenCodec.TryParse(pair.Value.Span) is not { } first)
        {
            item.Damage = new ConsulMqException(ConsulMqError.CorruptEntry,
                $"Key '{pair.Key}' does not say which message was pushed first under this deduplication ID, and nothing was pushed.", pair.Key)
            {
                RecommendedAction = $"Delete the key (consul kv delete '{pair.Key}') and push again.",
            };
        }
        else if (window == Window.Before && _now - first.At >= _window)
        {
            item.Old = (pair.Key, pair.ModifyIndex);
        }
        else
        {
            item.First = first;
        }
    }

    private void Add(List<KvOperation> operations, KvOperation operation, Deduplication item, Window window)
    {
        _checks.Add((operations.Count, item, operation.Key, window));
        operations.Add(operation);
    }
}
