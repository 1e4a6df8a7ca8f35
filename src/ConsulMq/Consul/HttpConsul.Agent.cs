using ConsulMq.Consul.Http;

namespace ConsulMq.Consul;

public sealed partial class HttpConsul
{
    /// <inheritdoc />
    public async Task<AgentSelf> SelfAsync(CancellationToken cancellation)
    {
        await ProveTenancyAsync(cancellation).ConfigureAwait(false);
        using var reply = await _transport.ReadAsync(_uris.Make("v1/agent/self"), default, ReplyKind.Single, cancellation).ConfigureAwait(false);
        var self = Parse(in reply, false, ConsulPermission.AgentRead, static json => AgentJson.Self(json));
        return _tenancy.Problem(self.Version, Address) is { } problem ? throw problem : self;
    }

    /// <inheritdoc />
    public async Task RegisterServiceAsync(ServiceRegistration registration, CancellationToken cancellation)
    {
        if (registration is null)
            throw new ArgumentNullException(nameof(registration));
        var body = BodyContent.Of(AgentJson.Registration(registration));
        using var reply = await _transport.SendAsync(HttpMethod.Put, _uris.Make("v1/agent/service/register"), body, true, cancellation).ConfigureAwait(false);
        ExpectOk(in reply, ConsulPermission.ServiceWrite(registration.Name));
    }

    /// <inheritdoc />
    public async Task DeregisterServiceAsync(string serviceId, CancellationToken cancellation)
    {
        var uri = _uris.Make("v1/agent/service/deregister/" + Uri.EscapeDataString(serviceId));
        using var reply = await _transport.SendAsync(HttpMethod.Put, uri, BodyContent.Of(default), true, cancellation).ConfigureAwait(false);
        // From 1.10 on Consul names an unknown service; before, it says nothing.
        if (reply.Status != 404 || reply.Body.IndexOf("Unknown service"u8) < 0)
            ExpectOk(in reply);
    }

    /// <inheritdoc />
    public async Task UpdateCheckAsync(string checkId, CheckStatus status, string? output, CancellationToken cancellation)
    {
        var uri = _uris.Make("v1/agent/check/update/" + Uri.EscapeDataString(checkId));
        var body = BodyContent.Of(AgentJson.Update(status, output));
        using var reply = await _transport.SendAsync(HttpMethod.Put, uri, body, true, cancellation).ConfigureAwait(false);
        ExpectOk(in reply);
    }

    /// <inheritdoc />
    public async Task<ServiceListing> ListServiceAsync(string serviceName, ReadOptions options, CancellationToken cancellation)
    {
        var uri = _uris.Make("v1/health/service/" + Uri.EscapeDataString(serviceName), "", options);
        using var reply = await _transport.ReadAsync(uri, options, ReplyKind.Listing, cancellation).ConfigureAwait(false);
        return new ServiceListing(Parse(in reply, false, ConsulPermission.ServiceRead(serviceName), static json => ServiceJson.List(json)), reply.Index);
    }

    private void ExpectOk(in Reply reply, ConsulPermission? needs = null)
    {
        if (reply.Status != 200)
            throw ReplyFaults.Of(in reply, Address, true, needs);
    }
}
