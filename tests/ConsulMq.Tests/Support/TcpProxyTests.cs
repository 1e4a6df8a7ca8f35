using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ConsulMq.TestSupport;
using ConsulMq.TestSupport.Cluster;

namespace ConsulMq.Tests.Support;

/// <summary>The proxy in front of a server that answers each line with the same line in upper case.</summary>
public sealed class TcpProxyTests : IAsyncLifetime
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly StringBuilder _heard = new();
    private readonly List<TcpClient> _clients = [];
    private TcpProxy _proxy = null!;

    private string Heard
    {
        get
        {
            lock (_heard)
                return _heard.ToString();
        }
    }

    public Task InitializeAsync()
    {
        _listener.Start();
        _ = ServeAsync();
        _proxy = TcpProxy.Start(((IPEndPoint)_listener.LocalEndpoint).Port);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _clients.ForEach(static client => client.Dispose());
        _listener.Dispose();
    }

    [Fact]
    public async Task Passes_requests_and_replies()
    {
        var stream = await ConnectAsync();

        Assert.Equal("ONE\n", await ExchangeAsync(stream, "one\n", 4));
        Assert.Equal("TWO\n", await ExchangeAsync(stream, "two\n", 4));
        Assert.Equal(0, _proxy.Cuts);
    }

    [Fact]
    public async Task Delays_each_direction_by_itself()
    {
        var stream = await ConnectAsync();
        _proxy.Faults = new ProxyFaults { DelayToServer = TimeSpan.FromMilliseconds(300), DelayToClient = TimeSpan.FromMilliseconds(200) };
        var clock = Stopwatch.StartNew();

        Assert.Equal("ONE\n", await ExchangeAsync(stream, "one\n", 4));

        Assert.True(clock.ElapsedMilliseconds >= 490, $"{clock.ElapsedMilliseconds} ms");
    }

    [Fact]
    public async Task Cuts_what_is_there_and_takes_new_connections()
    {
        var stream = await ConnectAsync();
        await ExchangeAsync(stream, "one\n", 4);

        _proxy.CutAll();

        await Assert.ThrowsAsync<IOException>(() => ExchangeAsync(stream, "two\n", 4));
        await Eventually.TrueAsync(() => _proxy.Connections == 0);
        Assert.Equal(1, _proxy.Cuts);
        Assert.Equal("THREE\n", await ExchangeAsync(await ConnectAsync(), "three\n", 6));
    }

    [Fact]
    public async Task Cuts_in_the_middle_of_a_request_the_server_never_has_whole()
    {
        var stream = await ConnectAsync();
        await ExchangeAsync(stream, "one\n", 4);
        _proxy.CutNext(CutPoint.InRequest, bytes: 3);

        await Assert.ThrowsAsync<IOException>(() => ExchangeAsync(stream, "second\n", 7));

        Assert.DoesNotContain("second", Heard);
        Assert.False(_proxy.IsCutPlanned);
    }

    [Fact]
    public async Task Cuts_before_the_reply_to_what_the_server_has_done()
    {
        var stream = await ConnectAsync();
        _proxy.CutNext(CutPoint.BeforeReply);

        await Assert.ThrowsAsync<IOException>(() => ExchangeAsync(stream, "one\n", 1));

        Assert.Equal("one\n", Heard);
    }

    [Fact]
    public async Task Cuts_in_the_middle_of_a_reply()
    {
        var stream = await ConnectAsync();
        _proxy.CutNext(CutPoint.InReply, bytes: 3);

        // What a reset overtakes is lost to the reader, so no more than this is certain.
        await Assert.ThrowsAsync<IOException>(() => ExchangeAsync(stream, "second\n", 4));

        Assert.Equal("second\n", Heard);
    }

    [Fact]
    public async Task Swallows_requests_and_such_a_connection_stays_dead()
    {
        var stream = await ConnectAsync();
        await ExchangeAsync(stream, "one\n", 4);
        _proxy.Faults = new ProxyFaults { SwallowRequests = true };
        await stream.WriteAsync("two\n"u8.ToArray());
        await NoAnswerAsync(stream);
        _proxy.Faults = ProxyFaults.None;

        await stream.WriteAsync("three\n"u8.ToArray());
        await NoAnswerAsync(stream);

        Assert.Equal("one\n", Heard);
        Assert.Equal("FOUR\n", await ExchangeAsync(await ConnectAsync(), "four\n", 5));
    }

    [Fact]
    public async Task Swallows_replies_to_what_the_server_has_done()
    {
        var stream = await ConnectAsync();
        _proxy.Faults = new ProxyFaults { SwallowReplies = true };

        await stream.WriteAsync("one\n"u8.ToArray());

        await Eventually.TrueAsync(() => Heard == "one\n");
        await NoAnswerAsync(stream);
    }

    [Fact]
    public async Task Refuses_new_connections_until_it_does_not()
    {
        var stream = await ConnectAsync();
        _proxy.Faults = new ProxyFaults { Refuse = true };

        await Assert.ThrowsAsync<SocketException>(ConnectAsync);
        Assert.Equal("ONE\n", await ExchangeAsync(stream, "one\n", 4));

        _proxy.Faults = ProxyFaults.None;
        Assert.Equal("TWO\n", await ExchangeAsync(await ConnectAsync(), "two\n", 4));
    }

    [Fact]
    public async Task Cuts_clients_whose_server_is_away()
    {
        _listener.Stop();

        // Sooner or later: the cut may come before the client knows that it is connected.
        var error = await Assert.ThrowsAnyAsync<Exception>(async () => await ExchangeAsync(await ConnectAsync(), "one\n", 4));
        Assert.True(error is IOException or SocketException, error.ToString());
        await Eventually.TrueAsync(() => _proxy.Connections == 0);
    }

    [Fact]
    public async Task Leaves_nothing_open_when_it_ends()
    {
        var streams = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ConnectAsync()));
        await Task.WhenAll(streams.Select(static stream => ExchangeAsync(stream, "one\n", 4)));
        _proxy.Faults = new ProxyFaults { SwallowRequests = true, DelayToServer = TimeSpan.FromMinutes(1) };
        await Task.WhenAll(streams.Select(static stream => stream.WriteAsync("two\n"u8.ToArray()).AsTask()));

        await _proxy.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(0, _proxy.Connections);
        foreach (var stream in streams)
            await Assert.ThrowsAsync<IOException>(() => ExchangeAsync(stream, "three\n", 6));
        await Assert.ThrowsAsync<SocketException>(ConnectAsync);
    }

    private static async Task NoAnswerAsync(NetworkStream stream)
    {
        var read = stream.ReadAsync(new byte[1]).AsTask();
        await Assert.ThrowsAsync<TimeoutException>(() => read.WaitAsync(TimeSpan.FromMilliseconds(300)));
    }

    private static async Task<string> ExchangeAsync(NetworkStream stream, string text, int answer)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        var buffer = new byte[answer];
        await stream.ReadExactlyAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        return Encoding.ASCII.GetString(buffer);
    }

    private async Task<NetworkStream> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _proxy.Port);
        lock (_clients)
            _clients.Add(client);
        return client.GetStream();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = AnswerAsync(client);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var _ = client;
        using var reader = new StreamReader(client.GetStream());
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                // A line without its end is none.
                if (client.Client.Poll(0, SelectMode.SelectRead) && client.Available == 0)
                    return;
                lock (_heard)
                    _heard.Append(line).Append('\n');
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(line.ToUpperInvariant() + "\n"));
            }
        }
        catch (IOException)
        {
        }
    }
}
