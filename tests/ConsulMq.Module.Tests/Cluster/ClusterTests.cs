using System.Diagnostics;
using System.Globalization;
using ConsulMq.Module.Tests.Processes;
using ConsulMq.TestSupport;
using ConsulMq.TestSupport.Cluster;
using ConsulMq.TestSupport.Histories;
using ConsulMq.TestSupport.Soaking;
using Xunit.Abstractions;

namespace ConsulMq.Module.Tests.Cluster;

/// <summary>Producers and consumers at three servers whose leader is killed, again and again, through networks that cut, delay and swallow.</summary>
[Collection(ProcessCollection.Name)]
[Trait("Category", Soak.Category)]
public sealed class ClusterTests(ITestOutputHelper log) : IAsyncLifetime
{
    private const int Seed = 4711;

    /// <summary>
    /// How many messages may overtake one where consumers compete: two pages. A page ends by chance, after 512 KiB on average, and a message has some 550 bytes.
    /// </summary>
    private const int TwoPages = 2 * 512 * 1024 / 550;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly Random _random = new(Seed);
    private readonly string _prefix = ConsulFixture.NewPrefix();
    private readonly string _folder = Path.Combine(Repository.Root, "out", "histories", "cluster");
    private readonly ModuleRunspace _session = new();
    private readonly List<TcpProxy> _proxies = [];
    private ConsulCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        // Kept until the next run, for whoever wants to know what happened.
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
        Directory.CreateDirectory(_folder);
        _cluster = await ConsulCluster.StartAsync();
        _proxies.AddRange(_cluster.Members.Select(static m => TcpProxy.Start(m.HttpPort)));
    }

    public async Task DisposeAsync()
    {
        foreach (var proxy in _proxies)
            await proxy.DisposeAsync();
        _session.Dispose();
        foreach (var member in _cluster.Members)
            await File.WriteAllTextAsync(Path.Combine(_folder, member.Name + ".log"), member.Log);
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_is_lost_twice_or_out_of_order_however_often_the_leader_is_killed()
    {
        int kills = Soak.Amount(2, 22), halts = Soak.Amount(1, 4), messages = Soak.Amount(2000, 22_000);
        Run($"$null = Connect-ConsulMq {_cluster.Members[0].Address} -Prefix '{_prefix}' -Timeout 1m");
        Run("$null = New-ConsulMqQueue plain; $null = New-ConsulMqQueue strict -StrictOrder; $null = New-ConsulMqQueue leased -MaxDeliveries 0");
        await using var plain = new Station("plain", _prefix, _folder);
        await using var strict = new Station("strict", _prefix, _folder);
        await using var leased = new Station("leased", _prefix, _folder);
        var worker = ClusterScripts.Worker("leased", oneByOne: false);
        await plain.AddConsumerAsync(ClusterScripts.Consumer("plain"), _proxies[1], 20);
        await plain.AddConsumerAsync(ClusterScripts.Consumer("plain"), _proxies[2], 1);
        await strict.AddConsumerAsync(ClusterScripts.Consumer("strict"), _proxies[0], 10);
        await leased.AddConsumerAsync(worker, _proxies[1], 10);
        await leased.AddConsumerAsync(ClusterScripts.Worker("leased", oneByOne: true), _proxies[2], 3);
        await plain.AddProducerAsync(ClusterScripts.Producer("plain", pause: 300), _proxies[0], 20);
        await plain.AddProducerAsync(ClusterScripts.Producer("plain", pause: 50), _proxies[2], 1);
        await strict.AddProducerAsync(ClusterScripts.Producer("strict", pause: 300), _proxies[1], 10);
        await leased.AddProducerAsync(ClusterScripts.Producer("leased", pause: 300), _proxies[0], 6);
        Station[] stations = [plain, strict, leased];

        var clock = Stopwatch.StartNew();
        var weather = new Weather(_proxies, Seed);
        using var calm = new CancellationTokenSource();
        var storm = weather.RunAsync(calm.Token);
        var killed = new Failovers("killed");
        var halted = new Failovers("halted");
        await using (var probe = new ServiceProbe(_cluster.Members, _prefix))
        {
            // What is to be done is spread evenly over the messages.
            for (var round = 1; round <= kills + halts; round++)
            {
                var target = messages * round / (kills + halts + 1);
                await Eventually.TrueAsync(() => stations.Sum(static s => s.CountPushed()) >= target, Limit);
                if (halted.Count < halts && round % ((kills / halts) + 1) == 0)
                    await HaltLeaderAsync(probe, halted);
                else
                    await KillLeaderAsync(probe, killed);
                if (round % 3 == 0)
                    await leased.ReplaceConsumerAsync(0, worker, _proxies[round / 3 % _proxies.Count], 10);
            }
        }

        await Eventually.TrueAsync(() => stations.Sum(static s => s.CountPushed()) >= messages, Limit);
        await calm.CancelAsync();
        await storm;
        await Task.WhenAll(stations.Select(static s => s.StopProducersAsync(Limit)));
        // What killed consumers held comes back when their sessions have ended.
        await Eventually.TrueAsync(() => Run("Get-ConsulMqQueue plain, strict, leased | ForEach-Object { $_.Depth + $_.InFlight }").All(static left => left == "0"), Limit);
        await Task.WhenAll(stations.Select(static s => s.StopConsumersAsync(Limit)));
        var time = clock.Elapsed;

        var reports = stations.Select(s => HistoryChecker.Check(s.Read(), s == plain || s == leased ? TwoPages : 0)).ToList();
        var errors = stations.SelectMany(static s => s.Errors()).ToList();
        foreach (var (station, report) in stations.Zip(reports))
            log.WriteLine($"{station.Queue}: {report}");
        foreach (var error in errors.GroupBy(static e => e).OrderByDescending(static g => g.Count()))
            log.WriteLine($"{error.Count()} x {error.Key}");
        Write(time, killed, halted, weather, stations, reports, errors);

        Assert.All(reports, static report => Assert.True(report.IsRight, report.ToString()));
        Assert.All(reports, static report => Assert.Equal(report.Pushed, report.Taken));
        Assert.Equal((kills, halts), (killed.Count, halted.Count));
        Assert.True(reports.Sum(static r => r.Pushed) >= messages);
        // Nobody but the killed left an operation open, and nobody saw an error.
        Assert.All(stations.Zip(reports), static pair => Assert.True(pair.Second.Unknown <= pair.First.Killed, pair.Second.ToString()));
        Assert.Empty(errors);
        Assert.Empty(Run("Get-ConsulMqItem plain; Get-ConsulMqItem strict; Get-ConsulMqItem leased; Get-ConsulMqQueue *.dead"));
    }

    private async Task KillLeaderAsync(ServiceProbe probe, Failovers failovers)
    {
        var leader = await TargetAsync(probe);
        var since = Stopwatch.GetTimestamp();
        await leader.KillAsync();
        await failovers.MeasureAsync(probe, since, log);
        await Task.Delay(_random.Next(0, 4000));
        await leader.RestartAsync();
    }

    private async Task HaltLeaderAsync(ServiceProbe probe, Failovers failovers)
    {
        var leader = await TargetAsync(probe);
        var since = Stopwatch.GetTimestamp();
        leader.Suspend();
        var served = failovers.MeasureAsync(probe, since, log);
        await Task.Delay(_random.Next(6000, 9000));
        leader.Resume();
        await served;
    }

    /// <summary>The leader; the probe asks another member.</summary>
    private async Task<ConsulMember> TargetAsync(ServiceProbe probe)
    {
        var leader = await _cluster.LeaderAsync();
        var place = _cluster.Members.ToList().IndexOf(leader);
        await probe.UseAsync((place + _random.Next(1, ConsulCluster.Size)) % ConsulCluster.Size);
        return leader;
    }

    private IReadOnlyList<string> Run(string script)
    {
        var result = _session.Run("$ErrorActionPreference = 'Stop'; " + script);
        Assert.Empty(result.Errors.Select(static e => e.ToString()));
        return [.. result.Output.Select(static o => o.ToString())];
    }

    private static void Write(
        TimeSpan time, Failovers killed, Failovers halted, Weather weather, IReadOnlyList<Station> stations, IReadOnlyList<HistoryReport> reports, IReadOnlyList<string> errors)
    {
        var figures = new Figures("Cluster");
        figures.Write("time", $"{time.TotalMinutes:0.0} min");
        figures.Write("messages", $"{reports.Sum(static r => r.Pushed)}");
        foreach (var (station, report) in stations.Zip(reports))
            figures.Write($"queue '{station.Queue}'", report.ToString().Split(Environment.NewLine)[0]);
        figures.Write("lost, duplicated, resurrected, reordered", string.Join(", ", new[]
        {
            reports.Sum(static r => r.Lost.Count), reports.Sum(static r => r.Duplicated.Count), reports.Sum(static r => r.Resurrected.Count), reports.Sum(static r => r.Reordered.Count),
        }));
        killed.Write(figures);
        halted.Write(figures);
        figures.Write("faults of the network", string.Join(", ", weather.Counts.OrderBy(static c => c.Key, StringComparer.Ordinal).Select(static c => string.Create(CultureInfo.InvariantCulture, $"{c.Value} x {c.Key}"))));
        figures.Write("consumers killed", $"{stations.Sum(static s => s.Killed)}");
        figures.Write("errors seen", errors.Count == 0 ? "none" : string.Join(", ", errors.GroupBy(static e => e.Split(',')[0]).Select(static g => string.Create(CultureInfo.InvariantCulture, $"{g.Count()} x {g.Key}"))));
    }
}
