using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// Walks over the messages that are in the queue and not ready: those in flight, in the order in which they were leased, or those scheduled for later, in
/// the order in which they are due. The names of their entries are read at the beginning, and the entries portion by portion; what was settled, returned or
/// moved meanwhile is left out. Expired ones are not. For one caller at a time.
/// </summary>
/// <param name="context">The queue.</param>
/// <param name="place"><see cref="EntryPlace.InFlight"/> or <see cref="EntryPlace.Scheduled"/>.</param>
internal sealed class HeldWalk(QueueContext context, EntryPlace place)
{
    /// <summary>What is read together, unless a single entry is longer.</summary>
    private const long PortionBytes = 1024 * 1024;

    private List<EntryKey>? _keys;
    private List<ConsulMqException> _strangers = [];
    private int _next;

    /// <summary>The names of all entries that there were, once the walk has begun.</summary>
    public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>Entries that are not looked at; names are never used again, so these are known.</summary>
    public IReadOnlyCollection<string> Known { get; init; } = [];

    /// <summary>Whether nothing has to be told from what the token may not read: one request more.</summary>
    public bool ProvesAbsence { get; init; }

    /// <summary>The next messages. Null: the end.</summary>
    public async Task<WalkedPage?> NextAsync(CancellationToken cancellation)
    {
        _keys ??= await ListAsync(cancellation).ConfigureAwait(false);
        var damage = _strangers;
        _strangers = [];
        var portion = new List<EntryKey>();
        for (long bytes = 0; _next < _keys.Count && portion.Count < EntryReader.PerRead; portion.Add(_keys[_next++]))
        {
            bytes += _keys[_next].Bytes;
            if (bytes > PortionBytes && portion.Count > 0)
                break;
        }

        if (portion.Count == 0)
            return damage.Count > 0 ? new WalkedPage([], damage) : null;
        var spots = new List<Spot>();
        foreach (var entry in await EntryReader.ReadAsync(context, portion, damage, cancellation).ConfigureAwait(false))
        {
            for (var offset = entry.Cursor.First; entry.Messages() is not null && offset < entry.Cursor.End; offset++)
            {
                if (entry.Cursor.Has(offset))
                    spots.Add(new Spot(entry, offset));
            }
        }

        return new WalkedPage(spots, damage);
    }

    private async Task<List<EntryKey>> ListAsync(CancellationToken cancellation)
    {
        var prefix = place == EntryPlace.InFlight ? context.Keys.InFlight : context.Keys.Scheduled;
        var keys = new List<EntryKey>();
        foreach (var name in (await context.Consul.KeysAsync(prefix, null, ReadOptions.Consistent, cancellation).ConfigureAwait(false)).Keys)
        {
            Names.Add(name);
            if (Known.Contains(name))
                continue;
            if (EntryKey.TryParse(context.Keys, name, out var key))
                keys.Add(key);
            else
                _strangers.Add(StoredEntry.Corrupt(name, "its name is not an entry's"));
        }

        // What the token may not read looks like nothing.
        if (ProvesAbsence && Names.Count == 0)
            await context.Index.ProveAbsenceAsync(cancellation).ConfigureAwait(false);
        // Scheduled ones are listed in the order in which they are due.
        if (place == EntryPlace.InFlight)
            keys.Sort(static (a, b) => string.CompareOrdinal(a.Id, b.Id));
        return keys;
    }
}
