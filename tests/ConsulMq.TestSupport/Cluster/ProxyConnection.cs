using System.Net;
using System.Net.Sockets;

namespace ConsulMq.TestSupport.Cluster;

/// <summary>One connection through a <see cref="TcpProxy"/>: a socket to each side.</summary>
internal sealed class ProxyConnection(TcpProxy proxy, Socket client)
{
    private const int BufferSize = 16 * 1024;

    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private PlannedCut? _plan;
    private int _passed;
    private int _isCut;

    /// <summary>Passes bytes until both sides have ended, one side breaks, or it is cut. Never throws.</summary>
    public async Task RunAsync(int target, CancellationToken cancellation)
    {
        client.NoDelay = true;
        try
        {
            await _server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, target), cancellation);
            await Task.WhenAll(GuardedAsync(PumpToServerAsync, cancellation), GuardedAsync(PumpToClientAsync, cancellation));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Reset();
        }
        finally
        {
            client.Dispose();
            _server.Dispose();
        }
    }

    /// <summary>Resets both sides.</summary>
    public void Cut()
    {
        if (Reset())
            proxy.CountCut();
    }

    private async Task GuardedAsync(Func<CancellationToken, Task> pump, CancellationToken cancellation)
    {
        try
        {
            await pump(cancellation);
        }
        catch
        {
            // The other direction must not wait for ever.
            Reset();
            throw;
        }
    }

    private async Task PumpToServerAsync(CancellationToken cancellation)
    {
        var buffer = new byte[BufferSize];
        var isMute = false;
        while (await client.ReceiveAsync(buffer, cancellation) is > 0 and var count)
        {
            var faults = proxy.Faults;
            if (faults.DelayToServer > TimeSpan.Zero)
                await Task.Delay(faults.DelayToServer, cancellation);
            isMute |= faults.SwallowRequests;
            if (isMute)
                continue;
            if (_plan is null && proxy.TakePlan() is { } plan)
                (_passed, _plan) = (0, plan);
            if (await IsCutAsync(CutPoint.InRequest, _server, buffer.AsMemory(0, count), cancellation))
                return;
        }

        if (!isMute)
            _server.Shutdown(SocketShutdown.Send);
        else
            Reset(); // the client has given up, and the server never heard of it
    }

    private async Task PumpToClientAsync(CancellationToken cancellation)
    {
        var buffer = new byte[BufferSize];
        var isMute = false;
        while (await _server.ReceiveAsync(buffer, cancellation) is > 0 and var count)
        {
            var faults = proxy.Faults;
            if (faults.DelayToClient > TimeSpan.Zero)
                await Task.Delay(faults.DelayToClient, cancellation);
            isMute |= faults.SwallowReplies;
            if (isMute)
                continue;
            if (_plan?.Point == CutPoint.BeforeReply)
            {
                Cut();
                return;
            }

            if (await IsCutAsync(CutPoint.InReply, client, buffer.AsMemory(0, count), cancellation))
                return;
        }

        if (!isMute)
            client.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Sends, and if a cut is planned there, only as far as it goes.</summary>
    private async Task<bool> IsCutAsync(CutPoint point, Socket to, Memory<byte> bytes, CancellationToken cancellation)
    {
        var left = _plan is { } plan && plan.Point == point ? plan.Bytes - _passed : int.MaxValue;
        var sent = bytes[..Math.Clamp(left, 0, bytes.Length)];
        for (var rest = sent; rest.Length > 0;)
            rest = rest[await to.SendAsync(rest, cancellation)..];
        if (left > bytes.Length)
        {
            if (left != int.MaxValue)
                _passed += bytes.Length;
            return false;
        }

        Cut();
        return true;
    }

    private bool Reset()
    {
        if (Interlocked.Exchange(ref _isCut, 1) != 0)
            return false;
        foreach (var socket in new[] { client, _server })
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0); // a reset, not an orderly end
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It is closed already.
            }

            socket.Dispose();
        }

        return true;
    }
}
