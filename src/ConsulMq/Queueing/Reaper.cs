using ConsulMq.Consul;

namespace ConsulMq.Queueing;

/// <summary>Brings back what sessions that have ended held on a lease.</summary>
#pragma warning disable CS9113, CA1822 // until leases are there
internal sealed class Reaper(QueueContext context)
{
    /// <summary>Reaps the sessions whose keys have lost their lock.</summary>
    /// <param name="sessions">The pairs under <c>s/</c> as a snapshot gave them.</param>
    /// <param name="cancellation">Stops it between two writes.</param>
    /// <returns>Whether anything came back.</returns>
    public Task<bool> ReapAsync(IReadOnlyList<KvPair> sessions, CancellationToken cancellation) => Task.FromResult(false);
}
