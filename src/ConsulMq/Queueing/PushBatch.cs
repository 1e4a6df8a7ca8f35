using ConsulMq.Consul;
using ConsulMq.Internal;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>The messages of one push transaction, encoded into entries as they are added. Not for use by several threads at once.</summary>
internal sealed class PushBatch : IDisposable
{
    /// <summary>What entries and deduplication may cost: a transaction less the tail and the receipt.</summary>
    private const int Budget = ConsulLimits.OperationsPerTransaction - LogTail.MostOperations - 1;

    private const int UploadOperations = 2;

    private readonly PooledBuffer _buffer = new(4 * 1024);
    private readonly MessageWriter _writer;
    private readonly List<Entry> _entries = [];
    private readonly List<UploadedBody> _uploads = [];
    private int _bodies;
    private int _firstUpload;
    private int _operations;

    public PushBatch() => _writer = new MessageWriter(_buffer);

    /// <summary>How many entries it holds at most.</summary>
    public int MaxEntries { get; init; } = Layout.BatchEntries;

    /// <summary>How many big bodies of its own it holds at most.</summary>
    public int MaxBodies { get; init; } = Layout.BatchUploads;

    /// <summary>The entries, in order.</summary>
    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>The bytes of all entries.</summary>
    public long Bytes => _buffer.Length;

    /// <summary>The rank of the last message, if it has one.</summary>
    public Rank? LastRank { get; private set; }

    /// <summary>Whether big bodies belong to its messages.</summary>
    public bool HasUploads => _uploads.Count > 0;

    /// <summary>How many messages are ready once it is committed: all but those that are due later.</summary>
    public int Ready
    {
        get
        {
            var ready = 0;
            foreach (var entry in _entries)
                ready += entry.Due == 0 ? entry.Count : 0;
            return ready;
        }
    }

    /// <summary>Adds a message behind the others. False: it does not fit beside them, the batch is as it was.</summary>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.MessageTooLarge"/>; the batch is as it was.</exception>
    public bool TryAdd(PushItem item)
    {
        var message = item.Message;
        // What was let in once goes back in whatever was added to it; and a place of its own is nothing that its producer added.
        var limit = item.WasLetIn || message.Rank is not null ? Layout.LineBytes + Layout.LineSlack : Layout.LineBytes;
        if (MessageWriter.LeastLength(message) > limit)
            throw TooLarge(message, MessageWriter.LeastLength(message));
        if (item.Source is not null && _bodies == MaxBodies)
            return false;
        var before = _buffer.Length;
        var last = _entries.Count - 1;
        var joins = last >= 0 && _entries[last].Length < Layout.EntryBytes && _entries[last].Due == item.Due
            // An entry of the front set is named by its least rank: its messages stand in order.
            && (message.Rank is null || (LastRank is not null && message.Rank.CompareTo(LastRank) > 0));
        if (joins)
            _buffer.Write((byte)'\n');
        var start = _buffer.Length;
        _writer.Write(message);
        var length = _buffer.Length - start;
        if (length > limit)
        {
            _buffer.Truncate(before);
            throw TooLarge(message, length);
        }

        joins = joins && _entries[last].Length + 1 + length <= Layout.EntryBytes;
        var operations = (joins ? 0 : 1) + (item.DeduplicationId is null ? 0 : Deduplication.Operations) + (item.Source is null ? 0 : UploadOperations);
        if (before > 0 && (_buffer.Length > Layout.BatchBytes || (!joins && _entries.Count >= MaxEntries) || _operations + operations > Budget))
        {
            _buffer.Truncate(before);
            return false;
        }

        LastRank = message.Rank;
        _operations += operations;
        // The line break in front of a line that begins an entry belongs to no entry.
        if (joins)
            _entries[last] = _entries[last] with { Length = _buffer.Length - _entries[last].Start, Count = _entries[last].Count + 1 };
        else
            _entries.Add(new Entry(start, length, 1, message.Rank, item.Due));
        if (item.Source is not null)
            _bodies++;
        if (item.Upload is not null)
            _uploads.Add(item.Upload);
        return true;
    }

    /// <summary>Adds what makes big bodies belong to the batch's messages: their marks are checked, and deleted.</summary>
    public void AddUploads(List<KvOperation> operations, QueueKeys keys)
    {
        _firstUpload = operations.Count;
        foreach (var upload in _uploads)
        {
            var mark = keys.Upload(upload.Body.Id);
            operations.Add(KvOperation.CheckIndex(mark, upload.MarkIndex));
            operations.Add(KvOperation.Delete(mark));
        }
    }

    /// <summary>The bodies that were taken away before the batch could be committed, by a clear or by a cleaner: they have to be uploaded again.</summary>
    public IReadOnlyList<UploadedBody> LostUploads(Commit refusal)
    {
        List<UploadedBody>? lost = null;
        for (var i = 0; i < _uploads.Count; i++)
        {
            if (refusal.Failed(_firstUpload + (2 * i)))
                (lost ??= []).Add(_uploads[i]);
        }

        return lost ?? (IReadOnlyList<UploadedBody>)[];
    }

    /// <summary>The value of an entry. Valid until the batch is cleared.</summary>
    public ReadOnlyMemory<byte> Value(Entry entry) => _buffer.WrittenMemory.Slice(entry.Start, entry.Length);

    public void Clear()
    {
        _buffer.Truncate(0);
        _entries.Clear();
        _uploads.Clear();
        _bodies = 0;
        _operations = 0;
    }

    public void Dispose()
    {
        _writer.Dispose();
        _buffer.Dispose();
    }

    private static ConsulMqException TooLarge(Message message, long length) => new(
        ConsulMqError.MessageTooLarge,
        $"{(message.Blob is null ? "The message takes" : "The tags and headers of the message take")} {length:N0} bytes in Consul, and {Layout.LineBytes:N0} is the limit.",
        message.Id)
    {
        RecommendedAction = message.Blob is null ? "Store the content elsewhere and push where it lies." : "Put what is long into the body.",
    };

    /// <summary>An entry's place in the batch.</summary>
    /// <param name="Start">Where its value begins.</param>
    /// <param name="Length">The length of its value.</param>
    /// <param name="Count">How many messages it holds.</param>
    /// <param name="Rank">The rank that its first message carries, if any.</param>
    /// <param name="Due">When its messages may be popped, in milliseconds since 1970; 0: at once.</param>
    internal readonly record struct Entry(int Start, int Length, int Count, Rank? Rank, long Due);
}
