using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ConsulMq.Tests.Hostile;

/// <summary>Listens where Consul should be, and answers each request as the test says. It ends with <see cref="Dispose"/>.</summary>
internal sealed class HostileServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<Stream, CancellationToken, Task> _answer;
    private readonly bool _listens;
    private long _sent;
    private int _connections;

    /// <param name="answer">Writes to the connection; it is closed when this returns.</param>
    /// <param name="listens">Whether a request is read before.</param>
    public HostileServer(Func<Stream, CancellationToken, Task> answer, bool listens = true)
    {
        (_answer, _listens) = (answer, listens);
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>How many bytes went out.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>How many connections came.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_end.Token);
                Interlocked.Increment(ref _connections);
                _ = ServeAsync(socket);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var connection = new Counted(new NetworkStream(socket, ownsSocket: true), this);
        try
        {
            if (_listens)
                await ReadRequestAsync(connection);
            await _answer(connection, _end.Token);
            // All that was written is to arrive before a reset can.
            if (socket.Connected)
                socket.Shutdown(SocketShutdown.Send);
            var rest = new byte[4096];
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
            patience.CancelAfter(TimeSpan.FromSeconds(2));
            while (await connection.ReadAsync(rest, patience.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The client has had enough.
        }
    }

    private async Task ReadRequestAsync(Stream connection)
    {
        var head = new StringBuilder();
        var one = new byte[4096];
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await connection.ReadAsync(one, _end.Token);
            if (read == 0)
                return;
            head.Append(Encoding.Latin1.GetString(one, 0, read));
        }
    }

    private sealed class Counted(NetworkStream inner, HostileServer server) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await inner.WriteAsync(buffer, cancellationToken);
            Interlocked.Add(ref server._sent, buffer.Length);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
