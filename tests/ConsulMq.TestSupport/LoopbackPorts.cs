using System.Net;
using System.Net.Sockets;

namespace ConsulMq.TestSupport;

/// <summary>
/// Ports of the loopback address that are free at this moment, for TCP and for UDP. They lie below those that systems give to outgoing connections: so none
/// of these takes a server's port while the server is down.
/// </summary>
internal static class LoopbackPorts
{
    private const int First = 12_000, End = 32_000;

    /// <summary>So many, all different.</summary>
    public static int[] Pick(int count)
    {
        // All are held until the last one is found, so that they differ.
        var held = new List<IDisposable>();
        try
        {
            return [.. Enumerable.Range(0, count).Select(_ => Hold(held))];
        }
        finally
        {
            held.ForEach(socket => socket.Dispose());
        }
    }

    private static int Hold(List<IDisposable> held)
    {
        while (true)
        {
            var port = new IPEndPoint(IPAddress.Loopback, Random.Shared.Next(First, End));
            var tcp = new TcpListener(port);
            try
            {
                tcp.Start();
                held.Add(tcp);
                held.Add(new UdpClient(port)); // Serf gossips over both
                return port.Port;
            }
            catch (SocketException)
            {
                tcp.Dispose();
            }
        }
    }
}
