using System.Text.Json;

namespace ConsulMq.TestSupport;

/// <summary>A real Consul process on free ports of the loopback address. It ends with this process, however this process ends.</summary>
public sealed class ConsulServer : IConsulInstance
{
    private const int Attempts = 3;

    private readonly string _binary;
    private readonly ConsulServerOptions _options;
    private readonly ConsulPorts _ports;
    private readonly string _folder;
    private SupervisedProcess _process;

    private ConsulServer(string binary, ConsulServerOptions options, ConsulPorts ports, string folder)
    {
        (_binary, _options, _ports, _folder) = (binary, options, ports, folder);
        _process = Launch();
    }

    /// <inheritdoc />
    public string Address => $"{(_options.Certificates is null ? "http" : "https")}://127.0.0.1:{_ports.Http}";

    /// <inheritdoc />
    public string Origin => _binary;

    /// <summary>The process ID of Consul itself.</summary>
    public int ProcessId => _process.Id;

    /// <summary>What Consul has written to its log.</summary>
    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    private string LogFile => Path.Combine(_folder, "consul.log");

    /// <summary>Starts Consul and returns when it takes writes.</summary>
    /// <exception cref="ConsulUnavailableException">There is no consul binary, or it does not start.</exception>
    public static async Task<ConsulServer> StartAsync(ConsulServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ConsulServerOptions();
        string binary = await ConsulSource.GetBinaryAsync(cancellationToken);
        for (int attempt = 1; ; attempt++)
        {
            string folder = Directory.CreateTempSubdirectory("consulmq-").FullName;
            var server = new ConsulServer(binary, options, ConsulPorts.Pick(), folder);
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
        await _process.KillAsync();
        await _process.ReleaseAsync(keepFolder: true);
        _process = Launch();
        await WaitUntilReadyAsync(cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _process.KillAsync();
        await _process.ReleaseAsync(keepFolder: false);
    }

    private SupervisedProcess Launch()
    {
        List<string> arguments = ["agent", "-bind=127.0.0.1", "-client=127.0.0.1", "-log-level=warn", "-disable-host-node-id"];
        if (_options.OnDisk)
            arguments.AddRange(["-server", "-bootstrap-expect=1", "-node=consulmq-test", $"-data-dir={Path.Combine(_folder, "data")}"]);
        else
            arguments.Add("-dev");

        arguments.Add($"-config-file={WriteConfiguration("base.json", BaseConfiguration())}");
        if (_options.Configuration is { } more)
            arguments.Add($"-config-file={WriteConfiguration("more.json", more)}");
        return SupervisedProcess.Start(_binary, arguments, LogFile, _folder);
    }

    private string BaseConfiguration()
    {
        var ports = new Dictionary<string, int>
        {
            ["http"] = _options.Certificates is null ? _ports.Http : -1,
            ["https"] = _options.Certificates is null ? -1 : _ports.Http,
            ["server"] = _ports.Server,
            ["serf_lan"] = _ports.SerfLan,
            ["serf_wan"] = _ports.SerfWan,
            ["dns"] = -1,
            ["grpc"] = -1,
        };
        // Older versions refuse a port they have not heard of.
        if (ConsulSource.VersionOf(_binary) >= new Version(1, 14))
            ports["grpc_tls"] = -1;
        var settings = new Dictionary<string, object>
        {
            ["ports"] = ports,
            ["disable_update_check"] = true,
            ["performance"] = new { raft_multiplier = 1 },
        };
        if (_options.Certificates is { } certificates)
        {
            settings["ca_file"] = certificates.Authority;
            settings["cert_file"] = certificates.Server;
            settings["key_file"] = certificates.ServerKey;
            settings["verify_incoming_https"] = true;
        }

        return JsonSerializer.Serialize(settings);
    }

    private string WriteConfiguration(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.StartTimeout);
        Task ready = Readiness.WaitAsync(Address, _options.Token, limit.Token, _options.Certificates);
        Task first = await Task.WhenAny(ready, _process.Exited);
        if (first == ready && ready.IsCompletedSuccessfully)
            return;

        await limit.CancelAsync();
        await ready.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        string what = _process.Exited.IsCompleted ? "ended" : $"took no writes within {_options.StartTimeout.TotalSeconds} s";
        throw new ConsulUnavailableException($"{_binary} {what}. Its log:{Environment.NewLine}{Log}");
    }
}
