using System.Globalization;

namespace ConsulMq.Storage;

/// <summary>Where an entry lies.</summary>
internal enum EntryPlace
{
    /// <summary>In the log, at its natural rank.</summary>
    Log,

    /// <summary>In the front set, at a rank of its own.</summary>
    Front,

    /// <summary>In flight: leased by a session.</summary>
    InFlight,

    /// <summary>Scheduled for later.</summary>
    Scheduled,
}

/// <summary>
/// The key of an entry: <c>p/PAGE/OOID.COUNT.BYTES</c> in the log, <c>f/RANK/...</c> in the front set, <c>i/SESSION/...</c> in flight,
/// <c>t/DUE/...</c> scheduled; OO being the entry's ordinal in its transaction (two hex digits). Count and bytes stand in the name so that a listing of
/// keys alone tells a queue's depth and size.
/// </summary>
internal sealed class EntryKey
{
    /// <summary>The last millisecond of the year 9999: there is no later date.</summary>
    private const long LatestDue = 253_402_300_799_999;

    private EntryKey(EntryPlace place, string key, string cursor, string id, int ordinal, int count, long bytes, Rank? rank)
    {
        Place = place;
        Key = key;
        Cursor = cursor;
        Id = id;
        Ordinal = ordinal;
        Count = count;
        Bytes = bytes;
        Rank = rank;
    }

    /// <summary>Where the entry lies.</summary>
    public EntryPlace Place { get; }

    /// <summary>The whole key.</summary>
    public string Key { get; }

    /// <summary>The key of its cursor.</summary>
    public string Cursor { get; }

    /// <summary>Unique; consumers under contention spread by its hash.</summary>
    public string Id { get; }

    /// <summary>Its place among the entries of one transaction.</summary>
    public int Ordinal { get; }

    /// <summary>How many messages it holds, 1 or more.</summary>
    public int Count { get; }

    /// <summary>The length of its value when it was written.</summary>
    public long Bytes { get; }

    /// <summary>In the front set: the rank of its first message. Elsewhere null: it follows from the CreateIndex, or stands in each line.</summary>
    public Rank? Rank { get; }

    /// <summary>The key of a new entry in the log.</summary>
    public static string ForLog(QueueKeys keys, long page, int ordinal, string id, int count, long bytes) =>
        keys.Page(page) + Name(ordinal, id, count, bytes);

    /// <summary>The key of a new entry in the front set.</summary>
    public static string ForFront(QueueKeys keys, Rank rank, int ordinal, string id, int count, long bytes) =>
        keys.Front + rank.ToKey() + "/" + Name(ordinal, id, count, bytes);

    /// <summary>The key of messages in flight under a session.</summary>
    public static string ForLease(QueueKeys keys, string session, string id, int count, long bytes) =>
        keys.Leases(session) + Name(0, id, count, bytes);

    /// <summary>The key of messages that are due at a moment, in milliseconds since 1970.</summary>
    public static string ForScheduled(QueueKeys keys, long due, int ordinal, string id, int count, long bytes) =>
        keys.DueAt(due) + Name(ordinal, id, count, bytes);

    /// <summary>Reads a key under the log, the front set, in flight or scheduled. False: a key that no client of this layout wrote.</summary>
    public static bool TryParse(QueueKeys keys, string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out EntryKey? entry)
    {
        entry = null;
        var name = key.LastIndexOf('/') + 1;
        var bytesDot = key.LastIndexOf('.');
        var countDot = bytesDot > 0 ? key.LastIndexOf('.', bytesDot - 1) : -1;
        if (countDot < name + 3 || !key.StartsWith(keys.Root, StringComparison.Ordinal)
            || !TryNumber(key, countDot + 1, bytesDot, out var count) || count is < 1 or > int.MaxValue
            || !TryNumber(key, bytesDot + 1, key.Length, out var bytes)
            || !int.TryParse(key.Substring(name, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var ordinal))
        {
            return false;
        }

        Rank? rank = null;
        var place = PlaceOf(keys, key);
        var group = key.LastIndexOf('/', name - 2) + 1;
        switch (place)
        {
            case EntryPlace.Log when keys.PageOf(key) >= 0 && name == keys.Log.Length + 17:
            case EntryPlace.InFlight when name - 1 > group && group == keys.InFlight.Length:
            case EntryPlace.Scheduled when group == keys.Scheduled.Length && TryDue(keys, key, out _):
                break;
            case EntryPlace.Front when group == keys.Front.Length && Storage.Rank.TryParseKey(key.Substring(group, Math.Max(name - 1 - group, 0)), out rank):
                break;
            default:
                return false;
        }

        var cursor = place == EntryPlace.InFlight
            ? string.Concat(keys.Settled, key.Substring(keys.InFlight.Length, countDot - keys.InFlight.Length))
            : string.Concat(keys.Cursors, key.Substring(keys.Root.Length, countDot - keys.Root.Length));
        entry = new EntryKey(place!.Value, key, cursor, key.Substring(name + 2, countDot - name - 2), ordinal, (int)count, bytes, rank);
        return true;
    }

    /// <summary>When what lies under a key is due, in milliseconds since 1970. False: it is not the key of anything scheduled.</summary>
    public static bool TryDue(QueueKeys keys, string key, out long due)
    {
        due = 0;
        var start = keys.Scheduled.Length;
        return key.Length > start + 16 && key[start + 16] == '/' && key.StartsWith(keys.Scheduled, StringComparison.Ordinal)
            && long.TryParse(key.Substring(start, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out due)
            && due is >= 0 and <= LatestDue;
    }

    private static EntryPlace? PlaceOf(QueueKeys keys, string key) =>
        key.StartsWith(keys.Log, StringComparison.Ordinal) ? EntryPlace.Log
        : key.StartsWith(keys.Front, StringComparison.Ordinal) ? EntryPlace.Front
        : key.StartsWith(keys.InFlight, StringComparison.Ordinal) ? EntryPlace.InFlight
        : key.StartsWith(keys.Scheduled, StringComparison.Ordinal) ? EntryPlace.Scheduled
        : null;

    /// <summary>A hash of the ID in an entry's key that is the same in every process. The whole key is read only where the entry is.</summary>
    public static uint Spread(string key)
    {
        var hash = 2166136261u; // FNV-1a
        for (var i = key.LastIndexOf('/') + 3; i < key.Length && key[i] != '.'; i++)
            hash = (hash ^ key[i]) * 16777619u;
        return hash ^ (hash >> 15);
    }

    private static string Name(int ordinal, string id, int count, long bytes) => string.Concat(
        ordinal.ToString("x2", CultureInfo.InvariantCulture), id,
        string.Concat(".", count.ToString(CultureInfo.InvariantCulture), ".", bytes.ToString(CultureInfo.InvariantCulture)));

    private static bool TryNumber(string text, int start, int end, out long number)
    {
        number = 0;
        if (end <= start || end - start > 10)
            return false;
        for (var i = start; i < end; i++)
        {
            if (text[i] is < '0' or > '9')
                return false;
            number = (number * 10) + (text[i] - '0');
        }

        return true;
    }
}
