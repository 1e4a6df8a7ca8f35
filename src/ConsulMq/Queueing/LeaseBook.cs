using System.Collections.Concurrent;
using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>The leases that this client knows in one queue: those it took, and those of others of which it settles messages.</summary>
internal sealed class LeaseBook(QueueContext context)
{
    private readonly ConcurrentDictionary<string, (StoredEntry? Entry, LeaseSession? Session)> _leases = new(StringComparer.Ordinal);

    /// <summary>So long a session counts as marked: then its mark is written again, in case somebody has deleted it by hand.</summary>
    private static readonly TimeSpan MarkLasts = TimeSpan.FromSeconds(10);

    private readonly ConcurrentBag<LeaseEntry> _entries = [];
    private volatile Mark? _mark;

    /// <summary>An empty entry to encode a lease into.</summary>
    public LeaseEntry RentEntry() => _entries.TryTake(out var entry) ? entry : new LeaseEntry();

    /// <summary>Gives back an entry that nothing reads any more.</summary>
    public void ReturnEntry(LeaseEntry entry)
    {
        entry.Clear();
        _entries.Add(entry);
    }

    /// <summary>
    /// Whether the session is known to have its key under <c>s/</c> in this queue. In a queue that was removed, and came to be anew, it has none: its
    /// settings have another ModifyIndex then, and a claim by what was known before is refused.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="info">The ModifyIndex of the queue's settings.</param>
    public bool IsMarked(LeaseSession session, ulong info) =>
        _mark is { } mark && mark.Session == session && mark.Info == info && context.Settings.Clock.Elapsed - mark.At < MarkLasts;

    /// <summary>Notes that the session has its key.</summary>
    public void Marked(LeaseSession session, ulong info) => _mark = new Mark(session, info, context.Settings.Clock.Elapsed);

    /// <summary>Notes a lease that was just taken.</summary>
    public void Add(LeaseSession session, StoredEntry lease)
    {
        session.Hold();
        _leases[lease.Key.Key] = (lease, session);
    }

    /// <summary>A lease as far as it is known; null: it is not.</summary>
    public StoredEntry? Find(string key) => _leases.TryGetValue(key, out var known) ? known.Entry : null;

    /// <summary>What is known of a lease may be wrong, and has to be read anew; this process may hold it all the same.</summary>
    public void Doubt(string key)
    {
        if (_leases.TryGetValue(key, out var known))
            _leases[key] = (null, known.Session);
    }

    /// <summary>Forgets a lease: all is settled, or it is over.</summary>
    public void Forget(string key)
    {
        if (_leases.TryRemove(key, out var known))
            known.Session?.Release();
    }

    /// <summary>Reads leases, never stale. What is not there, or not held by its session any more, is left out.</summary>
    public async Task ReadAsync(IReadOnlyList<ReceiptHandle> handles)
    {
        for (var start = 0; start < handles.Count; start += EntryReader.PerRead)
        {
            var part = handles.Skip(start).Take(EntryReader.PerRead).ToList();
            var operations = new List<KvOperation>(part.Count * 2);
            foreach (var handle in part)
                EntryReader.AddTo(operations, handle.Lease);

            var result = await context.Consul.TransactAsync(operations, ReadConsistency.Consistent, CancellationToken.None).ConfigureAwait(false);
            foreach (var handle in part)
            {
                var key = handle.Lease.Key;
                if (EntryReader.TakeLease(result.Pairs, handle.Lease, handle.Session) is { } entry)
                    _leases[key] = (entry, _leases.TryGetValue(key, out var known) ? known.Session : null);
                else
                    Forget(key);
            }
        }
    }

    private sealed record Mark(LeaseSession Session, ulong Info, TimeSpan At);
}
