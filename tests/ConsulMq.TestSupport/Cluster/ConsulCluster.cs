using System.Diagnostics;
using System.Text.Json;

namespace ConsulMq.TestSupport.Cluster;

/// <summary>
/// Three Consul servers with their data on disk, on the loopback address: a cluster that stands the loss of one of them. They end with this process,
/// however this process ends.
/// </summary>
public sealed class ConsulCluster : IAsyncDisposable
{
    /// <summary>How many servers there are.</summary>
    public const int Size = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http;

    private ConsulCluster(HttpClient http, IReadOnlyList<ConsulMember> members) => (_http, Members) = (http, members);

    /// <summary>The servers.</summary>
    public IReadOnlyList<ConsulMember> Members { get; }

    /// <summary>Starts the servers and returns when they have a leader and all of them take writes.</summary>
    /// <param name="cancellation">Stops the start.</param>
    /// <exception cref="ConsulUnavailableException">There is no consul binary, or they do not find together.</exception>
    public static async Task<ConsulCluster> StartAsync(CancellationToken cancellation = default)
    {
        var binary = await ConsulSource.GetBinaryAsync(cancellation);
        // A connection of before a server's end is of no use after it.
        var http = new HttpClient(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1) }) { Timeout = TimeSpan.FromSeconds(5) };
        var ports = ConsulPorts.Pick(Size);
        var configuration = JsonSerializer.Serialize(new
        {
            retry_join = ports.Select(static p => $"127.0.0.1:{p.SerfLan}"),
            retry_interval = "1s",
            bootstrap_expect = Size,
        });
        var members = new List<ConsulMember>();
        var cluster = new ConsulCluster(http, members);
        try
        {
            foreach (var each in ports)
            {
                var name = $"server-{members.Count + 1}";
                members.Add(new ConsulMember(name, ConsulProcess.Start(binary, each, isOnDisk: true, ["-server", $"-node={name}"], configuration), Size, http));
            }

            await Task.WhenAll(members.Select(member => member.WaitUntilReadyAsync(cancellation)));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The member that leads: one that is alive and that all living ones agree on. Waits until there is one.</summary>
    /// <param name="cancellation">Stops the waiting.</param>
    /// <exception cref="TimeoutException">There is none for a long time.</exception>
    public async Task<ConsulMember> LeaderAsync(CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var named = await Task.WhenAll(Members.Where(static m => m.IsAlive).Select(m => m.NamedLeaderAsync(cancellation)));
            if (named.Distinct().ToArray() is [{ } one] && Members.FirstOrDefault(m => m.IsAlive && m.ServerAddress == one) is { } leader)
                return leader;
            if (clock.Elapsed > Patience)
                throw new TimeoutException($"The servers agreed on no leader within {Patience.TotalSeconds} s. Their logs:{Environment.NewLine}{string.Join(Environment.NewLine, Members.Select(static m => m.Log))}");
            await Task.Delay(Interval, cancellation);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var member in Members)
            await member.DisposeAsync();
        _http.Dispose();
    }
}
