using ConsulMq.Consul;
using ConsulMq.InMemory;
using ConsulMq.Tests.Support;

namespace ConsulMq.Tests.Queueing.Behaviour;

/// <summary>The model of Consul in this process, empty at first.</summary>
internal sealed class ModelBackend : IBackend
{
    private readonly InMemoryConsul _consul = new();

    public string Prefix { get; } = new ConnectionSettings().Prefix;

    public IConsul Open() => new Unowned(_consul);

    public void Dispose() => _consul.Dispose();
}
