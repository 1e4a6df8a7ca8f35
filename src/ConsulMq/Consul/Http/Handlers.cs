#if NET
using System.Net;
using System.Net.Sockets;

namespace ConsulMq.Consul.Http;

/// <summary>The connections, on .NET.</summary>
internal static class Handlers
{
    public static HttpMessageHandler Create(ConsulEndpoint endpoint, ConsulOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = endpoint.UnixPath is null && !endpoint.Root.IsLoopback,
            MaxConnectionsPerServer = int.MaxValue,
            // A name that moves to another server is followed within minutes.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            Expect100ContinueTimeout = TimeSpan.Zero,
            ActivityHeadersPropagator = null,
        };
        if (endpoint.UnixPath is { } path)
            handler.ConnectCallback = (_, cancellation) => ConnectAsync(path, cancellation);
        if (endpoint.Tls)
            Tls.Apply(handler.SslOptions, options, string.IsNullOrEmpty(options.TlsServerName) ? endpoint.Root.Host : options.TlsServerName);
        return handler;
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, true);
        }
        catch (SocketException e) when (!File.Exists(path))
        {
            socket.Dispose();
            // What the system says of it is that an address cannot be assigned.
            throw new SocketException(e.ErrorCode, $"There is no socket '{path}'.");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
#endif
