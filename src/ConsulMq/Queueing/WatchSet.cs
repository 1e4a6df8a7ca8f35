using ConsulMq.Consul;
using ConsulMq.Internal;

namespace ConsulMq.Queueing;

/// <summary>Blocking queries on several prefixes at once. What goes on when none of them is left goes with the last one.</summary>
/// <param name="consul">Where.</param>
/// <param name="clock">The time.</param>
/// <param name="longest">The longest single query. One that ends without a change counts as one.</param>
internal sealed class WatchSet(IConsul consul, Clock clock, TimeSpan longest) : IDisposable
{
    private readonly Dictionary<string, (Watch Watch, CancellationTokenSource Stop)> _watches = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count => _watches.Count;

    /// <summary>Notes that whoever watches is going to look: see <see cref="Watch.Rearm"/>.</summary>
    public void Rearm()
    {
        foreach (var (watch, _) in _watches.Values)
            watch.Rearm();
    }

    /// <summary>Watches these prefixes and no others.</summary>
    /// <param name="prefixes">The prefixes.</param>
    /// <param name="separator">Where keys are cut; null: nowhere. It makes the answer shorter, and not what wakes.</param>
    /// <param name="cancellation">Ends all of them.</param>
    public async Task SetAsync(HashSet<string> prefixes, string? separator, CancellationToken cancellation)
    {
        foreach (var prefix in _watches.Keys.Where(prefix => !prefixes.Contains(prefix)).ToList())
        {
            End(_watches[prefix].Stop);
            _watches.Remove(prefix);
        }

        foreach (var prefix in prefixes)
        {
            if (!_watches.ContainsKey(prefix))
                _watches.Add(prefix, (await Watch.StartAsync(consul, prefix, separator, cancellation).ConfigureAwait(false), CancellationTokenSource.CreateLinkedTokenSource(cancellation)));
        }
    }

    /// <summary>Blocks until something may have changed or the time is over.</summary>
    public Task BlockAsync(TimeSpan wait, CancellationToken cancellation) =>
        clock.WhenAnyAsync([.. _watches.Values.Select(w => w.Watch.NextAsync(longest, w.Stop.Token))], wait, cancellation);

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var (_, stop) in _watches.Values)
            End(stop);
        _watches.Clear();
    }

    private static void End(CancellationTokenSource stop)
    {
        stop.Cancel();
        stop.Dispose();
    }
}
