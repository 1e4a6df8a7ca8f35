#if !NET
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ConsulMq.Consul.Http;

/// <summary>The connections, on Windows PowerShell 5.1, where HttpClientHandler stands on HttpWebRequest.</summary>
internal static class Handlers
{
    public static HttpMessageHandler Create(ConsulEndpoint endpoint, ConsulOptions options)
    {
        if (endpoint.UnixPath is not null)
            throw new ArgumentException("Windows PowerShell cannot connect to unix:// addresses; PowerShell 7 can.");
        var handler = new HttpClientHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = !endpoint.Root.IsLoopback,
            // Two connections to a server are .NET Framework's default: a single waiting pop would block half of all else. Said here it holds for each
            // request, through a proxy too; a limit that is set at the service point is forgotten with it, after 100 idle seconds.
            MaxConnectionsPerServer = int.MaxValue,
        };
        if (endpoint.Tls)
            Secure(handler, endpoint, options);
        return new PromptHandler(handler, endpoint.Root);
    }

    private static void Secure(HttpClientHandler handler, ConsulEndpoint endpoint, ConsulOptions options)
    {
        if (!string.IsNullOrEmpty(options.TlsServerName))
            throw new ArgumentException("Windows PowerShell cannot check a server certificate for a name other than the address's; PowerShell 7 can.");
        // Windows PowerShell offers TLS 1.0 by default, which Consul refuses. Said here it is so for these connections, and for nobody else's.
        handler.SslProtocols = SslProtocols.Tls12;
        if (options.ClientCertificate is { Length: > 0 } file)
        {
            if (!CertificateFiles.IsPfx(file))
                throw new ArgumentException("Windows PowerShell takes a client certificate as PFX only (.pfx, .p12); PowerShell 7 takes PEM.");
            handler.ClientCertificates.Add(CertificateFiles.Load(file, () => new X509Certificate2(file, options.ClientCertificatePassword)));
        }
        if (options.SkipCertificateCheck)
        {
            handler.ServerCertificateCustomValidationCallback = (_, _, _, _) => true;
            return;
        }
        var check = new CertificateCheck(CertificateFiles.Authorities(options), endpoint.Root.Host);
        handler.ServerCertificateCustomValidationCallback = check.Accepts;
    }

    /// <summary>
    /// Small writes go out at once, and without asking before. These settings are those of a service point, which .NET Framework throws away after 100 idle
    /// seconds, and makes a new one with others: they are looked after at each request.
    /// </summary>
    private sealed class PromptHandler(HttpMessageHandler inner, Uri root) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var service = ServicePointManager.FindServicePoint(root);
            service.Expect100Continue = false;
            service.UseNagleAlgorithm = false;
            // A name that moves to another server is followed within minutes.
            service.ConnectionLeaseTimeout = 5 * 60 * 1000;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
#endif
