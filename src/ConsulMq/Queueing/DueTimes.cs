using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>An entry that is scheduled.</summary>
/// <param name="Due">When, in milliseconds since 1970.</param>
/// <param name="Key">Its key.</param>
internal readonly record struct DueEntry(long Due, EntryKey Key);

/// <summary>
/// What a client knows of a queue's due times, from listings of keys: the next entries, each by its key, and of what comes later the spans of time in which
/// there is something. Immutable.
/// </summary>
internal sealed class DueTimes
{
    /// <summary>So many entries are known by their keys, and as many more as are due at the same moment as the last of them.</summary>
    private const int MostEntries = 512;

    /// <summary>Known before anything was listed.</summary>
    public static readonly DueTimes Nothing = new();

    private DueTimes()
    {
    }

    /// <summary>The signal under which this was listed: with another one, somebody has scheduled since.</summary>
    public ulong Signal { get; private init; }

    /// <summary>When it was listed, on the clock that never goes back.</summary>
    public TimeSpan ListedAt { get; private init; }

    /// <summary>When everything was listed, on the clock that never goes back; null: never.</summary>
    public TimeSpan? ListedAllAt { get; private init; }

    /// <summary>All entries that are due before <see cref="Until"/>, the next one first.</summary>
    public IReadOnlyList<DueEntry> Entries { get; private init; } = [];

    /// <summary>The end of what is known entry by entry, in milliseconds since 1970.</summary>
    public long Until { get; private init; }

    /// <summary>The spans from <see cref="Until"/> on in which there is something.</summary>
    private SortedSet<long> Later { get; init; } = [];

    /// <summary>Whether there is nothing outside those spans. Not so once somebody has scheduled: of several signals only the last one is seen.</summary>
    private bool KnowsAllLater { get; init; }

    /// <summary>When the time comes to list again though nobody has scheduled; null: never.</summary>
    public long? NextListing => !KnowsAllLater ? Until : Later.Count > 0 ? Math.Max(Until, Later.Min << QueueKeys.DueSpanBits) : null;

    /// <summary>When the next thing is to be done.</summary>
    public long? Next => Entries.Count > 0 ? Entries[0].Due : NextListing;

    /// <summary>What a listing of everything gives.</summary>
    /// <param name="found">All entries.</param>
    /// <param name="end">The end of what is to be known entry by entry: the beginning of a span.</param>
    /// <param name="signal">The signal as it was read before.</param>
    /// <param name="now">The time, on the clock that never goes back.</param>
    public static DueTimes FromAll(List<DueEntry> found, long end, ulong signal, TimeSpan now) =>
        From(found, end, [], knowsAllLater: true, signal, now, now);

    /// <summary>What a listing of some spans gives. What was known of earlier spans, and of later ones, stays known.</summary>
    /// <param name="found">The entries of those spans, and of the signal's own if that lies before them.</param>
    /// <param name="start">The beginning of the first span.</param>
    /// <param name="end">The end of the last span.</param>
    /// <param name="signal">The signal as it was read before.</param>
    /// <param name="now">The time, on the clock that never goes back.</param>
    public DueTimes With(List<DueEntry> found, long start, long end, DueSignal signal, TimeSpan now)
    {
        var again = signal.Due < start ? signal.Due >> QueueKeys.DueSpanBits : -1;
        found.AddRange(Entries.Where(entry => entry.Due < start && entry.Due >> QueueKeys.DueSpanBits != again));
        var later = new SortedSet<long>(Later.Where(span => span << QueueKeys.DueSpanBits >= end));
        later.UnionWith(Entries.Where(entry => entry.Due >= end).Select(static entry => entry.Due >> QueueKeys.DueSpanBits));
        if (signal.Due >= end)
            later.Add(signal.Due >> QueueKeys.DueSpanBits);
        return From(found, end, later, KnowsAllLater && signal.Index == Signal, signal.Index, now, ListedAllAt);
    }

    /// <summary>The same without its first entries: they are in the queue.</summary>
    public DueTimes Without(int count) => new()
    {
        Signal = Signal,
        ListedAt = ListedAt,
        ListedAllAt = ListedAllAt,
        Entries = [.. Entries.Skip(count)],
        Until = Until,
        Later = Later,
        KnowsAllLater = KnowsAllLater,
    };

    private static DueTimes From(List<DueEntry> found, long end, SortedSet<long> later, bool knowsAllLater, ulong signal, TimeSpan now, TimeSpan? allAt)
    {
        found.Sort(static (a, b) => a.Due != b.Due ? a.Due.CompareTo(b.Due) : string.CompareOrdinal(a.Key.Id, b.Key.Id));
        var count = 0;
        while (count < found.Count && found[count].Due < end && (count < MostEntries || found[count].Due == found[count - 1].Due))
            count++;
        for (var i = count; i < found.Count; i++)
            later.Add(found[i].Due >> QueueKeys.DueSpanBits);
        return new DueTimes
        {
            Signal = signal,
            ListedAt = now,
            ListedAllAt = allAt,
            Entries = found.GetRange(0, count),
            Until = count < found.Count ? Math.Min(end, found[count].Due) : end,
            Later = later,
            KnowsAllLater = knowsAllLater,
        };
    }
}
