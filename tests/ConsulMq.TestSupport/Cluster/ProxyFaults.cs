namespace ConsulMq.TestSupport.Cluster;

/// <summary>What a <see cref="TcpProxy"/> does to all that comes through it from now on.</summary>
public sealed record ProxyFaults
{
    /// <summary>It passes everything, at once.</summary>
    public static ProxyFaults None { get; } = new();

    /// <summary>How long it holds up what goes to the server.</summary>
    public TimeSpan DelayToServer { get; init; }

    /// <summary>How long it holds up what comes back.</summary>
    public TimeSpan DelayToClient { get; init; }

    /// <summary>
    /// Takes requests and passes nothing on. A connection that lost bytes like that passes no more in that direction, also when this is over: as one that a
    /// firewall has forgotten.
    /// </summary>
    public bool SwallowRequests { get; init; }

    /// <summary>Passes requests, and nothing of the replies: what was asked for is done, and nobody hears of it. Such a connection stays like that.</summary>
    public bool SwallowReplies { get; init; }

    /// <summary>Listens no more: new connections are refused. Those that are there stay.</summary>
    public bool Refuse { get; init; }
}

/// <summary>Where in an exchange a <see cref="TcpProxy"/> cuts a connection.</summary>
public enum CutPoint
{
    /// <summary>In the request, so that the server has not the whole of it.</summary>
    InRequest,

    /// <summary>When the reply begins: it is known to the server alone what was done.</summary>
    BeforeReply,

    /// <summary>In the reply.</summary>
    InReply,
}

/// <summary>A cut that waits for its victim: the next connection that sends something.</summary>
/// <param name="Point">Where.</param>
/// <param name="Bytes">After how many bytes of the request or of the reply; no matter for <see cref="CutPoint.BeforeReply"/>.</param>
internal sealed record PlannedCut(CutPoint Point, int Bytes);
