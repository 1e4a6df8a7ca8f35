using ConsulMq.TestSupport.Cluster;

namespace ConsulMq.Module.Tests.Cluster;

/// <summary>Makes trouble at proxies, one kind after the other, until it is stopped. The same seed makes the same trouble at the same proxies.</summary>
/// <param name="proxies">Where.</param>
/// <param name="seed">Which.</param>
internal sealed class Weather(IReadOnlyList<TcpProxy> proxies, int seed)
{
    private static readonly (string Name, int Weight, Func<TcpProxy, Random, CancellationToken, Task> Make)[] Kinds =
    [
        ("cut within a request", 6, static (proxy, random, stop) => CutAsync(proxy, CutPoint.InRequest, random.Next(1, 3000), stop)),
        ("cut before the reply", 6, static (proxy, _, stop) => CutAsync(proxy, CutPoint.BeforeReply, 0, stop)),
        ("cut within a reply", 4, static (proxy, random, stop) => CutAsync(proxy, CutPoint.InReply, random.Next(1, 400), stop)),
        ("all connections cut", 3, static (proxy, _, _) => { proxy.CutAll(); return Task.CompletedTask; }),
        ("delay", 3, static (proxy, random, stop) => ForAWhileAsync(proxy, Delays(random), random.Next(500, 2000), stop)),
        ("black hole", 1, static (proxy, random, stop) => ForAWhileAsync(proxy, new ProxyFaults { SwallowRequests = true, SwallowReplies = true }, random.Next(200, 2000), stop)),
        ("replies lost", 1, static (proxy, random, stop) => ForAWhileAsync(proxy, new ProxyFaults { SwallowReplies = true }, random.Next(20, 300), stop)),
        ("connections refused", 1, static (proxy, random, stop) => ForAWhileAsync(proxy, new ProxyFaults { Refuse = true }, random.Next(200, 1500), stop)),
    ];

    private static readonly TimeSpan MostForAVictim = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, int> _counts = [];

    /// <summary>How often each kind was there.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>Makes trouble until it is stopped; then all pass again.</summary>
    /// <param name="stop">Stops it.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        var random = new Random(seed);
        try
        {
            while (true)
            {
                await Task.Delay(random.Next(100, 700), stop);
                var proxy = proxies[random.Next(proxies.Count)];
                var (name, _, make) = Pick(random);
                await make(proxy, random, stop);
                _counts[name] = _counts.GetValueOrDefault(name) + 1;
            }
        }
        catch (OperationCanceledException)
        {
            foreach (var proxy in proxies)
                proxy.Faults = ProxyFaults.None;
        }
    }

    private static (string Name, int Weight, Func<TcpProxy, Random, CancellationToken, Task> Make) Pick(Random random)
    {
        var left = random.Next(Kinds.Sum(static kind => kind.Weight));
        return Kinds.First(kind => (left -= kind.Weight) < 0);
    }

    private static ProxyFaults Delays(Random random) =>
        new() { DelayToServer = TimeSpan.FromMilliseconds(random.Next(200)), DelayToClient = TimeSpan.FromMilliseconds(random.Next(200)) };

    private static async Task CutAsync(TcpProxy proxy, CutPoint point, int bytes, CancellationToken stop)
    {
        proxy.CutNext(point, bytes);
        for (var waited = TimeSpan.Zero; proxy.IsCutPlanned && waited < MostForAVictim; waited += TimeSpan.FromMilliseconds(20))
            await Task.Delay(20, stop);
    }

    private static async Task ForAWhileAsync(TcpProxy proxy, ProxyFaults faults, int milliseconds, CancellationToken stop)
    {
        proxy.Faults = faults;
        await Task.Delay(milliseconds, stop);
        proxy.Faults = ProxyFaults.None;
    }
}
