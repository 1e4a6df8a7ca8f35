using ConsulMq.Consul;
using ConsulMq.Internal;
using ConsulMq.Nodes;

namespace ConsulMq;

/// <content>What the connection registers at the local agent.</content>
public sealed partial class ConsulMqConnection
{
    private readonly AgentServices _services = new();

    /// <summary>The ID under which this connection is among the <see cref="NodesAsync"/>; null: it is not registered.</summary>
    public string? NodeId => _services.Of<AgentService>() is { Count: > 0 } services ? services[0].Id : null;

    /// <summary>The checks of queues that live on this connection.</summary>
    public IReadOnlyList<ConsulMqQueueCheck> QueueChecks => [.. _services.Of<QueueWatcher>().Select(watcher => new ConsulMqQueueCheck(watcher, _services))];

    /// <summary>All who are connected to this Consul and have registered themselves, whatever their prefix, by host, process and time.</summary>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.AclDenied"/>; what the token may not read is left out by most versions of Consul, without a word.</exception>
    public async Task<IReadOnlyList<ConsulMqNode>> NodesAsync(CancellationToken cancellation)
    {
        try
        {
            var listing = await Consul.ListServiceAsync(NodeRecord.Service, ReadOptions.Consistent, cancellation).ConfigureAwait(false);
            return
            [
                .. listing.Instances.Select(NodeRecord.Read)
                    .OrderBy(static node => node.Host, StringComparer.OrdinalIgnoreCase).ThenBy(static node => node.ProcessId).ThenBy(static node => node.ConnectedAt),
            ];
        }
        catch (ConsulException e)
        {
            throw AgentErrors.List(e);
        }
    }

    /// <summary>Begins a check of a queue in Consul, which lives as long as this connection, or until it is disposed.</summary>
    /// <param name="queue">The queue's name, whether it is there yet or not; null: the default queue.</param>
    /// <param name="thresholds">From when on it is not as it should be.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ConsulMqException">
    /// <see cref="ConsulMqError.InvalidThreshold"/>; <see cref="ConsulMqError.AclDenied"/> and others: the queue cannot be counted, or the agent takes no check.
    /// </exception>
    public async Task<ConsulMqQueueCheck> RegisterQueueCheckAsync(string? queue, QueueThresholds thresholds, CancellationToken cancellation)
    {
        if (thresholds.Problem() is { } problem)
            throw new ConsulMqException(ConsulMqError.InvalidThreshold, problem, queue ?? DefaultQueue);
        var watcher = new QueueWatcher(Queue(queue), thresholds, Consul, Settings);
        _services.Add(watcher);
        try
        {
            await watcher.StartAsync().WithCancellation(cancellation).ConfigureAwait(false);
            return new ConsulMqQueueCheck(watcher, _services);
        }
        catch
        {
            _services.Drop(watcher);
            throw;
        }
    }

    /// <summary>Registers this connection among the nodes, and keeps it there until it ends. Once.</summary>
    /// <param name="node">What it says of itself.</param>
    /// <param name="patience">How long to wait for the agent; it goes on trying after that.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>False: the agent has not answered yet.</returns>
    /// <exception cref="ConsulMqException">The agent refused.</exception>
    internal async Task<bool> RegisterNodeAsync(NodeDescription node, TimeSpan patience, CancellationToken cancellation)
    {
        var service = new AgentService(Consul, Settings, NodeRecord.Of(node, Settings));
        _services.Add(service);
        try
        {
            var registered = service.StartAsync(isPatient: true);
            using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var first = await Task.WhenAny(registered, Settings.Clock.Delay(patience, timer.Token)).ConfigureAwait(false);
            timer.Cancel();
            cancellation.ThrowIfCancellationRequested();
            if (first != registered)
                return false;
            await registered.ConfigureAwait(false);
            return true;
        }
        catch (ConsulException e)
        {
            _services.Drop(service);
            throw AgentErrors.Register(e, NodeRecord.Service);
        }
    }

    /// <summary>Takes this connection from the nodes, within two seconds. It works on as before.</summary>
    internal void UnregisterNode()
    {
        foreach (var service in _services.Of<AgentService>())
            _services.End(service);
    }
}
