using ConsulMq.Queueing;

namespace ConsulMq;

/// <summary>Several queues, as they were read one after the other.</summary>
/// <param name="Queues">Those that are there, by name.</param>
/// <param name="Problems">Why others could not be read: somebody damaged them, or a newer version made them.</param>
public sealed record QueueFigures(IReadOnlyList<ConsulMqQueue> Queues, IReadOnlyList<ConsulMqException> Problems);

/// <summary>
/// Watches queues without polling: reads them, then blocks until something in them changes, and reads them again, at most twice a second. A few named
/// queues are watched by what every write to them touches, which costs Consul nothing whatever their depth; many, or those of a pattern, by one query
/// on the prefix of all, for which Consul walks through the names of all keys under it at each change. For one caller at a time.
/// </summary>
public sealed class QueueMonitor : IDisposable
{
    /// <summary>More queues are watched as one. Each takes four or five blocking queries, and Consul lets a client have 200 connections.</summary>
    private const int MostNamed = 8;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(500);

    /// <summary>After this time without a change rates are read once more, until they are zero.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    /// <summary>A Consul that has gone without a word is noticed after this time.</summary>
    private static readonly TimeSpan LongestBlock = TimeSpan.FromSeconds(30);

    private readonly ConsulMqConnection _connection;
    private readonly string[]? _names;
    private readonly Func<string, bool>? _match;
    private readonly WatchSet _watches;
    private TimeSpan _readAt;
    private TimeSpan _readTook;
    private bool _isSettling;
    private bool _hasRead;

    internal QueueMonitor(ConsulMqConnection connection, string[] names)
        : this(connection, names, null)
    {
    }

    internal QueueMonitor(ConsulMqConnection connection, Func<string, bool> match)
        : this(connection, null, match)
    {
    }

    private QueueMonitor(ConsulMqConnection connection, string[]? names, Func<string, bool>? match)
    {
        _connection = connection;
        _names = names;
        _match = match;
        _watches = new WatchSet(connection.Consul, connection.Settings.Clock, LongestBlock);
    }

    /// <summary>
    /// Reads the queues: at once the first time, and then when something has changed. After an error it can be called again, and begins anew.
    /// </summary>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ConsulMqException">Consul is away, or denies access.</exception>
    public Task<QueueFigures> NextAsync(CancellationToken cancellation) => Errors.Translate(ReadNextAsync(cancellation));

    /// <summary>Ends it.</summary>
    public void Dispose() => _watches.Dispose();

    private bool IsNamed => _names is { Length: <= MostNamed };

    private async Task<QueueFigures> ReadNextAsync(CancellationToken cancellation)
    {
        var clock = _connection.Settings.Clock;
        // After an error the next call looks at once.
        var hasRead = _hasRead;
        _hasRead = false;
        if (hasRead)
        {
            await _watches.BlockAsync(_isSettling ? Settling : LongestBlock, cancellation).ConfigureAwait(false);
            // Where reading is slow, Consul has as much time again for others.
            var pause = (_readTook > Shortest ? _readTook : Shortest) - (clock.Elapsed - _readAt);
            if (pause > TimeSpan.Zero)
                await clock.Delay(pause, cancellation).ConfigureAwait(false);
        }

        _watches.Rearm();
        await ArmAsync(cancellation).ConfigureAwait(false);
        var started = clock.Elapsed;
        var figures = await ReadAsync(cancellation).ConfigureAwait(false);
        _readAt = clock.Elapsed;
        _readTook = _readAt - started;
        _isSettling = figures.Queues.Any(static queue => queue.PushRate > 0 || queue.PopRate > 0);
        _hasRead = true;
        return figures;
    }

    private async Task<QueueFigures> ReadAsync(CancellationToken cancellation)
    {
        var names = _names ?? await _connection.QueueNamesAsync(cancellation).ConfigureAwait(false);
        var queues = new List<ConsulMqQueue>();
        var problems = new List<ConsulMqException>();
        foreach (var name in names)
        {
            if (_match?.Invoke(name) == false)
                continue;
            try
            {
                if (await _connection.Queue(name).SummaryAsync(cancellation).ConfigureAwait(false) is { } queue)
                    queues.Add(queue);
            }
            catch (ConsulMqException e) when (e.Error is ConsulMqError.CorruptEntry or ConsulMqError.UnsupportedLayout or ConsulMqError.InvalidQueueName)
            {
                problems.Add(e);
            }
        }

        return new QueueFigures(queues, problems);
    }

    /// <summary>Takes the blocking indexes, before anything is looked at.</summary>
    private async Task ArmAsync(CancellationToken cancellation)
    {
        if (!IsNamed)
        {
            // Cut behind the queues' names, or the answer would have all keys.
            await _watches.SetAsync([_connection.Prefix + "/"], "/", cancellation).ConfigureAwait(false);
            return;
        }

        var contexts = Array.ConvertAll(_names!, _connection.Context);
        await _watches.SetAsync(Prefixes(contexts), null, cancellation).ConfigureAwait(false);
        // The tails as of the index's watch or later: if one moves again, that watch tells.
        foreach (var context in contexts)
        {
            await ReadTailAsync(context, cancellation).ConfigureAwait(false);
            await ReadTailAsync(DeadLettersOf(context), cancellation).ConfigureAwait(false);
        }

        await _watches.SetAsync(Prefixes(contexts), null, cancellation).ConfigureAwait(false);
    }

    private static HashSet<string> Prefixes(QueueContext[] contexts) => new(contexts.SelectMany(PrefixesOf), StringComparer.Ordinal);

    private static async Task ReadTailAsync(QueueContext context, CancellationToken cancellation)
    {
        try
        {
            await context.Index.ReadAsync(cancellation).ConfigureAwait(false);
        }
        catch (ConsulMqException)
        {
            // It is told when the queue itself is read.
        }
    }

    /// <summary>
    /// What writes touch: every transaction of this protocol writes a receipt of the queue, but what is moved in from another queue writes that of the
    /// other. That shows at the page of the tail, and at the index where the page is a new one. Dead letters that are taken show in their own receipts.
    /// </summary>
    private static IEnumerable<string> PrefixesOf(QueueContext context)
    {
        yield return context.Keys.Index;
        yield return context.Keys.Receipts;
        if (context.Index.CachedTail is { } tail)
            yield return context.Keys.Page(tail.Page);
        var dead = DeadLettersOf(context);
        if (dead != context && dead.Index.CachedTail is not null)
            yield return dead.Keys.Receipts;
    }

    private static QueueContext DeadLettersOf(QueueContext context) => context.Other(DeadLetters.QueueOf(context.Keys.Queue));
}
