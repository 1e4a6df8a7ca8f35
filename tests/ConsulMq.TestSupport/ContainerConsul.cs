using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;

namespace ConsulMq.TestSupport;

/// <summary>A Consul in a container.</summary>
internal sealed class ContainerConsul : IConsulInstance
{
    private const string Image = "hashicorp/consul:1.18";
    private const ushort Port = 8500;

    private readonly IContainer _container;

    private ContainerConsul(IContainer container) => _container = container;

    public string Address => $"http://{_container.Hostname}:{_container.GetMappedPublicPort(Port)}";

    public string Origin => $"container of {Image}";

    public static async Task<IConsulInstance> StartAsync(CancellationToken cancellationToken)
    {
        IContainer container = new ContainerBuilder(Image)
            .WithPortBinding(Port, assignRandomHostPort: true)
            .WithCommand("agent", "-dev", "-client=0.0.0.0")
            .Build();
        try
        {
            await container.StartAsync(cancellationToken);
            var consul = new ContainerConsul(container);
            await Readiness.WaitAsync(consul.Address, token: null, cancellationToken);
            return consul;
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _container.DisposeAsync();
}
