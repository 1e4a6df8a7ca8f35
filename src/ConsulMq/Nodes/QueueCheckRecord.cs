using ConsulMq.Consul;

namespace ConsulMq.Nodes;

/// <summary>
/// How the check of a queue is stored: an instance of a service of its own, with two checks. One says how the queue is; it may be critical for as long as the
/// queue is, so Consul never removes the service for it. The other one says that whoever watches is alive; for that one it does.
/// </summary>
internal static class QueueCheckRecord
{
    /// <summary>The service's name.</summary>
    public const string Service = "consulmq-queue";

    /// <summary>The place of the queue's own check among those of the service.</summary>
    public const int State = 1;

    /// <summary>The registration.</summary>
    public static ServiceRegistration Of(string queue, ConnectionSettings settings)
    {
        var id = NodeId.New($"{Service}-{queue}", settings);
        var meta = new Dictionary<string, string>
        {
            ["queue"] = MetaText.Clip(queue),
            ["prefix"] = MetaText.Clip(settings.Prefix),
            ["client"] = MetaText.Clip(settings.ClientName),
        };
        return new ServiceRegistration
        {
            Id = id,
            Name = Service,
            Meta = meta,
            Checks =
            [
                NodeRecord.Alive(id, settings),
                new TtlCheck
                {
                    Id = id + "-state",
                    Name = $"ConsulMq queue '{queue}'",
                    Notes = $"Under the key prefix {settings.Prefix}/{queue}/. Its state is up to date; its text, where the state has not changed, may be some minutes old.",
                    Ttl = settings.CheckTtl,
                },
            ],
        };
    }
}
