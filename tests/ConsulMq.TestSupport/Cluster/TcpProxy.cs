using System.Net;
using System.Net.Sockets;

namespace ConsulMq.TestSupport.Cluster;

/// <summary>
/// A proxy on the loopback address in front of one port, which does to connections what networks do: it delays, cuts and black-holes them. It does nothing
/// by chance. Where the server is away, a client's connection is taken and cut at once.
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly int _target;
    private readonly Dictionary<ProxyConnection, Task> _connections = [];
    private readonly CancellationTokenSource _stop = new();
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private volatile ProxyFaults _faults = ProxyFaults.None;
    private PlannedCut? _planned;
    private int _cuts;

    private TcpProxy(int port, int target)
    {
        (Port, _target) = (port, target);
        Listen();
    }

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>The address of the HTTP server behind it.</summary>
    public string Address => $"http://127.0.0.1:{Port}";

    /// <summary>What it does to its connections. Default: nothing.</summary>
    public ProxyFaults Faults
    {
        get => _faults;
        set
        {
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
                _faults = value;
                if (value.Refuse)
                    Deafen();
                else if (_listener is null)
                    Listen();
            }
        }
    }

    /// <summary>How many connections are open.</summary>
    public int Connections
    {
        get
        {
            lock (_lock)
                return _connections.Count;
        }
    }

    /// <summary>How many connections it has cut.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>Whether a cut waits for its victim.</summary>
    public bool IsCutPlanned => Volatile.Read(ref _planned) is not null;

    /// <summary>Starts a proxy on a free port.</summary>
    /// <param name="target">The port behind it.</param>
    public static TcpProxy Start(int target) => new(LoopbackPorts.Pick(1)[0], target);

    /// <summary>Cuts all connections at once, with a reset on both sides.</summary>
    public void CutAll()
    {
        List<ProxyConnection> connections;
        lock (_lock)
            connections = [.. _connections.Keys];
        connections.ForEach(static connection => connection.Cut());
    }

    /// <summary>Plans to cut the next connection on which something is sent, in the middle of that exchange. An earlier plan is dropped.</summary>
    /// <param name="point">Where.</param>
    /// <param name="bytes">After how many bytes of the request or of the reply.</param>
    public void CutNext(CutPoint point, int bytes = 0) => Volatile.Write(ref _planned, new PlannedCut(point, bytes));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_stop.IsCancellationRequested)
                return;
            _stop.Cancel();
            Deafen();
        }

        await _accepting;
        CutAll();
        Task[] left;
        lock (_lock)
            left = [.. _connections.Values];
        await Task.WhenAll(left);
        _stop.Dispose();
    }

    internal PlannedCut? TakePlan() => Interlocked.Exchange(ref _planned, null);

    internal void CountCut() => Interlocked.Increment(ref _cuts);

    private void Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // Connections of before may still be closing.
        if (!OperatingSystem.IsWindows())
            listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        listener.Listen();
        _listener = listener;
        _accepting = Task.WhenAll(_accepting, AcceptAsync(listener));
    }

    private void Deafen()
    {
        _listener?.Dispose();
        _listener = null;
    }

    private async Task AcceptAsync(Socket listener)
    {
        await Task.Yield();
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return; // it refuses, or ends
            }

            var connection = new ProxyConnection(this, client);
            lock (_lock)
                _connections.Add(connection, ServeAsync(connection));
        }
    }

    private async Task ServeAsync(ProxyConnection connection)
    {
        await Task.Yield(); // it is in the list before it leaves it
        try
        {
            await connection.RunAsync(_target, _stop.Token);
        }
        finally
        {
            lock (_lock)
                _connections.Remove(connection);
        }
    }
}
