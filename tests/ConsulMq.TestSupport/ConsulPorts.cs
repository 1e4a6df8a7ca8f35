namespace ConsulMq.TestSupport;

/// <summary>The ports of a Consul agent, on the loopback address.</summary>
internal sealed record ConsulPorts(int Http, int Server, int SerfLan, int SerfWan)
{
    /// <summary>Ports that are free at this moment.</summary>
    public static ConsulPorts Pick() => Pick(1)[0];

    /// <summary>The same for several agents.</summary>
    public static ConsulPorts[] Pick(int agents) =>
        [.. LoopbackPorts.Pick(4 * agents).Chunk(4).Select(static ports => new ConsulPorts(ports[0], ports[1], ports[2], ports[3]))];
}
