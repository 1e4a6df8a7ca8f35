namespace ConsulMq.Consul;

/// <summary>What an agent says of itself.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Datacenter">The datacenter it belongs to.</param>
/// <param name="Version">Consul's version, like <c>1.8.7</c>.</param>
/// <param name="IsServer">Whether it is a server.</param>
public sealed record AgentSelf(string Node, string Datacenter, string Version, bool IsServer);

/// <summary>The state of a health check.</summary>
public enum CheckStatus
{
    /// <summary>All is well.</summary>
    Passing,

    /// <summary>Something needs attention.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Critical,
}

/// <summary>A service to register at the local agent.</summary>
public sealed record ServiceRegistration
{
    /// <summary>Unique at the agent.</summary>
    public required string Id { get; init; }

    /// <summary>The service's name.</summary>
    public required string Name { get; init; }

    /// <summary>Tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Metadata: short strings by name.</summary>
    public IReadOnlyDictionary<string, string> Meta { get; init; } = new Dictionary<string, string>();

    /// <summary>ID of its TTL check; null: no check.</summary>
    public string? CheckId { get; init; }

    /// <summary>How long the check stays as it was reported; then it turns critical.</summary>
    public TimeSpan CheckTtl { get; init; }

    /// <summary>The service vanishes after it was critical for this long (at least a minute); zero: never.</summary>
    public TimeSpan DeregisterCriticalAfter { get; init; }
}

/// <summary>One instance of a service.</summary>
/// <param name="Id">Its ID at its agent.</param>
/// <param name="Name">The service's name.</param>
/// <param name="Node">The node it is registered at.</param>
/// <param name="Address">The node's address.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Meta">Its metadata.</param>
/// <param name="Status">The worst state among its checks.</param>
/// <param name="Output">What the check in that state says.</param>
public sealed record ServiceInstance(string Id, string Name, string Node, string Address, IReadOnlyList<string> Tags, IReadOnlyDictionary<string, string> Meta, CheckStatus Status, string Output);

/// <summary>The instances of a service.</summary>
/// <param name="Instances">All of them.</param>
/// <param name="Index">The index to block on.</param>
public sealed record ServiceListing(IReadOnlyList<ServiceInstance> Instances, ulong Index);
