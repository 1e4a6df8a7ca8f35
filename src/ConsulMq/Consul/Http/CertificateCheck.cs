#if !NET
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConsulMq.Consul.Http;

/// <summary>
/// Checks a server's certificate, on Windows PowerShell 5.1. .NET Framework takes no exception from a check, so what is wrong is left with the request.
/// </summary>
/// <param name="authorities">The authorities that the user names; none: those of the system.</param>
/// <param name="name">The name that the certificate must carry.</param>
internal sealed class CertificateCheck(X509Certificate2Collection authorities, string name)
{
    private const string Property = "ConsulMq.CertificateRefused";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Why the certificate of the server was refused that this request was to go to; null: it was not.</summary>
    public static CertificateRefusedException? RefusalOf(HttpRequestMessage request) =>
        request.Properties.TryGetValue(Property, out var reason) ? new CertificateRefusedException((string)reason) : null;

    /// <summary>Whether a server is accepted.</summary>
    public bool Accepts(HttpRequestMessage request, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var reason = certificate is not null && authorities.Count > 0
            ? ReasonByAuthorities(certificate, errors)
            : CertificateRefusal.Reason(certificate, chain, CertificateRefusal.Flaws(chain), errors, name);
        if (reason is null)
            return true;
        request.Properties[Property] = reason;
        return false;
    }

    /// <summary>The name must fit, and the chain end at one of the authorities; that the system does not know it is no fault.</summary>
    private string? ReasonByAuthorities(X509Certificate2 certificate, SslPolicyErrors errors)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        chain.ChainPolicy.ExtraStore.AddRange(authorities);
        // A client's certificate of the same authority makes no server.
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        var isWhole = chain.Build(certificate);
        var root = chain.ChainElements[chain.ChainElements.Count - 1].Certificate;
        errors &= ~SslPolicyErrors.RemoteCertificateChainErrors;
        if (authorities.Find(X509FindType.FindByThumbprint, root.Thumbprint, false).Count == 0)
            return CertificateRefusal.Reason(certificate, chain, X509ChainStatusFlags.UntrustedRoot, errors | SslPolicyErrors.RemoteCertificateChainErrors, name);
        var flaws = CertificateRefusal.Flaws(chain) & ~X509ChainStatusFlags.UntrustedRoot;
        return CertificateRefusal.Reason(certificate, chain, flaws, isWhole ? errors : errors | SslPolicyErrors.RemoteCertificateChainErrors, name);
    }
}
#endif
