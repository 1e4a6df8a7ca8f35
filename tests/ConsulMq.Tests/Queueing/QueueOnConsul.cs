using ConsulMq.Consul;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing;

public sealed class QueueOnConsul(ConsulFixture consul) : QueueBehaviour, IClassFixture<ConsulFixture>
{
    private readonly string _prefix = ConsulFixture.NewPrefix();

    protected override ConsulMqConnection Connect(ConnectionSettings? settings = null) =>
        new(new HttpConsul(new ConsulOptions { Address = consul.Address }), (settings ?? new ConnectionSettings()) with { Prefix = _prefix });
}
