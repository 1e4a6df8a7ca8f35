using System.Net;
using System.Net.Sockets;
using System.Text;
using ConsulMq.Consul;

namespace ConsulMq.Tests.Consul;

/// <summary>What is made of connections that fail, on real sockets: above all, whether a write may have happened.</summary>
public sealed class ConnectionFaultTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly KvOperation[] Write = [KvOperation.Set("a", default)];
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ConnectionFaultTests() => _listener.Start();

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Where_nobody_listens_nothing_was_written()
    {
        var port = Port;
        _listener.Stop();
        using var consul = Connect($"127.0.0.1:{port}");
        await Fails(consul, ConsulFault.Unreachable, false);
        using var socket = Connect($"unix://{Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())}");
        await Fails(socket, ConsulFault.Unreachable, false);
        using var name = Connect("no-such-host.invalid:8500");
        await Fails(name, ConsulFault.Unreachable, false);
    }

    [Theory]
    [InlineData("", ConsulFault.ConnectionLost)]
    [InlineData("HTTP/1.1 200 OK\r\n", ConsulFault.ConnectionLost)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"Results\":", ConsulFault.ConnectionLost)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"Res", ConsulFault.ConnectionLost)]
    [InlineData("HTTP/1.0 200 OK\r\n\r\n{\"Results\":", ConsulFault.BadReply)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", ConsulFault.BadReply)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", ConsulFault.BadReply)]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n", ConsulFault.BadReply)]
    public async Task Once_a_write_was_sent_it_may_have_happened(string answer, ConsulFault fault)
    {
        using var consul = Connect($"127.0.0.1:{Port}");
        var serving = Serve(answer);
        await Fails(consul, fault, true, () => consul.TransactAsync(Write, default, None));
        _listener.Stop();
        await serving;
    }

    [Fact]
    public async Task A_reset_after_the_request_was_sent_is_a_lost_connection_and_the_request_is_not_repeated()
    {
        using var consul = Connect($"127.0.0.1:{Port}");
        var accepted = 0;
        var serving = Task.Run(async () =>
        {
            // The first request keeps the connection; the second finds it closed only after it was sent.
            using var client = await _listener.AcceptSocketAsync();
            accepted++;
            var buffer = new byte[4096];
            await client.ReceiveAsync(buffer);
            await client.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue"));
            await client.ReceiveAsync(buffer);
            client.LingerState = new LingerOption(true, 0);
            client.Close();
            accepted += _listener.Pending() ? 1 : 0;
        });
        await consul.DeleteAsync("a", None);
        await Fails(consul, ConsulFault.ConnectionLost, true, () => consul.DeleteAsync("a", None));
        await serving;
        Assert.Equal(1, accepted);
    }

    [Fact]
    public async Task Time_that_is_up_after_a_write_was_sent_leaves_it_open_what_became_of_it()
    {
        using var consul = Connect($"127.0.0.1:{Port}", TimeSpan.FromMilliseconds(200));
        await Fails(consul, ConsulFault.Timeout, true, () => consul.PutAsync("a", default, None));
        await Fails(consul, ConsulFault.Timeout, false, () => consul.GetAsync("a", default, None));
    }

    [Fact]
    public async Task The_wait_of_a_blocking_read_does_not_count_as_time_without_an_answer()
    {
        using var consul = Connect($"127.0.0.1:{Port}", TimeSpan.FromMilliseconds(100));
        var read = consul.GetAsync("a", new ReadOptions(default, 5, TimeSpan.FromSeconds(30)), None);
        Assert.NotEqual(read, await Task.WhenAny(read, Task.Delay(500)));
    }

    [Fact]
    public async Task A_connection_that_is_reset_in_the_moment_in_which_it_is_made_is_one_that_was_lost_before_anything_was_sent()
    {
        using var consul = new HttpConsul(new ConsulOptions(), new Resetting());
        await Fails(consul, ConsulFault.ConnectionLost, false, () => consul.PutAsync("a", "b"u8.ToArray(), None));
        await Fails(consul, ConsulFault.ConnectionLost, false, () => consul.TransactAsync(Write, default, None));
        await Fails(consul, ConsulFault.ConnectionLost, false, () => consul.GetAsync("a", default, None));
    }

    [Fact]
    public async Task The_callers_cancellation_is_no_fault_of_Consul()
    {
        using var consul = Connect($"127.0.0.1:{Port}");
        using var source = new CancellationTokenSource();
        var write = consul.TransactAsync(Write, default, source.Token);
        using var client = await _listener.AcceptSocketAsync();
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => consul.SelfAsync(source.Token));
    }

    private static HttpConsul Connect(string address, TimeSpan? timeout = null) =>
        new(new ConsulOptions { Address = address, Token = "s3cret", RequestTimeout = timeout ?? TimeSpan.FromSeconds(10) });

    private static async Task Fails(HttpConsul consul, ConsulFault fault, bool mayHaveCommitted, Func<Task>? run = null)
    {
        var error = await Assert.ThrowsAsync<ConsulException>(run ?? (() => consul.TransactAsync(Write, default, None)));
        Assert.Equal((fault, mayHaveCommitted, consul.Address), (error.Fault, error.MayHaveCommitted, error.Address));
        Assert.Contains(consul.Address, error.Message);
        Assert.DoesNotContain("s3cret", error.ToString());
    }

    /// <summary>Throws what .NET throws where the socket is not connected any more when it is looked at first.</summary>
    private sealed class Resetting : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new SocketException((int)SocketError.NotConnected);
    }

    private async Task Serve(string answer)
    {
        using var client = await _listener.AcceptSocketAsync();
        await client.ReceiveAsync(new byte[4096]);
        await client.SendAsync(Encoding.ASCII.GetBytes(answer));
        client.Shutdown(SocketShutdown.Both);
    }
}
