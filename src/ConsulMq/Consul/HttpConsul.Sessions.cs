using ConsulMq.Consul.Http;

namespace ConsulMq.Consul;

public sealed partial class HttpConsul
{
    /// <inheritdoc />
    public async Task<string> CreateSessionAsync(SessionRequest request, CancellationToken cancellation)
    {
        if (request is null)
            throw new ArgumentNullException(nameof(request));
        var body = BodyContent.Of(SessionJson.Request(request));
        using var reply = await _transport.SendAsync(HttpMethod.Put, _uris.Make("v1/session/create"), body, true, cancellation).ConfigureAwait(false);
        return Parse(in reply, true, ConsulPermission.SessionWrite, static json => SessionJson.Id(json));
    }

    /// <inheritdoc />
    public async Task<bool> RenewSessionAsync(string sessionId, CancellationToken cancellation)
    {
        using var reply = await _transport.SendAsync(HttpMethod.Put, SessionUri("renew", sessionId), BodyContent.Of(default), true, cancellation).ConfigureAwait(false);
        // Any other service answers an unknown path with 404 as well; only Consul names the session.
        return reply.Status == 404 && reply.Body.IndexOf("not found"u8) >= 0
            ? false
            : Parse(in reply, true, ConsulPermission.SessionWrite, static json => SessionJson.List(json)).Count > 0;
    }

    /// <inheritdoc />
    public async Task DestroySessionAsync(string sessionId, CancellationToken cancellation)
    {
        using var reply = await _transport.SendAsync(HttpMethod.Put, SessionUri("destroy", sessionId), BodyContent.Of(default), true, cancellation).ConfigureAwait(false);
        ExpectTrue(in reply, ConsulPermission.SessionWrite);
    }

    /// <inheritdoc />
    public async Task<SessionListing> ListSessionsAsync(ReadOptions options, CancellationToken cancellation)
    {
        using var reply = await _transport.ReadAsync(_uris.Make("v1/session/list", "", options), options, ReplyKind.Listing, cancellation).ConfigureAwait(false);
        return new SessionListing(Parse(in reply, false, ConsulPermission.SessionRead, static json => SessionJson.List(json)), reply.Index);
    }

    private Uri SessionUri(string verb, string sessionId) => string.IsNullOrEmpty(sessionId)
        ? throw new ArgumentException("A session has an ID.", nameof(sessionId))
        : _uris.Make($"v1/session/{verb}/{Uri.EscapeDataString(sessionId)}");
}
