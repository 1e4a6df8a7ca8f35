using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>What all operations on one queue share.</summary>
internal sealed class QueueContext
{
    public QueueContext(IConsul consul, QueueKeys keys, ConnectionSettings settings, IdGenerator ids, SessionKeeper sessions, Func<string, QueueContext> other)
    {
        Consul = consul;
        Keys = keys;
        Settings = settings;
        Ids = ids;
        Committer = new Committer(consul, new LanePool(keys, settings.ClientName, ids, settings.Clock), ids, settings);
        Index = new IndexReader(this);
        Tail = new LogTail(this);
        Sessions = sessions;
        Leases = new LeaseBook(this);
        Settler = new Settler(this);
        Other = other;
        Maintenance = new Maintenance(this);
    }

    public IConsul Consul { get; }

    public QueueKeys Keys { get; }

    public ConnectionSettings Settings { get; }

    public IdGenerator Ids { get; }

    public Committer Committer { get; }

    public IndexReader Index { get; }

    public LogTail Tail { get; }

    /// <summary>The sessions of the connection.</summary>
    public SessionKeeper Sessions { get; }

    public LeaseBook Leases { get; }

    public Settler Settler { get; }

    /// <summary>Another queue of the connection, by its name.</summary>
    public Func<string, QueueContext> Other { get; }

    public Maintenance Maintenance { get; }

    /// <summary>What goes on though nobody waits for it.</summary>
    public BackgroundWork Background { get; } = new();

    public DateTimeOffset Now => Settings.Clock.UtcNow;

    public QueueObject ToQueueObject(Message message, long? position = null, Place? place = null, object? source = null, ConsulMqLease? lease = null) =>
        new(message, Keys.Queue, Settings.BodyReader, position, place, source) { Lease = lease };
}
