using System.Globalization;

namespace ConsulMq.Storage;

/// <summary>
/// The key of an entry: <c>p/PAGE/OOID.COUNT.BYTES</c> in the log, <c>f/RANK/OOID.COUNT.BYTES</c> in the front set, OO being the entry's ordinal in
/// its transaction (two hex digits). Count and bytes stand in the name so that a listing of keys alone tells a queue's depth and size.
/// </summary>
internal sealed class EntryKey
{
    private EntryKey(string key, string cursor, string id, int ordinal, int count, long bytes, Rank? rank)
    {
        Key = key;
        Cursor = cursor;
        Id = id;
        Ordinal = ordinal;
        Count = count;
        Bytes = bytes;
        Rank = rank;
    }

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

    /// <summary>In the front set: the rank of its first message. In the log: null, there it follows from the CreateIndex.</summary>
    public Rank? Rank { get; }

    /// <summary>The key of a new entry in the log.</summary>
    public static string ForLog(QueueKeys keys, long page, int ordinal, string id, int count, long bytes) =>
        keys.Page(page) + Name(ordinal, id, count, bytes);

    /// <summary>The key of a new entry in the front set.</summary>
    public static string ForFront(QueueKeys keys, Rank rank, int ordinal, string id, int count, long bytes) =>
        keys.Front + rank.ToKey() + "/" + Name(ordinal, id, count, bytes);

    /// <summary>Reads a key under the log or the front set. False: a key that no client of this layout wrote.</summary>
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
        if (key.StartsWith(keys.Front, StringComparison.Ordinal))
        {
            var length = name - 1 - keys.Front.Length;
            if (length <= 0 || !Storage.Rank.TryParseKey(key.Substring(keys.Front.Length, length), out rank))
                return false;
        }
        else if (name != keys.Log.Length + 17 || keys.PageOf(key) < 0)
        {
            return false;
        }

        var cursor = string.Concat(keys.Cursors, key.Substring(keys.Root.Length, countDot - keys.Root.Length));
        entry = new EntryKey(key, cursor, key.Substring(name + 2, countDot - name - 2), ordinal, (int)count, bytes, rank);
        return true;
    }

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
