using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ConsulMq.Consul.Http;

/// <summary>Says why a server's certificate is not accepted, and what to do.</summary>
internal static class CertificateRefusal
{
#if NET
    /// <summary>Accepts a certificate that .NET has found nothing wrong with.</summary>
    /// <exception cref="CertificateRefusedException">There is something wrong with it.</exception>
    public static bool Check(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, string name) =>
        Reason(certificate as X509Certificate2, chain, Flaws(chain), errors, name) is { } reason ? throw new CertificateRefusedException(reason) : true;
#endif

    /// <summary>What is wrong with a certificate; null: nothing.</summary>
    /// <param name="certificate">The server's; null: it showed none.</param>
    /// <param name="chain">The chain that was looked at.</param>
    /// <param name="flaws">Those of the chain that count.</param>
    /// <param name="errors">What was found.</param>
    /// <param name="name">The name that the certificate must carry.</param>
    public static string? Reason(X509Certificate2? certificate, X509Chain? chain, X509ChainStatusFlags flaws, SslPolicyErrors errors, string name)
    {
        if (errors == SslPolicyErrors.None)
            return null;
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            return "the server showed no certificate.";
        // The other flaws are often a consequence of an unknown authority.
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && (flaws & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
            return $"the server's certificate is of an authority that is not trusted, '{Clean(certificate.Issuer)}'. Name the file with the right one: -CaCertificate, or CONSUL_CACERT.";
        if (flaws.HasFlag(X509ChainStatusFlags.NotTimeValid))
            return OutOfTime(chain!);
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"the server's certificate is not for '{Clean(name)}', but for {Names(certificate)}. {Advice}";
        return $"the server's certificate is not valid: {(flaws == 0 ? errors.ToString() : flaws.ToString())}.";
    }

    /// <summary>All that is wrong with a chain.</summary>
    public static X509ChainStatusFlags Flaws(X509Chain? chain)
    {
        var flaws = X509ChainStatusFlags.NoError;
        foreach (var status in chain?.ChainStatus ?? [])
            flaws |= status.Status;
        return flaws;
    }

    private static string OutOfTime(X509Chain chain)
    {
        var element = chain.ChainElements.Cast<X509ChainElement>().FirstOrDefault(static e => Array.Exists(e.ChainElementStatus, static s => s.Status.HasFlag(X509ChainStatusFlags.NotTimeValid)));
        if (element is null)
            return "the server's certificate is not valid at this time.";
        var whose = element == chain.ChainElements[0] ? "the server's certificate" : $"the certificate of the authority '{Clean(element.Certificate.Subject)}'";
        return $"{whose} has expired, or is not valid yet: it is valid from {Time(element.Certificate.NotBefore)} to {Time(element.Certificate.NotAfter)}. Renew it, and check this machine's clock.";
    }

    private static string Time(DateTime local) => local.ToUniversalTime().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

#if NET
    private const string Advice = "Connect to a name that it has, or say which one to expect: -TlsServerName, or CONSUL_TLS_SERVER_NAME.";

    private static string Names(X509Certificate2 certificate)
    {
        var names = new List<string>();
        foreach (var extension in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            names.AddRange(extension.EnumerateDnsNames());
            names.AddRange(extension.EnumerateIPAddresses().Select(static address => address.ToString()));
        }

        return names.Count == 0 ? $"'{Clean(certificate.Subject)}'" : string.Join(", ", names.Take(8).Select(static name => $"'{Clean(name)}'"));
    }
#else
    private const string Advice = "Connect to a name that it has.";

    /// <summary>In the system's words.</summary>
    private static string Names(X509Certificate2 certificate) =>
        $"'{Clean(certificate.Extensions["2.5.29.17"]?.Format(false) ?? certificate.Subject)}'";
#endif

    /// <summary>Whoever answers wrote this.</summary>
    private static string Clean(string text) => new([.. text.Take(200).Select(static c => char.IsControl(c) ? ' ' : c)]);
}
