using ConsulMq.Consul;

namespace ConsulMq.Queueing;

/// <summary>
/// Watches the sessions that hold leases: whoever waits learns at once that one has ended. The prefix is seldom wider than the number of consumers.
/// </summary>
internal sealed class SessionWatch(QueueContext context)
{
    /// <summary>Where there are no sessions, the query also returns for what happens elsewhere in Consul: no more often than this.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private ulong _index = 1;
    private Task? _under;

    /// <inheritdoc cref="Watch.Rearm"/>
    public void Rearm()
    {
        if (_under?.IsCompleted == true)
            _under = null;
    }

    /// <summary>Completes when there is a session that has ended, and something has changed since <see cref="Rearm"/>.</summary>
    public Task NextAsync(CancellationToken cancellation) => _under ??= BlockAsync(cancellation);

    private async Task BlockAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var options = new ReadOptions(ReadConsistency.Default, _index, Watch.LongestBlock);
                var listing = await context.Consul.ListAsync(context.Keys.Sessions, options, cancellation).ConfigureAwait(false);
                var isFirst = _index == 1;
                _index = listing.Index < _index ? 1 : listing.Index;
                if (listing.Pairs.Any(static pair => pair.Session is null))
                    return;
                if (listing.Pairs.Count == 0 && !isFirst)
                    await context.Settings.Clock.Delay(Pause, cancellation).ConfigureAwait(false);
            }
        }
        catch (ConsulException e) when (e.Fault == ConsulFault.AclDenied)
        {
            // Then others see to it. This one waits without.
            await context.Settings.Clock.Delay(TimeSpan.FromDays(1), cancellation).ConfigureAwait(false);
        }
    }
}
