using ConsulMq.Consul;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

/// <summary>The real Consul of the test run, under a prefix of the test's own.</summary>
internal sealed class ConsulBackend(ConsulFixture consul) : IBackend
{
    public string Prefix { get; } = ConsulFixture.NewPrefix();

    public IConsul Open() => new HttpConsul(new ConsulOptions { Address = consul.Address });

    public void Dispose()
    {
        // It is the fixture's.
    }
}
