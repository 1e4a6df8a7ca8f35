using System.Security.Authentication;

namespace ConsulMq.Consul.Http;

/// <summary>The server's certificate is not accepted. The text says why, and what to do.</summary>
internal sealed class CertificateRefusedException(string message) : AuthenticationException(message);

/// <summary>Says why there is no TLS connection, where that can be told, and what to do.</summary>
internal static class TlsRefusal
{
    private static readonly string[] NotTls = ["frame size", "corrupted frame", "wrong version number", "packet length too long", "unexpected packet format"];

    // The alerts by which a server refuses a client's certificate, in the words of OpenSSL and of others.
    private static readonly string[] Client = ["certificate required", "bad certificate", "certificate expired", "certificate unknown", "unknown ca", "unsupported certificate", "handshake failure"];

    /// <summary>The reason; null: it cannot be told.</summary>
    public static string? Of(Exception error, bool hasClientCertificate)
    {
        for (var e = error; e is not null; e = e.InnerException)
        {
            if (Says(e, NotTls))
                return "the port does not speak TLS. Use http:// in the address, and no CONSUL_HTTP_SSL.";
            if (Says(e, "alert") && Says(e, Client))
            {
                return hasClientCertificate
                    ? "Consul refuses the client certificate: it has expired, is not valid yet, or is of an authority that Consul does not know. Show another one: -ClientCertificate and -ClientKey, or CONSUL_CLIENT_CERT and CONSUL_CLIENT_KEY."
                    : "Consul asks for a client certificate. Show one: -ClientCertificate and -ClientKey, or CONSUL_CLIENT_CERT and CONSUL_CLIENT_KEY.";
            }

            if (e is CertificateRefusedException)
                return e.Message;
        }

        return null;
    }

    private static bool Says(Exception error, params string[] words) =>
        Array.Exists(words, word => error.Message.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0);
}
