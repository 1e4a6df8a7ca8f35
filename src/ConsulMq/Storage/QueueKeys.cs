using System.Globalization;

namespace ConsulMq.Storage;

/// <summary>Where a queue keeps what. The one place that knows the names of keys; docs/storage-protocol.md lists them.</summary>
internal sealed class QueueKeys
{
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

    /// <summary>The prefixes of what a clear removes: messages in the log, in front, their cursors, chunks, uploads, and what is scheduled.</summary>
    public string[] Contents => [Log, Front, Cursors, Root + "d/", Root + "o/", Root + "t/"];

    /// <summary>The prefixes of the rest: in flight, settled, seen IDs, index, settings. Receipts stay.</summary>
    public string[] Remainder => [Root + "i/", Root + "ic/", Root + "k/", Index, System];

    /// <summary>A page's prefix.</summary>
    public string Page(long page) => Log + Hex(page) + "/";

    /// <summary>The prefix of the cursors of a page's entries.</summary>
    public string PageCursors(long page) => Cursors + "p/" + Hex(page) + "/";

    /// <summary>A lane's receipt.</summary>
    public string Receipt(string lane) => string.Concat(Root, "r/", lane);

    /// <summary>The page in a key under <see cref="Log"/>, or -1 if it is not one.</summary>
    public long PageOf(string key) =>
        key.Length > Log.Length + 17 && key[Log.Length + 16] == '/' && key.StartsWith(Log, StringComparison.Ordinal)
        && long.TryParse(key.Substring(Log.Length, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var page) ? page : -1;

    private static string Hex(long number) => number.ToString("x16", CultureInfo.InvariantCulture);
}
