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
            $"{e.Message} The token needs {ConsulPermission.ServiceWrite(service)}.", e.Address, e)
        {
            RecommendedAction = $"Add the rule {ConsulPermission.ServiceWrite(service).Rule} to its policy, or use another token (Connect-ConsulMq -Token).",
        },
        ConsulFault.Rejected or ConsulFault.BadReply => new ConsulMqException(ConsulMqError.ConsulError,
            $"{e.Message} The agent at {e.Address} takes no services.", e.Address, e)
        {
            RecommendedAction = "Is it behind a proxy that lets only a part of Consul's API through (/v1/agent/service/register)?",
        },
        _ => Errors.From(e),
    };

    /// <summary>The instances of a service could not be listed.</summary>
    public static ConsulMqException List(ConsulException e)
    {
        var error = Errors.From(e);
        return error.Error != ConsulMqError.AclDenied ? error : new ConsulMqException(ConsulMqError.AclDenied, error.Problem, e.Address, e)
        {
            RecommendedAction = $"{error.RecommendedAction} To see other nodes it needs node:read as well: node_prefix \"\" {{ policy = \"read\" }}.",
        };
    }
}
