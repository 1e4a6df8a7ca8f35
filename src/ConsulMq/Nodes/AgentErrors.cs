using ConsulMq.Consul;
using ConsulMq.Queueing;

namespace ConsulMq.Nodes;

/// <summary>Errors of the agent for the user: most of them are a permission that a token for keys does not have.</summary>
internal static class AgentErrors
{
    /// <summary>A service could not be registered.</summary>
    public static ConsulMqException Register(ConsulException e, string service) => e.Fault switch
    {
        ConsulFault.AclDenied when e.Missing is null => new ConsulMqException(ConsulMqError.AclDenied,
            $"{e.Message} The token needs {ConsulPermission.ServiceWrite(service)}: {ConsulPermission.ServiceWrite(service).Rule}.", e.Address, e),
        ConsulFault.Rejected or ConsulFault.BadReply => new ConsulMqException(ConsulMqError.ConsulError,
            $"{e.Message} The agent at {e.Address} takes no services; is it behind a proxy that lets only a part of Consul's API through (/v1/agent/service/register)?", e.Address, e),
        _ => Errors.From(e),
    };

    /// <summary>The instances of a service could not be listed.</summary>
    public static ConsulMqException List(ConsulException e) => e.Fault == ConsulFault.AclDenied
        ? new ConsulMqException(ConsulMqError.AclDenied, $"{Errors.From(e).Message} To see other nodes it needs node:read as well: node_prefix \"\" {{ policy = \"read\" }}.", e.Address, e)
        : Errors.From(e);
}
