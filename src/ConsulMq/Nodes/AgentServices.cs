namespace ConsulMq.Nodes;

/// <summary>
/// What a connection has registered at the local agent. It ends with the connection and, where a script did not end that, with the process. All members may be
/// used by many threads at once.
/// </summary>
internal sealed class AgentServices : IDisposable
{
    /// <summary>How long the end waits for an agent that does not answer.</summary>
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(2);

    private readonly object _gate = new();
    private readonly List<IAgentService> _services = [];
    private ProcessEnd? _processEnd;
    private bool _isClosed;

    /// <summary>Takes care of the end of one.</summary>
    /// <exception cref="ObjectDisposedException">The connection was ended.</exception>
    public void Add(IAgentService service)
    {
        lock (_gate)
        {
            if (_isClosed)
                throw new ObjectDisposedException(nameof(ConsulMqConnection));
            _processEnd ??= new ProcessEnd(Dispose);
            _services.Add(service);
        }
    }

    /// <summary>Those that are there.</summary>
    public IReadOnlyList<T> Of<T>()
    {
        lock (_gate)
            return [.. _services.OfType<T>()];
    }

    /// <summary>Ends one, within two seconds.</summary>
    public void End(IAgentService service)
    {
        if (Remove(service))
            End([service]);
    }

    /// <summary>Ends one that never came to be. Nobody waits for that.</summary>
    public void Drop(IAgentService service)
    {
        if (Remove(service))
            _ = DropAsync(service);
    }

    /// <summary>Ends all, within two seconds together.</summary>
    public void Dispose()
    {
        IAgentService[] services;
        lock (_gate)
        {
            _isClosed = true;
            services = [.. _services];
            _services.Clear();
        }

        End(services);
        _processEnd?.Dispose();
    }

    private static void End(IAgentService[] services)
    {
        if (services.Length > 0)
            Task.WhenAll(services.Select(static service => service.EndAsync())).Wait(LastMoment);
        foreach (var service in services)
            service.Dispose();
    }

    private static async Task DropAsync(IAgentService service)
    {
        await service.EndAsync().ConfigureAwait(false);
        service.Dispose();
    }

    private bool Remove(IAgentService service)
    {
        lock (_gate)
            return _services.Remove(service);
    }
}

/// <summary>Something at the local agent that has to be taken back. Disposing it gives up waiting for the agent.</summary>
internal interface IAgentService : IDisposable
{
    /// <summary>Lets what is under way come to its end, and deregisters it. Never fails: what an agent that is away keeps of it vanishes by itself. Once.</summary>
    Task EndAsync();
}
