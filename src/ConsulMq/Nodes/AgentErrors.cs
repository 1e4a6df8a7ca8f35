using ConsulMq.Consul;
using ConsulMq.Queueing;

namespace ConsulMq.Nodes;

/// <summary>Errors of the agent for the user: most of them are a permission that a token for keys does not have.</summary>
internal static class AgentErrors
{
    /// <summary>A service could not be registered.</summary>
    public static ConsulMqException Register(ConsulException e, string service) => e.Fault switch
    {
        ConsulFault.AclDenied => new ConsulMqException(ConsulMqError.AclDenied,
            $"{e.Message} The token needs the permission service:write on '{service}': service_prefix \"{NodeRecord.Service}\" {{ policy = \"write\" }}.", e.Address, e),
        ConsulFault.Rejected or ConsulFault.BadReply => new ConsulMqException(ConsulMqError.ConsulError,
            $"{e.Message} The agent at {e.Address} takes no services; is it behind a proxy that lets only a part of Consul's API through (/v1/agent/service/register)?", e.Address, e),
        _ => Errors.From(e),
    };

    /// <summary>The instances of a service could not be listed.</summary>
    public static ConsulMqException List(ConsulException e) => e.Fault == ConsulFault.AclDenied
        ? new ConsulMqException(ConsulMqError.AclDenied,
            $"{e.Message} The token needs the permissions service:read on '{NodeRecord.Service}' and node:read: service_prefix \"{NodeRecord.Service}\" {{ policy = \"read\" }} node_prefix \"\" {{ policy = \"read\" }}.", e.Address, e)
        : Errors.From(e);
}
