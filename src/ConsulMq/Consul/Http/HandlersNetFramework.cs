#if !NET
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ConsulMq.Consul.Http;

/// <summary>The connections, on Windows PowerShell 5.1.</summary>
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
        };
        // Two connections to a server are .NET Framework's default: a single waiting pop would block half of all else.
        var service = ServicePointManager.FindServicePoint(endpoint.Root);
        service.ConnectionLimit = int.MaxValue;
        service.Expect100Continue = false;
        service.UseNagleAlgorithm = false;
        service.ConnectionLeaseTimeout = 5 * 60 * 1000;
        if (endpoint.Tls)
            Secure(handler, options);
        return handler;
    }

    private static void Secure(HttpClientHandler handler, ConsulOptions options)
    {
        if (!string.IsNullOrEmpty(options.TlsServerName))
            throw new ArgumentException("Windows PowerShell cannot check a server certificate for a name other than the address's; PowerShell 7 can.");
        // Windows PowerShell offers TLS 1.0 by default, which Consul refuses.
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
        var authorities = CertificateFiles.Authorities(options);
        if (authorities.Count > 0)
            handler.ServerCertificateCustomValidationCallback = (_, certificate, _, errors) => IsTrusted(certificate, errors, authorities);
    }

    /// <summary>The name must fit, and the chain end at one of the authorities; that the system does not know it is no fault.</summary>
    private static bool IsTrusted(X509Certificate2 certificate, SslPolicyErrors errors, X509Certificate2Collection authorities)
    {
        if ((errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        chain.ChainPolicy.ExtraStore.AddRange(authorities);
        if (!chain.Build(certificate))
            return false;
        var root = chain.ChainElements[chain.ChainElements.Count - 1].Certificate;
        return authorities.Find(X509FindType.FindByThumbprint, root.Thumbprint, false).Count > 0;
    }
}
#endif
