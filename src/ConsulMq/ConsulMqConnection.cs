using ConsulMq.Consul;

namespace ConsulMq;

/// <summary>A connection to a Consul and the queues in it. All members may be used by many threads at once.</summary>
public sealed class ConsulMqConnection : IDisposable
{
    /// <summary>Makes a connection; nothing is sent before the first operation.</summary>
    /// <param name="consul">The Consul; disposed with the connection.</param>
    /// <param name="settings">How to work.</param>
    public ConsulMqConnection(IConsul consul, ConnectionSettings? settings = null) => throw new NotImplementedException();

    /// <summary>The Consul that the connection speaks to, retries included. Consul's own errors come out as <see cref="ConsulException"/>.</summary>
    public IConsul Consul => throw new NotImplementedException();

    /// <summary>How it works.</summary>
    public ConnectionSettings Settings => throw new NotImplementedException();

    /// <summary>Where Consul is.</summary>
    public string Address => throw new NotImplementedException();

    /// <summary>A queue, whether it exists yet or not. The same object each time. Nothing is sent.</summary>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.InvalidQueueName"/></exception>
    public MessageQueue Queue(string? name = null) => throw new NotImplementedException();

    /// <summary>The names of all queues, in order.</summary>
    public Task<IReadOnlyList<string>> QueueNamesAsync(CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Asks the agent who it is: one request, to learn early whether the address and the token are right.</summary>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.ConsulUnreachable"/> and its like.</exception>
    public Task<AgentSelf> SelfAsync(CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Ends the connection; what is under way gets a moment to come to its end.</summary>
    public void Dispose() => throw new NotImplementedException();
}
