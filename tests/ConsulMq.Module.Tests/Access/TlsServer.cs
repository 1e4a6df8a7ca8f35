using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ConsulMq.Module.Tests.Access;

/// <summary>A server with a certificate that Consul itself would not start with. It answers nothing.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private Task? _serving;

    private TlsServer(X509Certificate2 certificate) => _certificate = certificate;

    public string Address => $"https://{_listener.LocalEndpoint}";

    public static Task<TlsServer> StartAsync(string certificate, string key)
    {
        using var pem = X509Certificate2.CreateFromPemFile(certificate, key);
        var server = new TlsServer(X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null));
        server._listener.Start();
        server._serving = server.ServeAsync();
        return Task.FromResult(server);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving!;
        _certificate.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await using var stream = new SslStream(client.GetStream());
                await stream.AuthenticateAsServerAsync(_certificate);
                _ = await stream.ReadAsync(new byte[1024]);
            }
            catch (Exception e) when (e is IOException or AuthenticationException)
            {
                // The client has gone: that is what it is to do.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }
}
