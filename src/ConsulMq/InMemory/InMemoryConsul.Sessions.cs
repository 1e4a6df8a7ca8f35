using ConsulMq.Consul;

namespace ConsulMq.InMemory;

/// <content>Sessions.</content>
public sealed partial class InMemoryConsul
{
    /// <inheritdoc />
    public Task<string> CreateSessionAsync(SessionRequest request, CancellationToken cancellation) =>
        Request(
            () =>
            {
                if (request.Ttl != TimeSpan.Zero && (request.Ttl < SessionLimits.ShortestTtl || request.Ttl > SessionLimits.LongestTtl))
                    throw ServerError($"A session's TTL is {SessionLimits.ShortestTtl} to {SessionLimits.LongestTtl}, not {request.Ttl}.");
                var id = _options.NewSessionId().ToString("D");
                _sessions.Create(id, request, NextIndex(), Now);
                _waiters.Mark(Watch.AllSessions);
                // Those who sleep did not know of this session's end.
                if (request.Ttl > TimeSpan.Zero)
                    _waiters.MarkAll();
                return id;
            },
            cancellation);

    /// <inheritdoc />
    public Task<bool> RenewSessionAsync(string sessionId, CancellationToken cancellation) =>
        Request(
            () =>
            {
                RequireSessionId(sessionId);
                return _sessions.Renew(sessionId, Now);
            },
            cancellation);

    /// <inheritdoc />
    public Task DestroySessionAsync(string sessionId, CancellationToken cancellation) =>
        Request(
            () =>
            {
                RequireSessionId(sessionId);
                return EndSession(sessionId);
            },
            cancellation);

    /// <inheritdoc />
    public Task<SessionListing> ListSessionsAsync(ReadOptions options, CancellationToken cancellation) =>
        ReadAsync(
            Watch.AllSessions,
            options,
            () => new SessionListing(_sessions.All(), Math.Max(_sessions.TableIndex, 1)),
            static listing => listing.Index,
            cancellation);

    /// <summary>Ends a session at once, as the leader does when its TTL has passed. False: there is none of this ID.</summary>
    internal bool ExpireSession(string sessionId) => Exclusively(() => EndSession(sessionId));

    private bool EndSession(string sessionId)
    {
        var index = NextIndex();
        if (!_sessions.End(sessionId, index, Now, _kv))
            return false;
        CommitKv(index);
        _waiters.Mark(Watch.AllSessions);
        return true;
    }

    private static void RequireSessionId(string sessionId)
    {
        if (!Guid.TryParseExact(sessionId, "D", out _))
            throw ServerError($"\"{sessionId}\" is no session ID.");
    }

    private static ConsulException ServerError(string message) => new(ConsulFault.ServerError, Identity.Address, true, message);
}
