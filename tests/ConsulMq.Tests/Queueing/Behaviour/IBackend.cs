using ConsulMq.Consul;

namespace ConsulMq.Tests.Queueing.Behaviour;

/// <summary>The Consul under a queue's tests. Each test has its own, and sees nothing of the others.</summary>
public interface IBackend : IDisposable
{
    /// <summary>Where the test's queues lie.</summary>
    string Prefix { get; }

    /// <summary>A client of its own, for one connection, which disposes of it.</summary>
    IConsul Open();
}
