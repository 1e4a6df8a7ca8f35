namespace ConsulMq.Consul;

/// <summary>A key of Consul's KV store with all that belongs to it.</summary>
public sealed record KvPair
{
    /// <summary>The whole key.</summary>
    public required string Key { get; init; }

    /// <summary>The value; empty if there is none.</summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>An opaque number that the writer set; 0 unless set.</summary>
    public ulong Flags { get; init; }

    /// <summary>The Raft index at which the key came to be.</summary>
    public ulong CreateIndex { get; init; }

    /// <summary>The Raft index of the last change.</summary>
    public ulong ModifyIndex { get; init; }

    /// <summary>How often the key was locked.</summary>
    public ulong LockIndex { get; init; }

    /// <summary>The session that holds the key, if any.</summary>
    public string? Session { get; init; }
}
