using ConsulMq.Consul.Http;

namespace ConsulMq.Consul;

public sealed partial class HttpConsul
{
    private volatile bool _isTenancyProved;

    /// <summary>
    /// Sees to it once that there are namespaces here: the open edition ignores them in transactions, and would mix up the queues of those who trust in them.
    /// </summary>
    private async Task ProveTenancyAsync(CancellationToken cancellation)
    {
        if (_isTenancyProved || !_tenancy.IsSet)
            return;
        try
        {
            using var reply = await _transport.ReadAsync(KeyUri("consulmq"), default, ReplyKind.Single, cancellation).ConfigureAwait(false);
            // That there is no such key, or that the token may not read it, says that the namespace was looked at.
            if (reply.Status is not (200 or 403 or 404))
                throw ReplyFaults.Of(in reply, Address, false);
        }
        catch (ConsulException e) when (Tenancy.Problem(e) is { } problem)
        {
            throw problem;
        }

        _isTenancyProved = true;
    }
}
