using System.Net;
using System.Net.Sockets;

namespace ConsulMq.DevAgent;

/// <summary>Free ports of the loopback address. Another program may take one before Consul does; then Consul says so and another try is due.</summary>
internal sealed record AgentPorts(int Http, int Server, int Serf)
{
    public static AgentPorts Find(int http)
    {
        using var first = Listen(http);
        using var second = Listen(0);
        using var third = Listen(0);
        // Serf gossips over UDP on the same port.
        using var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, Port(third)));
        return new AgentPorts(Port(first), Port(second), Port(third));
    }

    private static Socket Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static int Port(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}
