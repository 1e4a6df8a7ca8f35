namespace ConsulMq.TestSupport;

/// <summary>A real Consul process on free ports of the loopback address. It ends with this process, however this process ends.</summary>
public sealed class ConsulServer : IConsulInstance
{
    private const int Attempts = 3;

    private readonly string _binary;
    private readonly ConsulServerOptions _options;
    private readonly ConsulProcess _process;

    private ConsulServer(string binary, ConsulServerOptions options)
    {
        (_binary, _options) = (binary, options);
        string[] arguments = options.OnDisk ? ["-server", "-bootstrap-expect=1", "-node=consulmq-test"] : [];
        _process = ConsulProcess.Start(binary, ConsulPorts.Pick(), options.OnDisk, arguments, options.Configuration, options.Certificates);
    }

    /// <inheritdoc />
    public string Address => _process.Address;

    /// <inheritdoc />
    public string Origin => _binary;

    /// <summary>The process ID of Consul itself.</summary>
    public int ProcessId => _process.Id;

    /// <summary>What Consul has written to its log.</summary>
    public string Log => _process.Log;

    /// <summary>Starts Consul and returns when it takes writes.</summary>
    /// <exception cref="ConsulUnavailableException">There is no consul binary, or it does not start.</exception>
    public static async Task<ConsulServer> StartAsync(ConsulServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ConsulServerOptions();
        string binary = await ConsulSource.GetBinaryAsync(cancellationToken);
        for (int attempt = 1; ; attempt++)
        {
            var server = new ConsulServer(binary, options);
            try
            {
                await server.WaitUntilReadyAsync(cancellationToken);
                return server;
            }
            catch (ConsulUnavailableException) when (attempt < Attempts && server.Log.Contains("address already in use", StringComparison.Ordinal))
            {
                // Somebody took a port between the search and the start.
                await server.DisposeAsync();
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Ends Consul at once, as a crash does. Its data stays for <see cref="RestartAsync"/>.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Starts Consul again, at the same address, and on the same data if it is on disk.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await _process.RestartAsync();
        await WaitUntilReadyAsync(cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private Task WaitUntilReadyAsync(CancellationToken cancellationToken) =>
        _process.WaitAsync(stop => Readiness.WaitAsync(Address, _options.Token, stop, _options.Certificates), "take writes", _options.StartTimeout, cancellationToken);
}
