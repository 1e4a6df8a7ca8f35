using System.Net;
using System.Net.Sockets;

namespace ConsulMq.TestSupport;

/// <summary>Ports of the loopback address that are free at this moment, for TCP and for UDP.</summary>
internal sealed record ConsulPorts(int Http, int Server, int SerfLan, int SerfWan)
{
    public static ConsulPorts Pick()
    {
        // All are held until the last one is found, so that they differ.
        var held = new List<IDisposable>();
        try
        {
            return new ConsulPorts(Hold(held), Hold(held), Hold(held), Hold(held));
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
            var tcp = new TcpListener(IPAddress.Loopback, 0);
            tcp.Start();
            held.Add(tcp);
            var port = (IPEndPoint)tcp.LocalEndpoint;
            try
            {
                held.Add(new UdpClient(port)); // Serf gossips over both
                return port.Port;
            }
            catch (SocketException)
            {
            }
        }
    }
}
