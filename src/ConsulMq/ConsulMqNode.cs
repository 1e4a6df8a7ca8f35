using ConsulMq.Consul;

namespace ConsulMq;

/// <summary>A connection of some process to Consul, as that process said when it connected, and how it is.</summary>
public sealed record ConsulMqNode
{
    /// <summary>Its ID at its agent: the instance of service <c>consulmq</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The machine that the process runs on.</summary>
    public required string Host { get; init; }

    /// <summary>The process's ID there; null: it does not say.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The user that it runs as.</summary>
    public string? User { get; init; }

    /// <summary>Its version of this module.</summary>
    public string? ModuleVersion { get; init; }

    /// <summary>What runs it, with its version: <c>PowerShell 7.4.6</c>.</summary>
    public string? Runtime { get; init; }

    /// <summary>The queue that it means where it names none.</summary>
    public string? DefaultQueue { get; init; }

    /// <summary>The key prefix under which its queues lie.</summary>
    public string? Prefix { get; init; }

    /// <summary>The Consul node at whose agent it is registered.</summary>
    public required string Node { get; init; }

    /// <summary>That node's address.</summary>
    public required string Address { get; init; }

    /// <summary>
    /// <see cref="CheckStatus.Critical"/>: the process has died, or does not reach its agent any more, or the agent is gone. Consul removes it one to two
    /// minutes later.
    /// </summary>
    public required CheckStatus Status { get; init; }

    /// <summary>What the check in that state says.</summary>
    public required string Output { get; init; }

    /// <summary>When it connected, by its own clock; null: it does not say.</summary>
    public DateTimeOffset? ConnectedAt { get; init; }

    /// <summary>Its ID.</summary>
    public override string ToString() => Id;
}
