namespace ConsulMq.TestSupport;

/// <summary>A Consul that somebody else runs.</summary>
internal sealed class ExternalConsul(string address) : IConsulInstance
{
    public string Address { get; } = address.Contains("://", StringComparison.Ordinal) ? address : "http://" + address;

    public string Origin => ConsulSource.AddressVariable;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
