#if NET
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ConsulMq.Consul.Http;

/// <summary>Certificates, on .NET.</summary>
internal static class Tls
{
    /// <summary>Sets up how certificates are shown and checked.</summary>
    /// <param name="ssl">What is set up.</param>
    /// <param name="options">The user's.</param>
    /// <param name="name">The name that the server's certificate must carry.</param>
    public static void Apply(SslClientAuthenticationOptions ssl, ConsulOptions options, string name)
    {
        if (CertificateFiles.Authorities(options) is { Count: > 0 } authorities)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(authorities);
            ssl.CertificateChainPolicy = policy;
        }
        if (!string.IsNullOrEmpty(options.ClientCertificate))
        {
            var certificate = CertificateFiles.Load(options.ClientCertificate, () => Client(options));
            ssl.ClientCertificates = [certificate];
            // Consul names no authorities that a choice could be made by.
            ssl.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }
        if (!options.SkipCertificateCheck)
            ssl.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => CertificateRefusal.Check(certificate, chain, errors, name);
        else
#pragma warning disable CA5359 // it is what the user asked for
            ssl.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
    }

    private static X509Certificate2 Client(ConsulOptions options)
    {
        var file = options.ClientCertificate!;
        if (CertificateFiles.IsPfx(file))
            return new X509Certificate2(file, options.ClientCertificatePassword);
        using var pem = X509Certificate2.CreateFromPemFile(file, string.IsNullOrEmpty(options.ClientKey) ? null : options.ClientKey);
        // Windows' TLS does not take a key that lives in memory only.
        return new X509Certificate2(pem.Export(X509ContentType.Pfx));
    }
}
#endif
