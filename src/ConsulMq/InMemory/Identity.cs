namespace ConsulMq.InMemory;

/// <summary>What the model calls itself.</summary>
internal static class Identity
{
    public const string Address = "in-memory";
    public const string Node = "in-memory";
    public const string NodeAddress = "127.0.0.1";
    public const string Datacenter = "dc1";
    public const string Version = "in-memory";
}
