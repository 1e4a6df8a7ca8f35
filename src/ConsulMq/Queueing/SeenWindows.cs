using ConsulMq.Consul;

namespace ConsulMq.Queueing;

/// <summary>Removes what nobody need remember any more: windows of deduplication IDs that ended longer than one window ago.</summary>
internal sealed class SeenWindows(QueueContext context)
{
    /// <summary>Windows that one transaction removes; the rest waits for the next time.</summary>
    private const int MostAtOnce = ConsulLimits.OperationsPerTransaction - 1;

    /// <summary>Removes old windows: a listing of their names alone, and a write if there are any. The settings must have been read before.</summary>
    /// <returns>How many it removed.</returns>
    public async Task<int> RemoveOldAsync(CancellationToken cancellation)
    {
        var windows = (await context.Consul.KeysAsync(context.Keys.Seen, "/", default, cancellation).ConfigureAwait(false)).Keys;
        var window = (long)context.Index.Settings.DeduplicationWindow.TotalMilliseconds;
        // A window that began three of its lengths ago ended two ago. Clocks may differ by one, and what is one old may still be asked for.
        var oldest = context.Now.ToUnixTimeMilliseconds() - (3 * window);
        var old = windows.Where(key => context.Keys.WindowOf(key) is var start and >= 0 && start <= oldest).Take(MostAtOnce).Select(KvOperation.DeleteTree).ToList();
        if (old.Count == 0)
            return 0;
        var removed = old.Count;
        await context.Committer.CommitAsync(old).ConfigureAwait(false);
        return removed;
    }
}
