namespace ConsulMq.Queueing;

/// <summary>The sizes that the layout of a queue aims at. Writers keep to them; readers take what is there.</summary>
internal static class Layout
{
    /// <summary>The longest line of a message in an entry.</summary>
    public const int LineBytes = 256 * 1024;

    /// <summary>A chunk of a body whose line would be longer. A value may have 512 KiB.</summary>
    public const int ChunkBytes = 500 * 1024;

    /// <summary>
    /// How much longer a line may grow after its push: a rank, deliveries, and why it is a dead letter are added to a message that was let in, and must
    /// never keep it from going back.
    /// </summary>
    public const int LineSlack = 16 * 1024;

    /// <summary>What a lease holds at most, unless its single message is longer: in base64 well below Consul's limit.</summary>
    public const int LeaseBytes = 256 * 1024;

    /// <summary>An entry is full from here on. Small enough that a page has entries for many consumers, large enough that a few carry a thousand messages.</summary>
    public const int EntryBytes = 32 * 1024;

    /// <summary>What one push transaction carries, unless a single message is longer: in base64 well below Consul's limit.</summary>
    public const int BatchBytes = 128 * 1024;

    /// <summary>The entries of one push transaction; the ordinal in a key has two hex digits.</summary>
    public const int BatchEntries = 48;

    /// <summary>The big bodies of one push transaction: each costs two operations, and is held until it is committed.</summary>
    public const int BatchUploads = 4;

    /// <summary>The big bodies that one claim takes into memory together, unless a single one is longer.</summary>
    public const long ClaimBodyBytes = 64L * 1024 * 1024;

    /// <summary>A page holds about this many bytes.</summary>
    public const int PageBytes = 512 * 1024;

    /// <summary>A page holds about this many entries.</summary>
    public const int PageEntries = 512;

    /// <summary>How likely a push of so many bytes and entries begins a new page. No counter: the expected page is full, whoever pushes.</summary>
    public static double RollProbability(int entries, long bytes) => ((double)entries / PageEntries) + ((double)bytes / PageBytes);
}
