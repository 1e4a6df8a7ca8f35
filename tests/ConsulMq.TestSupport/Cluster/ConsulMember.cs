using System.Globalization;
using System.Net;

namespace ConsulMq.TestSupport.Cluster;

/// <summary>One server of a <see cref="ConsulCluster"/>.</summary>
public sealed class ConsulMember
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http;
    private readonly ConsulProcess _process;
    private readonly int _memberCount;

    internal ConsulMember(string name, ConsulProcess process, int memberCount, HttpClient http) =>
        (Name, _process, _memberCount, _http) = (name, process, memberCount, http);

    /// <summary>Its node's name.</summary>
    public string Name { get; }

    /// <summary>The address of its HTTP API, without any proxy.</summary>
    public string Address => _process.Address;

    /// <summary>The port of its HTTP API.</summary>
    public int HttpPort => _process.Ports.Http;

    /// <summary>Whether it is suspended.</summary>
    public bool IsSuspended { get; private set; }

    /// <summary>Whether it runs and is not suspended.</summary>
    public bool IsAlive => _process.IsRunning && !IsSuspended;

    /// <summary>What it has written to its log.</summary>
    public string Log => _process.Log;

    /// <summary>Where other servers reach it, as <c>/v1/status/leader</c> names it.</summary>
    internal string ServerAddress => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_process.Ports.Server}");

    /// <summary>Ends it at once, as a crash does.</summary>
    public async Task KillAsync()
    {
        IsSuspended = false;
        await _process.KillAsync();
    }

    /// <summary>Starts it again on its data and at its ports, and returns when it has caught up with the others.</summary>
    /// <param name="cancellation">Stops the waiting.</param>
    /// <exception cref="ConsulUnavailableException">It does not come back.</exception>
    public async Task RestartAsync(CancellationToken cancellation = default)
    {
        await _process.RestartAsync();
        await WaitUntilReadyAsync(cancellation);
    }

    /// <summary>Halts it where it stands, as a machine does that swaps or a virtual one that is moved: nobody sees a connection close.</summary>
    public void Suspend()
    {
        Signals.SendStop(_process.Id);
        IsSuspended = true;
    }

    /// <summary>Lets it go on.</summary>
    public void Resume()
    {
        Signals.SendContinue(_process.Id);
        IsSuspended = false;
    }

    /// <summary>Returns when it knows all members, and has all that they had committed before.</summary>
    internal Task WaitUntilReadyAsync(CancellationToken cancellation) =>
        _process.WaitAsync(CatchUpAsync, "join the others and take writes", StartTimeout, cancellation);

    internal ValueTask DisposeAsync() => _process.DisposeAsync();

    /// <summary>Who leads, as this member knows; null: it does not know, or does not answer.</summary>
    internal async Task<string?> NamedLeaderAsync(CancellationToken cancellation) =>
        await AskAsync(HttpMethod.Get, "/v1/status/leader", cancellation) is { } answer && answer.Trim('"') is { Length: > 0 } name ? name : null;

    private async Task CatchUpAsync(CancellationToken cancellation)
    {
        var key = $"/v1/kv/consulmq-cluster/{Name}";
        var value = Guid.NewGuid().ToString("n");
        while (await AskAsync(HttpMethod.Get, "/v1/status/peers", cancellation) is not { } peers || peers.Split(',').Length < _memberCount
            || await AskAsync(HttpMethod.Put, key, cancellation, value) is null)
        {
            await Task.Delay(Interval, cancellation);
        }

        // A stale read is answered from this member's own state, which applies one write after the other.
        while (await AskAsync(HttpMethod.Get, key + "?raw&stale", cancellation) != value)
            await Task.Delay(Interval, cancellation);
    }

    /// <summary>Its answer; null: there is none, or it is an error.</summary>
    private async Task<string?> AskAsync(HttpMethod method, string path, CancellationToken cancellation, string? body = null)
    {
        try
        {
            using var request = new HttpRequestMessage(method, Address + path) { Content = body is null ? null : new StringContent(body) };
            using var response = await _http.SendAsync(request, cancellation);
            return response.StatusCode == HttpStatusCode.OK ? await response.Content.ReadAsStringAsync(cancellation) : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }
}
