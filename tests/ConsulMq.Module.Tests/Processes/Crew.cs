using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Processes;

/// <summary>The workers of one test, all at the queue <c>jobs</c> of its prefix. None outlives the test.</summary>
internal sealed class Crew : IAsyncDisposable
{
    private readonly string _address;
    private readonly string _prefix = ConsulFixture.NewPrefix();
    private readonly string _folder = Directory.CreateTempSubdirectory("consulmq-workers-").FullName;
    private readonly List<Worker> _workers = [];
    private readonly ModuleRunspace _session = new();

    /// <summary>A crew without workers, and a session that looks at the same queue.</summary>
    /// <param name="address">Where Consul is.</param>
    public Crew(string address)
    {
        _address = address;
        Run($"$null = Connect-ConsulMq '{address}' -Prefix '{_prefix}' -Timeout 1m");
    }

    /// <summary>Starts a worker.</summary>
    /// <param name="name">Its <c>$Name</c>.</param>
    /// <param name="script">What it does.</param>
    /// <param name="count">Its <c>$Count</c>.</param>
    /// <param name="patience">How long its commands keep trying while Consul does not answer.</param>
    public async Task<Worker> StartAsync(string name, string script, int count = 1, string patience = "15s")
    {
        var worker = await Worker.StartAsync(name, script, Path.Combine(_folder, name), "-Address", _address, "-Prefix", _prefix, "-Count", $"{count}", "-Patience", patience);
        _workers.Add(worker);
        return worker;
    }

    /// <summary>Starts workers that do the same, side by side.</summary>
    public async Task<IReadOnlyList<Worker>> StartAsync(IEnumerable<string> names, string script, int count = 1)
    {
        var workers = new List<Worker>();
        // One after the other: a dozen engines that start at once keep a small machine from everything else for a long while.
        foreach (var name in names)
            workers.Add(await StartAsync(name, script, count));
        return workers;
    }

    /// <summary>Runs a script in this process, which is not to write any error, and gives what it returns, as text.</summary>
    public IReadOnlyList<string> Run(string script)
    {
        var result = _session.Run("$ErrorActionPreference = 'Stop'; " + script);
        Assert.Empty(result.Errors.Select(static e => e.ToString()));
        return [.. result.Output.Select(static o => o.ToString())];
    }

    /// <summary>Pushes 1 to <paramref name="count"/>.</summary>
    /// <param name="count">How many.</param>
    /// <param name="bytes">How long a message is besides, so that fewer of them make an entry.</param>
    public void Fill(int count, int bytes = 0) => Run($"$null = 1..{count} | ForEach-Object {{ \"$_\" }} | Push-ConsulMqItem jobs -Header @{{ padding = 'x' * {bytes} }}");

    /// <summary>The bodies of all that is in the queue, in its order, left there.</summary>
    public IReadOnlyList<string> Look() => Run("Get-ConsulMqItem jobs -All | ForEach-Object Body");

    /// <summary>The bodies of all that is in the queue, in its order, taken out.</summary>
    public IReadOnlyList<string> TakeAll() => Run("Pop-ConsulMqItem jobs -All | ForEach-Object Body");

    /// <summary>The keys of the queue's log.</summary>
    public IReadOnlyList<string> LogKeys() => Keys("p/");

    /// <summary>The keys of what is in flight.</summary>
    public IReadOnlyList<string> InFlightKeys() => Keys("i/");

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private IReadOnlyList<string> Keys(string part) => Run(
        $"(Get-ConsulMqConnection).Consul.KeysAsync('{_prefix}/jobs/{part}', $null, [ConsulMq.Consul.ReadOptions]::Consistent, [Threading.CancellationToken]::None).GetAwaiter().GetResult().Keys");
}
