using ConsulMq.Consul;
using ConsulMq.Diagnostics;
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
        FrontPack = new FrontPack(keys);
        Sessions = sessions;
        Leases = new LeaseBook(this);
        Settler = new Settler(this);
        Other = other;
        Maintenance = new Maintenance(this);
        DamagedBodies = new DamagedBodies(settings.Clock);
        Telemetry = new Telemetry(consul.Address, keys.Queue);
    }

    public IConsul Consul { get; }

    public QueueKeys Keys { get; }

    public ConnectionSettings Settings { get; }

    public IdGenerator Ids { get; }

    public Committer Committer { get; }

    public IndexReader Index { get; }

    public LogTail Tail { get; }

    /// <summary>What this client inserted last.</summary>
    public FrontPack FrontPack { get; }

    /// <summary>The sessions of the connection.</summary>
    public SessionKeeper Sessions { get; }

    public LeaseBook Leases { get; }

    public Settler Settler { get; }

    /// <summary>Another queue of the connection, by its name.</summary>
    public Func<string, QueueContext> Other { get; }

    public Maintenance Maintenance { get; }

    /// <summary>The big bodies that cannot be read.</summary>
    public DamagedBodies DamagedBodies { get; }

    /// <summary>What those are told who listen to the library.</summary>
    public Telemetry Telemetry { get; }

    /// <summary>How fast messages come and go, from look to look.</summary>
    public RateMeter Rates { get; } = new();

    /// <summary>What goes on though nobody waits for it.</summary>
    public BackgroundWork Background { get; } = new();

    public DateTimeOffset Now => Settings.Clock.UtcNow;

    /// <param name="message">The message.</param>
    /// <param name="place">Where it was, if it may go back there.</param>
    /// <param name="source">The object that its body was made of.</param>
    /// <param name="open">Where its body comes from, if that is not in the message.</param>
    /// <param name="lease">The lease on it.</param>
    public QueueObject ToQueueObject(
        Message message, Place? place = null, object? source = null, BodySource? open = null, ConsulMqLease? lease = null) =>
        new(message, Keys.Queue, Settings.BodyReader, null, place, source) { Lease = lease, BodySource = open };

    /// <summary>A message that somebody looked at.</summary>
    public QueueObject ToQueueObject(Message message, Spot spot, MessageState state = MessageState.Ready) =>
        new(message, Keys.Queue, Settings.BodyReader, spot.Position, spot.Entry.PlaceOf(spot.Offset)) { SeenIn = spot.Entry.Key, State = state };

    /// <summary>A message that was taken, with its body where that was read for it.</summary>
    public QueueObject ToQueueObject(Message message, Place place, LoadedBody? loaded, ConsulMqLease? lease = null)
    {
        if (loaded is null)
            return ToQueueObject(message, place: place, lease: lease);
        if (loaded.Body is { } body)
            return ToQueueObject(message with { Body = body, HasBody = true }, place: place, lease: lease);
        return new QueueObject(message, Keys.Queue, Settings.BodyReader, null, place, loaded.Place!.Accept())
        {
            Lease = lease,
            BodySource = loaded.ToSource(message.Blob?.Kind ?? BodyReference.KindOf(message.Body)),
            Kept = loaded.Place,
        };
    }
}
