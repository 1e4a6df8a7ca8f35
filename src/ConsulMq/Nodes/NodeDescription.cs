namespace ConsulMq.Nodes;

/// <summary>What a process says of itself when it connects.</summary>
internal sealed record NodeDescription
{
    /// <summary>The machine's name.</summary>
    public required string Host { get; init; }

    /// <summary>The process's ID on that machine.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The user it runs as.</summary>
    public required string User { get; init; }

    /// <summary>The version of this module.</summary>
    public required string ModuleVersion { get; init; }

    /// <summary>What runs it, with its version: <c>PowerShell 7.4.6</c>.</summary>
    public required string Runtime { get; init; }
}
