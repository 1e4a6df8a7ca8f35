namespace ConsulMq.Consul;

/// <summary>Why Consul gave no true answer.</summary>
public enum ConsulFault
{
    /// <summary>No connection could be made: nobody listens, the name does not resolve, the network is down.</summary>
    Unreachable,

    /// <summary>A connection broke before the whole answer was there.</summary>
    ConnectionLost,

    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>The cluster has no leader at the moment.</summary>
    NoLeader,

    /// <summary>The token is missing, unknown, or has no permission (401, 403).</summary>
    AclDenied,

    /// <summary>TLS could not be agreed on: certificate, name, or a plain port where TLS was expected and the other way round.</summary>
    TlsFailure,

    /// <summary>Consul will not take a request of this size (413).</summary>
    TooLarge,

    /// <summary>Too many requests (429).</summary>
    TooManyRequests,

    /// <summary>Consul refused the request itself (another 4xx): the request is wrong, or a feature is missing.</summary>
    Rejected,

    /// <summary>An internal error of the server (another 5xx).</summary>
    ServerError,

    /// <summary>The answer is not what Consul sends: another service listens there, or a proxy answered.</summary>
    BadReply,
}

/// <summary>A request to Consul that got no true answer.</summary>
public sealed class ConsulException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="fault">Why.</param>
    /// <param name="address">Where Consul was expected.</param>
    /// <param name="mayHaveCommitted">Whether a write may have happened all the same.</param>
    /// <param name="message">One sentence for people, without secrets.</param>
    /// <param name="inner">What lies below, if anything.</param>
    public ConsulException(ConsulFault fault, string address, bool mayHaveCommitted, string message, Exception? inner = null)
        : base(message, inner)
    {
        Fault = fault;
        Address = address;
        MayHaveCommitted = mayHaveCommitted;
    }

    /// <summary>Why there is no answer.</summary>
    public ConsulFault Fault { get; }

    /// <summary>Where Consul was expected.</summary>
    public string Address { get; }

    /// <summary>
    /// Whether the request may have reached the server, so that a write in it may have committed or may still commit. False only where that is
    /// certain: the connection was never made, or Consul itself said no before it applied anything.
    /// </summary>
    public bool MayHaveCommitted { get; }

    /// <summary>What the token lacks, where it is known: <see cref="ConsulFault.AclDenied"/> and a token that Consul knows. Else null.</summary>
    public ConsulPermission? Missing { get; internal set; }

    /// <summary>Whether the same request may work a moment later.</summary>
    public bool IsTransient => Fault is ConsulFault.Unreachable or ConsulFault.ConnectionLost or ConsulFault.Timeout or ConsulFault.NoLeader
        or ConsulFault.TooManyRequests or ConsulFault.ServerError;
}
