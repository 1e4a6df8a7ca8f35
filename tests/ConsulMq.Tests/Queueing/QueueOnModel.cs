using ConsulMq.InMemory;
using ConsulMq.Tests.Support;

namespace ConsulMq.Tests.Queueing;

public sealed class QueueOnModel : QueueBehaviour, IDisposable
{
    private readonly InMemoryConsul _consul = new();

    public void Dispose() => _consul.Dispose();

    protected override ConsulMqConnection Connect(ConnectionSettings? settings = null) => new(new Unowned(_consul), settings);
}
