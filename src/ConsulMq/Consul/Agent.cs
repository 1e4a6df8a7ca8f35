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

    /// <summary>Its TTL checks.</summary>
    public IReadOnlyList<TtlCheck> Checks { get; init; } = [];
}

/// <summary>A health check that is reported by whoever registered it, and turns critical when nobody reports in time.</summary>
public sealed record TtlCheck
{
    /// <summary>Unique at the agent.</summary>
    public required string Id { get; init; }

    /// <summary>What it is called, for people; null: Consul makes a name of the service's.</summary>
    public string? Name { get; init; }

    /// <summary>What it means, for people.</summary>
    public string? Notes { get; init; }

    /// <summary>How long it stays as it was reported; then it turns critical.</summary>
    public required TimeSpan Ttl { get; init; }

    /// <summary>Its state until it is reported for the first time. One that the agent knows already keeps the state it has.</summary>
    public CheckStatus Status { get; init; } = CheckStatus.Critical;

    /// <summary>
    /// Its service vanishes, with all of its checks, after this one was critical for so long, for whatever reason (at least a minute; Consul looks every
    /// 30 seconds); zero: never.
    /// </summary>
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
public sealed record ServiceInstance(string Id, string Name, string Node, string Address, IReadOnlyList<string> Tags, IReadOnlyDictionary<string, string> Meta, CheckStatus Status, string Output)
{
    /// <summary>The worst state among checks, and what the first of them that is in it has to say.</summary>
    internal static (CheckStatus Status, string Output) Worst(IEnumerable<(CheckStatus Status, string Output)> checks)
    {
        var worst = (Status: CheckStatus.Passing, Output: "");
        foreach (var check in checks)
        {
            if (check.Status > worst.Status || (check.Status == worst.Status && worst.Output.Length == 0))
                worst = check;
        }

        return worst;
    }
}

/// <summary>The instances of a service.</summary>
/// <param name="Instances">All of them.</param>
/// <param name="Index">The index to block on.</param>
public sealed record ServiceListing(IReadOnlyList<ServiceInstance> Instances, ulong Index);
