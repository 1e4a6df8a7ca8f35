using ConsulMq.Module.Tests.Processes;
using ConsulMq.TestSupport.Cluster;
using ConsulMq.TestSupport.Histories;

namespace ConsulMq.Module.Tests.Cluster;

/// <summary>A queue of a cluster with the processes at it, each of which is connected through a proxy of its own choice.</summary>
/// <param name="queue">Its name.</param>
/// <param name="prefix">Under which it lies.</param>
/// <param name="folder">Where the processes write.</param>
internal sealed class Station(string queue, string prefix, string folder) : IAsyncDisposable
{
    /// <summary>How long a command keeps trying: longer than any fault lasts, so a user sees no error of it.</summary>
    public const string Patience = "5m";

    private readonly List<(Worker Worker, string File)> _all = [];
    private readonly List<Worker> _producers = [];
    private readonly List<Worker> _consumers = [];

    /// <summary>The queue.</summary>
    public string Queue => queue;

    /// <summary>How many processes were killed.</summary>
    public int Killed { get; private set; }

    /// <summary>Adds a producer, which begins at once.</summary>
    public async Task AddProducerAsync(string script, TcpProxy proxy, int count) => _producers.Add(await StartAsync($"p{_producers.Count + 1}", script, proxy, count));

    /// <summary>Adds a consumer, which begins at once.</summary>
    public async Task AddConsumerAsync(string script, TcpProxy proxy, int count) => _consumers.Add(await StartAsync($"c{_all.Count + 1}", script, proxy, count));

    /// <summary>Ends a consumer by <c>kill -9</c> and puts another in its place.</summary>
    public async Task ReplaceConsumerAsync(int index, string script, TcpProxy proxy, int count)
    {
        await _consumers[index].KillAsync();
        Killed++;
        _consumers[index] = await StartAsync($"c{_all.Count + 1}", script, proxy, count);
    }

    /// <summary>How many messages producers were told to be in the queue.</summary>
    public int CountPushed() => _producers.Sum(static p => p.Lines.Count(static line => line.Contains(" ok ", StringComparison.Ordinal)));

    /// <summary>Asks the producers to stop, and waits until they have.</summary>
    public async Task StopProducersAsync(TimeSpan limit)
    {
        _producers.ForEach(static p => p.AskToStop());
        foreach (var producer in _producers)
            await producer.EndsAsync(0, limit);
    }

    /// <summary>Lets the consumers stop when there is nothing left, and waits for it.</summary>
    public async Task StopConsumersAsync(TimeSpan limit)
    {
        _consumers.ForEach(static c => c.AskToStop());
        foreach (var consumer in _consumers)
            await consumer.EndsAsync(0, limit);
    }

    /// <summary>What all of them wrote down.</summary>
    public History Read() => History.Read(_all.Select(static one => one.File));

    /// <summary>The errors that a user would have seen, without their moments: <c>ID MESSAGE</c>.</summary>
    public IReadOnlyList<string> Errors() =>
        [.. _all.Select(static one => one.File + ".errors").Where(File.Exists).SelectMany(File.ReadAllLines).Select(static line => line[(line.IndexOf(' ') + 1)..])];

    public async ValueTask DisposeAsync()
    {
        foreach (var (worker, _) in _all)
            await worker.DisposeAsync();
    }

    /// <summary>An address at which nobody has ever answered is an error at once, however patient one is: who begins in the middle of a fault begins again.</summary>
    private static async Task<Worker> ConnectAsync(Func<Task<Worker>> start)
    {
        for (var left = 5; ; left--)
        {
            try
            {
                return await start();
            }
            catch (InvalidOperationException e) when (left > 0 && e.Message.Contains("No Consul can be reached", StringComparison.Ordinal))
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
        }
    }

    private async Task<Worker> StartAsync(string name, string script, TcpProxy proxy, int count)
    {
        var file = Path.Combine(folder, $"{queue}-{name}");
        var worker = await ConnectAsync(() => Worker.StartAsync($"{queue}-{name}", script, file, "-Address", proxy.Address, "-Prefix", prefix, "-Count", $"{count}", "-Patience", Patience));
        lock (_all)
            _all.Add((worker, file));
        await worker.GoAsync();
        return worker;
    }
}
