using System.Text.Json;

namespace ConsulMq.TestSupport;

/// <summary>A Consul agent on the loopback address. Its ports and its folder stay the same when it is ended and started again.</summary>
internal sealed class ConsulProcess
{
    private readonly string _binary;
    private readonly ConsulPorts _ports;
    private readonly ConsulCertificates? _certificates;
    private readonly string _folder = Directory.CreateTempSubdirectory("consulmq-").FullName;
    private readonly IReadOnlyList<string> _arguments;
    private SupervisedProcess _process;

    private ConsulProcess(string binary, ConsulPorts ports, bool isOnDisk, IEnumerable<string> arguments, string? configuration, ConsulCertificates? certificates)
    {
        (_binary, _ports, _certificates) = (binary, ports, certificates);
        string[] common = ["agent", "-bind=127.0.0.1", "-client=127.0.0.1", "-log-level=warn", "-disable-host-node-id"];
        _arguments =
        [
            .. common,
            .. arguments,
            isOnDisk ? $"-data-dir={Path.Combine(_folder, "data")}" : "-dev",
            $"-config-file={WriteConfiguration("base.json", BaseConfiguration())}",
            .. configuration is null ? (string[])[] : [$"-config-file={WriteConfiguration("more.json", configuration)}"],
        ];
        _process = Launch();
    }

    /// <summary>The address of its HTTP API.</summary>
    public string Address => $"{(_certificates is null ? "http" : "https")}://127.0.0.1:{_ports.Http}";

    /// <summary>Its ports.</summary>
    public ConsulPorts Ports => _ports;

    /// <summary>The process ID.</summary>
    public int Id => _process.Id;

    /// <summary>Whether the process lives.</summary>
    public bool IsRunning => !_process.Exited.IsCompleted;

    /// <summary>What it has written to its log, in all its lives.</summary>
    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    private string LogFile => Path.Combine(_folder, "consul.log");

    /// <summary>Starts an agent, and does not wait for anything.</summary>
    /// <param name="binary">Consul.</param>
    /// <param name="ports">Its ports.</param>
    /// <param name="isOnDisk">Whether it keeps its data on disk; otherwise it is a development agent.</param>
    /// <param name="arguments">More arguments.</param>
    /// <param name="configuration">More configuration in Consul's JSON; it goes over the settings made here.</param>
    /// <param name="certificates">With them it speaks TLS only, and asks its clients for a certificate; null: it does not speak TLS.</param>
    public static ConsulProcess Start(string binary, ConsulPorts ports, bool isOnDisk, IEnumerable<string> arguments, string? configuration = null, ConsulCertificates? certificates = null) =>
        new(binary, ports, isOnDisk, arguments, configuration, certificates);

    /// <summary>Ends it at once, as a crash does. Its folder stays.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Starts it again, and does not wait for anything.</summary>
    public async Task RestartAsync()
    {
        await _process.KillAsync();
        await _process.ReleaseAsync(keepFolder: true);
        _process = Launch();
    }

    /// <summary>Waits until something came true that it takes this process for.</summary>
    /// <param name="ready">Completes when it is true.</param>
    /// <param name="what">What it is, behind "Consul did not".</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    /// <exception cref="ConsulUnavailableException">The process ended, or it took too long. The message has its log.</exception>
    public async Task WaitAsync(Func<CancellationToken, Task> ready, string what, TimeSpan limit, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(limit);
        var waiting = ready(stop.Token);
        var first = await Task.WhenAny(waiting, _process.Exited);
        if (first == waiting && waiting.IsCompletedSuccessfully)
            return;

        await stop.CancelAsync();
        await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        var problem = IsRunning ? $"did not {what} within {limit.TotalSeconds} s" : "ended";
        throw new ConsulUnavailableException($"{_binary} {problem}. Its log:{Environment.NewLine}{Log}");
    }

    /// <summary>Ends it and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await _process.KillAsync();
        await _process.ReleaseAsync(keepFolder: false);
    }

    private SupervisedProcess Launch() => SupervisedProcess.Start(_binary, _arguments, LogFile, _folder);

    private string BaseConfiguration()
    {
        var ports = new Dictionary<string, int>
        {
            ["http"] = _certificates is null ? _ports.Http : -1,
            ["https"] = _certificates is null ? -1 : _ports.Http,
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
        if (_certificates is not null)
        {
            settings["ca_file"] = _certificates.Authority;
            settings["cert_file"] = _certificates.Server;
            settings["key_file"] = _certificates.ServerKey;
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
}
