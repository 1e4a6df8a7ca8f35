using ConsulMq.Consul;
using ConsulMq.Diagnostics;
using ConsulMq.Internal;

namespace ConsulMq.Queueing;

/// <summary>
/// What is in nobody's way and should still go some day: old receipts, deduplication windows, uploads. Each client of a queue sees to them at most every
/// ten minutes, in the background; of the processes that live shorter than that, one in sixteen.
/// </summary>
internal sealed class Chores(QueueContext context)
{
    private readonly Cadence _cadence = new(context.Settings.Clock, TimeSpan.FromMinutes(10));

    /// <summary>Begins them if it is time.</summary>
    public void InPassing()
    {
        if (!_cadence.TryBegin(out var isFirst))
            return;
        if (!isFirst || context.Settings.Random.NextDouble() < context.Settings.FirstChores)
            context.Background.Add(OperationLog.Apart(this, static self => self.DoAsync()));
    }

    private async Task DoAsync()
    {
        await TryAsync(new SeenWindows(context).RemoveOldAsync(CancellationToken.None)).ConfigureAwait(false);
        await TryAsync(new ReceiptCollector(context).CollectAsync()).ConfigureAwait(false);
        await TryAsync(new UploadCleaner(context).CleanAsync()).ConfigureAwait(false);
    }

    /// <summary>One that fails is no reason to leave the others.</summary>
    private static async Task TryAsync(Task chore)
    {
        try
        {
            await chore.ConfigureAwait(false);
        }
        catch (Exception e) when (e is ConsulException or ConsulMqException)
        {
            // A token may not be allowed to, or Consul is away: another client will, or this one in ten minutes.
        }
    }
}
