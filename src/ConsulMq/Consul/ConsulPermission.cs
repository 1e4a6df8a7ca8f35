namespace ConsulMq.Consul;

/// <summary>What a token has to be allowed for a request.</summary>
/// <param name="Access">The permission, as Consul calls it: <c>key:read</c>, <c>key:write</c>, <c>session:write</c>, <c>service:write</c>, ...</param>
/// <param name="Resource">On what: a key, a prefix of keys (it ends with a slash), the name of a service; null: on the node of the agent.</param>
public sealed record ConsulPermission(string Access, string? Resource)
{
    /// <summary>To read a key, or the keys with a prefix.</summary>
    public static ConsulPermission KeyRead(string key) => new("key:read", key);

    /// <summary>To write a key, or the keys with a prefix.</summary>
    public static ConsulPermission KeyWrite(string key) => new("key:write", key);

    /// <summary>To make, renew and end sessions on the node of the agent.</summary>
    public static ConsulPermission SessionWrite { get; } = new("session:write", null);

    /// <summary>To see the sessions of the node of the agent.</summary>
    public static ConsulPermission SessionRead { get; } = new("session:read", null);

    /// <summary>To ask the agent who it is.</summary>
    public static ConsulPermission AgentRead { get; } = new("agent:read", null);

    /// <summary>To register a service with this name, and to report its checks.</summary>
    public static ConsulPermission ServiceWrite(string service) => new("service:write", service);

    /// <summary>To see the instances of a service. Their nodes have to be readable too.</summary>
    public static ConsulPermission ServiceRead(string service) => new("service:read", service);

    /// <summary>Whether it is about keys.</summary>
    public bool IsKey => Access.StartsWith("key:", StringComparison.Ordinal);

    /// <summary>The rule that gives it, as a policy has it.</summary>
    public string Rule
    {
        get
        {
            var mark = Access.IndexOf(':');
            var kind = Access.Substring(0, mark);
            var policy = Access.Substring(mark + 1);
            // What ends with a slash holds keys; all else is one thing. The name of the agent's node is not ours to know.
            var isPrefix = Resource is null || IsKey && Resource.EndsWith("/", StringComparison.Ordinal);
            return $"{kind}{(isPrefix ? "_prefix" : "")} \"{Resource}\" {{ policy = \"{policy}\" }}";
        }
    }

    /// <summary><c>key:write on 'consulmq/jobs/'</c>.</summary>
    public override string ToString() => Resource is null ? $"{Access} on the agent's node" : $"{Access} on '{Resource}'";
}
