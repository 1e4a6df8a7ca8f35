using System.Collections.Concurrent;
using ConsulMq.Consul;
using ConsulMq.Queueing;
using ConsulMq.Storage;

namespace ConsulMq;

/// <summary>A connection to a Consul and the queues in it. All members may be used by many threads at once.</summary>
public sealed partial class ConsulMqConnection : IDisposable
{
    private readonly ConcurrentDictionary<string, (MessageQueue Queue, QueueContext Context)> _queues = new(StringComparer.Ordinal);
    private readonly IdGenerator _ids;
    private readonly SessionKeeper _sessions;
    private readonly string? _datacenter;
    private volatile AgentSelf? _self;
    private int _disposed;

    /// <summary>Makes a connection; nothing is sent before the first operation.</summary>
    /// <param name="consul">The Consul; disposed with the connection.</param>
    /// <param name="settings">How to work.</param>
    /// <exception cref="ArgumentException">The prefix is not a prefix.</exception>
    public ConsulMqConnection(IConsul consul, ConnectionSettings? settings = null)
    {
        Settings = settings ?? new ConnectionSettings();
        if (!Array.TrueForAll(Settings.Prefix.Split('/'), QueueName.IsValid) || Settings.Prefix.Length > 256)
            throw new ArgumentException($"'{QueueName.Printable(Settings.Prefix)}' cannot be a key prefix: each segment between slashes has to be as a queue's name is. {QueueName.Rule}", nameof(settings));
        _datacenter = (consul as HttpConsul)?.Datacenter;
        Consul = new RetryingConsul(consul, Settings.Clock, Settings.Random.NextDouble, new RetryPolicy { Timeout = Settings.Timeout }, ScopeOf);
        _ids = new IdGenerator(Settings.Clock, Settings.Random);
        _sessions = new SessionKeeper(Consul, Settings);
    }

    /// <summary>The Consul that the connection speaks to, retries included. Consul's own errors come out as <see cref="ConsulException"/>.</summary>
    public IConsul Consul { get; }

    /// <summary>How it works.</summary>
    public ConnectionSettings Settings { get; }

    /// <summary>Where Consul is.</summary>
    public string Address => Consul.Address;

    /// <summary>The key prefix under which the queues lie.</summary>
    public string Prefix => Settings.Prefix;

    /// <summary>The queue that is meant where none is named.</summary>
    public string DefaultQueue => Settings.DefaultQueue;

    /// <summary>The datacenter that was asked for, else that of the agent, as it said when it was last asked; null: not asked yet, or the token may not ask.</summary>
    public string? Datacenter => _datacenter ?? _self?.Datacenter;

    /// <summary>The version of Consul, as the agent said when it was last asked; null: not asked yet, or the token may not ask.</summary>
    public string? ConsulVersion => _self?.Version;

    /// <summary>What is wrong with Consul at the moment, while requests are tried again; null: nothing, as far as is known.</summary>
    internal ConsulException? Trouble => ((RetryingConsul)Consul).Trouble;

    /// <summary>Whether it was ended.</summary>
    internal bool IsClosed => Volatile.Read(ref _disposed) != 0;

    /// <summary>A queue, whether it exists yet or not. The same object each time. Nothing is sent.</summary>
    /// <param name="name">Its name; null: the default queue.</param>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.InvalidQueueName"/></exception>
    public MessageQueue Queue(string? name = null)
    {
        return Find(QueueName.Validate(name ?? Settings.DefaultQueue)).Queue;
    }

    /// <summary>Opens an import of what <see cref="QueueExport"/> wrote, or of lines like its. Nothing is read or sent before the first step.</summary>
    /// <param name="source">The lines; stays the caller's. It is read once, from where it stands.</param>
    /// <param name="name">What to call it in errors: the name of the file.</param>
    /// <param name="queue">The queue; null: the one that its first line names, else the default queue.</param>
    /// <param name="wait">How long to wait for room where the queue is full, as <see cref="MessageQueue.OpenPush"/> does it.</param>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.InvalidQueueName"/></exception>
    public QueueImport OpenImport(Stream source, string name, string? queue = null, TimeSpan? wait = null) =>
        new(this, source, name, queue is null ? null : QueueName.Validate(queue), wait);

    /// <summary>The names of all queues that the token may read, in order.</summary>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.AclDenied"/>: there is none, and the token may not read all.</exception>
    public Task<IReadOnlyList<string>> QueueNamesAsync(CancellationToken cancellation) => Errors.Translate(ListAsync(cancellation));

    /// <summary>Asks the agent who it is: one request, to learn early whether the address and the token are right.</summary>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.ConsulUnreachable"/> and its like.</exception>
    public Task<AgentSelf> SelfAsync(CancellationToken cancellation) => Errors.Translate(AskAsync(cancellation));

    /// <summary>Asks for some keys: one request, to learn whether Consul knows the token, whatever that allows.</summary>
    internal Task ProveTokenAsync(CancellationToken cancellation) =>
        Errors.Translate(Consul.KeysAsync(Settings.Prefix + "/", "/", default, cancellation));

    /// <summary>Opens a watch on these queues. Nothing is sent yet.</summary>
    /// <param name="names">Their names; a queue that is not there is shown when it comes.</param>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.InvalidQueueName"/></exception>
    public QueueMonitor OpenMonitor(IEnumerable<string> names) => new(this, [.. names.Select(QueueName.Validate).Distinct(StringComparer.Ordinal)]);

    /// <summary>Opens a watch on all queues with certain names, those included that come later. Nothing is sent yet.</summary>
    /// <param name="match">Tells by its name whether a queue is watched; null: all are.</param>
    public QueueMonitor OpenMonitor(Func<string, bool>? match = null) => new(this, match ?? (static _ => true));

    /// <summary>Ends the connection; what is under way gets a moment to come to its end.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _services.Dispose();
        foreach (var queue in _queues.Values)
            queue.Context.Background.Wait(TimeSpan.FromSeconds(5));
        _sessions.Dispose();
        Consul.Dispose();
    }

    /// <summary>Where Consul is and under which prefix the queues lie.</summary>
    public override string ToString() => $"{Address} ({Settings.Prefix})";

    /// <summary>What the operations on a queue share.</summary>
    internal QueueContext Context(string name) => Find(QueueName.Validate(name)).Context;

    /// <summary>What people grant permissions on: a queue, or all of them.</summary>
    private string ScopeOf(string key)
    {
        var root = Settings.Prefix + "/";
        if (!key.StartsWith(root, StringComparison.Ordinal))
            return key;
        var end = key.IndexOf('/', root.Length);
        return end < 0 ? root : key.Substring(0, end + 1);
    }

    private (MessageQueue Queue, QueueContext Context) Find(string name)
    {
        if (_queues.TryGetValue(name, out var known))
            return known;
        var context = new QueueContext(Consul, new QueueKeys(Settings.Prefix, name), Settings, _ids, _sessions, Context);
        return _queues.GetOrAdd(name, (new MessageQueue(context), context));
    }

    private async Task<AgentSelf> AskAsync(CancellationToken cancellation) =>
        _self = await Consul.SelfAsync(cancellation).ConfigureAwait(false);

    private async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation)
    {
        var root = Settings.Prefix + "/";
        var listing = await Consul.KeysAsync(root, "/", ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        var names = new List<string>();
        // A removed queue leaves its receipts behind: what has a tail is a queue.
        for (var start = 0; start < listing.Keys.Count; start += ConsulLimits.OperationsPerTransaction)
        {
            var operations = listing.Keys.Skip(start).Take(ConsulLimits.OperationsPerTransaction)
                .Where(static key => key.EndsWith("/", StringComparison.Ordinal))
                .Select(static key => KvOperation.GetTree(key + "_index/tail")).ToList();
            if (operations.Count == 0)
                continue;
            var result = await Consul.TransactAsync(operations, ReadConsistency.Consistent, cancellation).ConfigureAwait(false);
            names.AddRange(result.Pairs
                .Where(static pair => pair.Key.EndsWith("/_index/tail", StringComparison.Ordinal))
                .Select(pair => pair.Key.Substring(root.Length, pair.Key.Length - root.Length - "/_index/tail".Length))
                // Anybody who may write keys may write any: what cannot be a queue does not stand in the way of those that are.
                .Where(QueueName.IsValid));
        }

        // Consul leaves out what a token may not read, without a word: asked for a key, it says so.
        if (names.Count == 0)
            await Consul.GetAsync(root, ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
