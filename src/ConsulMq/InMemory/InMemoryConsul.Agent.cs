using ConsulMq.Consul;

namespace ConsulMq.InMemory;

/// <content>The agent and its services.</content>
public sealed partial class InMemoryConsul
{
    /// <inheritdoc />
    public Task<AgentSelf> SelfAsync(CancellationToken cancellation) =>
        Request(static () => new AgentSelf(Identity.Node, Identity.Datacenter, Identity.Version, IsServer: true), cancellation);

    /// <inheritdoc />
    public Task RegisterServiceAsync(ServiceRegistration registration, CancellationToken cancellation) =>
        Request(
            () =>
            {
                var formerName = _agent.Register(registration, NextIndex(), Now);
                _waiters.Mark(new Watch(WatchKind.Service, registration.Name));
                if (formerName is not null)
                    _waiters.Mark(new Watch(WatchKind.Service, formerName));
                // Those who sleep did not know when this check is due.
                _waiters.MarkAll();
                return true;
            },
            cancellation);

    /// <inheritdoc />
    public Task DeregisterServiceAsync(string serviceId, CancellationToken cancellation) =>
        Request(
            () =>
            {
                if (_agent.Deregister(serviceId, _raftIndex + 1) is { } name)
                {
                    NextIndex();
                    _waiters.Mark(new Watch(WatchKind.Service, name));
                }
                return true;
            },
            cancellation);

    /// <inheritdoc />
    public Task UpdateCheckAsync(string checkId, CheckStatus status, string? output, CancellationToken cancellation) =>
        Request(
            () =>
            {
                if (!_agent.UpdateCheck(checkId, status, output ?? "", _raftIndex + 1, Now, out var name))
                    throw ServerError($"There is no check \"{checkId}\".");
                if (name is not null)
                {
                    NextIndex();
                    _waiters.Mark(new Watch(WatchKind.Service, name));
                }
                return true;
            },
            cancellation);

    /// <inheritdoc />
    public Task<ServiceListing> ListServiceAsync(string serviceName, ReadOptions options, CancellationToken cancellation) =>
        ReadAsync(
            new Watch(WatchKind.Service, serviceName),
            options,
            () => new ServiceListing(_agent.Instances(serviceName), Math.Max(_agent.IndexOf(serviceName), 1)),
            static listing => listing.Index,
            cancellation);
}
