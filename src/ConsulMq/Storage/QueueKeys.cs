using System.Globalization;

namespace ConsulMq.Storage;

/// <summary>Where a queue keeps what. The one place that knows the names of keys; docs/storage-protocol.md lists them.</summary>
internal sealed class QueueKeys
{
    /// <summary>So many bits of a due time are left open in the prefixes by which due times are listed: a multiple of four, the bits of a hex digit.</summary>
    public const int DueSpanBits = 20;

    public QueueKeys(string prefix, string queue)
    {
        Queue = queue;
        Root = string.Concat(prefix, "/", queue, "/");
        System = Root + "_system/";
        Info = System + "info";
        Index = Root + "_index/";
        Head = Index + "head";
        Tail = Index + "tail";
        Log = Root + "p/";
        Front = Root + "f/";
        Cursors = Root + "c/";
        InFlight = Root + "i/";
        Settled = Root + "ic/";
        Sessions = Root + "s/";
        Scheduled = Root + "t/";
        Due = Index + "due";
        Chunks = Root + "d/";
        Uploads = Root + "o/";
        Seen = Root + "k/";
        Imports = Root + "m/";
        Receipts = Root + "r/";
    }

    public string Queue { get; }

    /// <summary>The prefix of everything that belongs to the queue.</summary>
    public string Root { get; }

    public string System { get; }

    public string Info { get; }

    public string Index { get; }

    public string Head { get; }

    public string Tail { get; }

    /// <summary>The prefix of all pages.</summary>
    public string Log { get; }

    /// <summary>The prefix of the front set.</summary>
    public string Front { get; }

    /// <summary>The prefix of all cursors.</summary>
    public string Cursors { get; }

    /// <summary>The prefix of messages in flight: what consumers hold on a lease, under their sessions.</summary>
    public string InFlight { get; }

    /// <summary>The prefix of what of them is settled.</summary>
    public string Settled { get; }

    /// <summary>The prefix of the sessions that hold leases, each key locked by its session: so a session that has ended shows without its lock.</summary>
    public string Sessions { get; }

    /// <summary>The prefix of messages scheduled for later.</summary>
    public string Scheduled { get; }

    /// <summary>Written anew by whoever schedules, so that those who wait look at the due times again.</summary>
    public string Due { get; }

    /// <summary>The prefix of the chunks of big bodies.</summary>
    public string Chunks { get; }

    /// <summary>The prefix of the marks of uploads under way.</summary>
    public string Uploads { get; }

    /// <summary>The prefix of the deduplication IDs that were seen.</summary>
    public string Seen { get; }

    /// <summary>The prefix of how far files were imported.</summary>
    public string Imports { get; }

    /// <summary>The prefix of all receipts.</summary>
    public string Receipts { get; }

    /// <summary>The prefixes of what a clear removes: messages in the log, in front, their cursors, chunks, uploads, what is scheduled, and how far files were imported.</summary>
    public string[] Contents => [Log, Front, Cursors, Chunks, Uploads, Scheduled, Imports];

    /// <summary>The prefixes of the rest: in flight, settled, their sessions, seen IDs, index, settings. Receipts stay.</summary>
    public string[] Remainder => [InFlight, Settled, Sessions, Seen, Index, System];

    /// <summary>A page's prefix.</summary>
    public string Page(long page) => Log + Hex(page) + "/";

    /// <summary>The prefix of the cursors of a page's entries.</summary>
    public string PageCursors(long page) => Cursors + "p/" + Hex(page) + "/";

    /// <summary>The prefix of a big body's chunks.</summary>
    public string Body(string id) => string.Concat(Chunks, id, "/");

    /// <summary>A chunk of a big body.</summary>
    public string Chunk(string id, int number) => Body(id) + number.ToString("d6", CultureInfo.InvariantCulture);

    /// <summary>The mark of an upload under way.</summary>
    public string Upload(string id) => Uploads + id;

    /// <summary>The prefix of the cursors of the front set's entries.</summary>
    public string FrontCursors => Cursors + "f/";

    /// <summary>How far a file was imported.</summary>
    public string Import(string id) => Imports + id;

    /// <summary>A lane's receipt.</summary>
    public string Receipt(string lane) => Receipts + lane;

    /// <summary>The key that a session locks as long as it lives.</summary>
    public string Session(string session) => Sessions + session;

    /// <summary>The prefix of the leases of a session.</summary>
    public string Leases(string session) => string.Concat(InFlight, session, "/");

    /// <summary>The prefix of what is due at a moment, in milliseconds since 1970.</summary>
    public string DueAt(long milliseconds) => string.Concat(Scheduled, Hex(milliseconds), "/");

    /// <summary>The prefix of the deduplication IDs that were seen in the window that begins at a moment, in milliseconds since 1970.</summary>
    public string SeenIn(long window) => string.Concat(Seen, Hex(window), "/");

    /// <summary>The beginning of the window that a prefix under <see cref="Seen"/> is of, or -1 if it is none.</summary>
    public long WindowOf(string prefix) =>
        prefix.Length == Seen.Length + 17 && prefix[prefix.Length - 1] == '/' && prefix.StartsWith(Seen, StringComparison.Ordinal)
        && long.TryParse(prefix.Substring(Seen.Length, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var window) ? window : -1;

    /// <summary>The prefix of what is due within one span of 2^20 milliseconds, about 17 minutes.</summary>
    /// <param name="span">The number of the span: milliseconds since 1970 shifted right by <see cref="DueSpanBits"/>.</param>
    public string DueSpan(long span) => Scheduled + (span << DueSpanBits).ToString("x16", CultureInfo.InvariantCulture).Substring(0, 16 - (DueSpanBits / 4));

    /// <summary>The page in a key under <see cref="Log"/>, or -1 if it is not one.</summary>
    public long PageOf(string key) =>
        key.Length >= Log.Length + 17 && key[Log.Length + 16] == '/' && key.StartsWith(Log, StringComparison.Ordinal)
        && long.TryParse(key.Substring(Log.Length, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var page) ? page : -1;

    private static string Hex(long number) => number.ToString("x16", CultureInfo.InvariantCulture);
}
