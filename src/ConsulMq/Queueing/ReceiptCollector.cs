using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// Removes receipts that were not used for two days. A lane is not used again after an hour (<see cref="LanePool.LongestIdle"/>), and an operation whose
/// outcome is still open after an hour is given up: nobody asks for them any more.
/// </summary>
internal sealed class ReceiptCollector(QueueContext context)
{
    private static readonly TimeSpan Age = TimeSpan.FromDays(2);

    private const int PerTransaction = 30;
    private const int MostTransactions = 20;

    public async Task CollectAsync()
    {
        var listing = await context.Consul.ListAsync(context.Keys.Receipts, default, CancellationToken.None).ConfigureAwait(false);
        var old = Old(listing.Pairs);
        for (var first = 0; first < old.Count && first < PerTransaction * MostTransactions; first += PerTransaction)
        {
            var operations = new List<KvOperation>(2 * PerTransaction);
            foreach (var pair in old.Skip(first).Take(PerTransaction))
            {
                operations.Add(KvOperation.CheckIndex(pair.Key, pair.ModifyIndex));
                operations.Add(KvOperation.Delete(pair.Key));
            }

            // Refused: somebody else collects too. It needs no receipt of its own, for a second time it does nothing.
            await context.Consul.TransactAsync(operations, ReadConsistency.Default, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Those that are old by this machine's clock, and by that of the others as well: a clock that is days ahead must not remove what is in use.
    /// </summary>
    private List<KvPair> Old(IReadOnlyList<KvPair> receipts)
    {
        var own = context.Keys.Receipt(context.Settings.ClientName + "-");
        var times = new DateTimeOffset?[receipts.Count];
        DateTimeOffset? newest = null;
        for (var i = 0; i < times.Length; i++)
        {
            times[i] = ReceiptCodec.Time(receipts[i].Value.Span);
            if (times[i] > (newest ?? DateTimeOffset.MinValue) && !receipts[i].Key.StartsWith(own, StringComparison.Ordinal))
                newest = times[i];
        }

        var now = newest < context.Now ? newest.Value : context.Now;
        var old = new List<KvPair>();
        for (var i = 0; i < times.Length; i++)
        {
            if (now - times[i] > Age)
                old.Add(receipts[i]);
        }

        return old;
    }
}
