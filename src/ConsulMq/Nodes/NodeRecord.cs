using System.Globalization;
using ConsulMq.Consul;
using ConsulMq.Internal;

namespace ConsulMq.Nodes;

/// <summary>How a node is stored: as an instance of a service, with what it says of itself as metadata.</summary>
internal static class NodeRecord
{
    /// <summary>The service's name.</summary>
    public const string Service = "consulmq";

    private const string Host = "host";
    private const string Process = "process";
    private const string User = "user";
    private const string Version = "version";
    private const string Runtime = "runtime";
    private const string Queue = "queue";
    private const string Prefix = "prefix";
    private const string Connected = "connected";

    /// <summary>The registration of a connection.</summary>
    public static ServiceRegistration Of(NodeDescription node, ConnectionSettings settings)
    {
        var id = NodeId.New(Service, settings);
        return new ServiceRegistration
        {
            Id = id,
            Name = Service,
            Meta = new Dictionary<string, string>
            {
                [Host] = MetaText.Clip(node.Host),
                [Process] = node.ProcessId.ToString(CultureInfo.InvariantCulture),
                [User] = MetaText.Clip(node.User),
                [Version] = MetaText.Clip(node.ModuleVersion),
                [Runtime] = MetaText.Clip(node.Runtime),
                [Queue] = MetaText.Clip(settings.DefaultQueue),
                [Prefix] = MetaText.Clip(settings.Prefix),
                [Connected] = settings.Clock.UtcNow.ToString("o", CultureInfo.InvariantCulture),
            },
            Checks = [Alive(id, settings)],
        };
    }

    /// <summary>The check by which a process says that it lives. A minute after it has stopped to, Consul removes its service.</summary>
    public static TtlCheck Alive(string serviceId, ConnectionSettings settings) => new()
    {
        Id = serviceId + "-alive",
        Name = "ConsulMq process is alive",
        Notes = "The process reports this itself. Critical: it has died without saying good-bye, or does not reach its agent.",
        Ttl = settings.CheckTtl,
        Status = CheckStatus.Passing,
        DeregisterCriticalAfter = TimeSpan.FromMinutes(1),
    };

    /// <summary>What an instance of the service says. Whatever anybody has registered there, this does not fail.</summary>
    public static ConsulMqNode Read(ServiceInstance instance) => new()
    {
        Id = instance.Id,
        Host = Text(instance, Host) ?? instance.Node,
        ProcessId = int.TryParse(Text(instance, Process), NumberStyles.None, CultureInfo.InvariantCulture, out var process) ? process : null,
        User = Text(instance, User),
        ModuleVersion = Text(instance, Version),
        Runtime = Text(instance, Runtime),
        DefaultQueue = Text(instance, Queue),
        Prefix = Text(instance, Prefix),
        Node = instance.Node,
        Address = instance.Address,
        Status = instance.Status,
        Output = instance.Output,
        ConnectedAt = DateTimeOffset.TryParseExact(Text(instance, Connected), "o", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at) ? at : null,
    };

    private static string? Text(ServiceInstance instance, string name) => instance.Meta.TryGetValue(name, out var text) ? PlainText.Shown(text) : null;
}
