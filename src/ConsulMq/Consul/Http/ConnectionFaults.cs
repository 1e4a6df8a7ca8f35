using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace ConsulMq.Consul.Http;

/// <summary>Makes of a request that got no answer what the caller must know.</summary>
internal static class ConnectionFaults
{
    /// <summary>The exception for a failure of the connection.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="address">Where.</param>
    /// <param name="mayHaveCommitted">Whether the request is a write that may have been sent.</param>
    /// <param name="hasClientCertificate">Whether a client certificate was shown, if it was asked for.</param>
    public static ConsulException Of(Exception error, string address, bool mayHaveCommitted, bool hasClientCertificate) => Fault(error) switch
    {
        ConsulFault.Unreachable => new ConsulException(ConsulFault.Unreachable, address, mayHaveCommitted,
            $"No Consul can be reached at {address}: {Reason(error)}", error),
        ConsulFault.TlsFailure => new ConsulException(ConsulFault.TlsFailure, address, mayHaveCommitted,
            $"No TLS connection to {address}: {TlsRefusal.Of(error, hasClientCertificate) ?? $"{Reason(error)} Does the port speak TLS, is the certificate's authority known, and does Consul ask for a client certificate?"}", error),
        ConsulFault.BadReply => new ConsulException(ConsulFault.BadReply, address, mayHaveCommitted,
            $"{address} does not answer as Consul does: {Reason(error)}", error),
        _ => new ConsulException(ConsulFault.ConnectionLost, address, mayHaveCommitted,
            $"The connection to Consul at {address} broke: {Reason(error)}", error),
    };

    private static ConsulFault Fault(Exception error)
    {
        for (var e = error; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case AuthenticationException:
                    return ConsulFault.TlsFailure;
#if NET
                case HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }:
                    return ConsulFault.TlsFailure;
                // With TLS 1.3 a server that misses a client certificate says so only after the handshake, in place of its answer.
                case Exception when e.GetType().Name == "SslException":
                    return ConsulFault.TlsFailure;
                case HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError }:
                    return InnerTls(e) ? ConsulFault.TlsFailure : ConsulFault.Unreachable;
                case HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded }:
                case HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded }:
                    return ConsulFault.BadReply;
#endif
                case WebException web:
                    return Fault(web);
                case SocketException socket:
                    return Fault(socket.SocketErrorCode);
            }
        }
        return ConsulFault.ConnectionLost;
    }

#if NET
    private static bool InnerTls(Exception error)
    {
        for (var e = error.InnerException; e is not null; e = e.InnerException)
            if (e is AuthenticationException)
                return true;
        return false;
    }
#endif

    // Windows PowerShell's HttpClient stands on WebRequest.
    private static ConsulFault Fault(WebException error) => error.Status switch
    {
        WebExceptionStatus.NameResolutionFailure or WebExceptionStatus.ProxyNameResolutionFailure or WebExceptionStatus.ConnectFailure => ConsulFault.Unreachable,
        WebExceptionStatus.TrustFailure or WebExceptionStatus.SecureChannelFailure => ConsulFault.TlsFailure,
        WebExceptionStatus.ServerProtocolViolation => ConsulFault.BadReply,
        _ => ConsulFault.ConnectionLost,
    };

    private static ConsulFault Fault(SocketError error) => error switch
    {
        SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery
            or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown or SocketError.HostDown
            or SocketError.AddressNotAvailable => ConsulFault.Unreachable,
        _ => ConsulFault.ConnectionLost,
    };

    /// <summary>The deepest words say most.</summary>
    private static string Reason(Exception error)
    {
        var deepest = error.GetBaseException().Message.Trim();
        return deepest.EndsWith(".", StringComparison.Ordinal) ? deepest : deepest + ".";
    }
}
