namespace ConsulMq;

/// <summary>A local Consul for development, with its data in memory. It ends with <c>Stop-ConsulMqDevAgent</c>, with its runspace, and with this process.</summary>
public sealed class ConsulMqDevAgent
{
    private readonly DevAgent.AgentProcess _process;

    internal ConsulMqDevAgent(DevAgent.AgentProcess process, string address, string version, string path, string datacenter)
    {
        _process = process;
        Address = address;
        Version = version;
        Path = path;
        Datacenter = datacenter;
    }

    /// <summary>Where it listens, for <c>Connect-ConsulMq -Address</c>. Its UI is there too.</summary>
    public string Address { get; }

    /// <summary>The process ID of Consul.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Consul's version.</summary>
    public string Version { get; }

    /// <summary>The program that runs.</summary>
    public string Path { get; }

    /// <summary>Its datacenter.</summary>
    public string Datacenter { get; }

    /// <summary>Whether it runs.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>The address.</summary>
    public override string ToString() => Address;

    internal void Stop() => _process.Stop();
}
