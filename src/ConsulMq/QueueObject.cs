using ConsulMq.Queueing;
using ConsulMq.Storage;

namespace ConsulMq;

/// <summary>A message of a queue, as a user sees it: pushed, popped, or looked at.</summary>
public sealed class QueueObject
{
    private readonly Message _message;
    private readonly Func<QueueObject, object?>? _reader;
    private readonly Place? _place;
    private object? _body;
    private bool _read;

    internal QueueObject(Message message, string queue, Func<QueueObject, object?>? reader, long? position = null, Place? place = null, object? source = null)
    {
        _message = message;
        _reader = reader;
        Queue = queue;
        Position = position;
        _place = place;
        _body = source;
        _read = source is not null;
    }

    /// <summary>The message's ID, a UUIDv7.</summary>
    public Guid Id => _message.Id;

    /// <summary>The queue's name.</summary>
    public string Queue { get; }

    /// <summary>What went in: a string, bytes, or an object; the file, where it went through one. Null where it was not read, as of a big message that was moved.</summary>
    public object? Body
    {
        get
        {
            if (!_read && (HasContent || BodySource is not null))
            {
                _body = _reader is null ? Plain() : _reader(this);
                _read = true;
            }

            return _body;
        }
    }

    /// <summary>The body's bytes, always. A copy: yours to change.</summary>
    public byte[] RawBody => ReadContent().Bytes.ToArray();

    /// <summary>What the body is: <c>text/plain; charset=utf-8</c>, <c>application/json</c>, <c>application/octet-stream</c>, or what its producer said.</summary>
    public string ContentType => _message.ContentType ?? (_message.Blob?.Kind ?? BodyReference.KindOf(_message.Body)) switch
    {
        BlobKind.Json => "application/json",
        BlobKind.Bytes => "application/octet-stream",
        BlobKind.Utf16 => MessageBody.Utf16ContentType,
        _ => "text/plain; charset=utf-8",
    };

    /// <summary>When it was pushed, in UTC, by its producer's clock.</summary>
    public DateTimeOffset CreatedAt => _message.CreatedAt;

    /// <summary>From when on it is never returned; null: it does not expire.</summary>
    public DateTimeOffset? TtlDeadline => _message.ExpiresAt;

    /// <summary>A message that was pushed with a delay: from when on it may be popped. Null: at once; known to the one who pushed it, and while it is scheduled.</summary>
    public DateTimeOffset? NotBefore { get; internal init; }

    /// <summary>Where it was when somebody looked; null where nobody did: of a message that was pushed, popped or moved.</summary>
    public MessageState? State { get; internal init; }

    /// <summary>Words to find it by.</summary>
    public IReadOnlyList<string> Tags => _message.Tags;

    /// <summary>Short strings by name.</summary>
    public IReadOnlyDictionary<string, string> Headers => _message.Headers;

    /// <summary>How often it was handed out on a lease and came back.</summary>
    public int DeliveryCount => _message.Deliveries;

    /// <summary>The body's size in bytes.</summary>
    public int Size => _message.Blob is { } blob ? (int)Math.Min(blob.Size, int.MaxValue) : _message.Body.Size;

    /// <summary>The lease on which it is held; null: it is not leased.</summary>
    public ConsulMqLease? Lease { get; internal init; }

    /// <summary>What another process needs, beside the ID, to complete it; null: it is not leased.</summary>
    public string? ReceiptHandle => Lease?.ReceiptHandle;

    /// <summary>Whether a push found that its deduplication ID had been pushed before: the ID is that of the first one, and nothing was added.</summary>
    public bool IsDuplicate { get; internal init; }

    /// <summary>The ID under which a push was to be done once; null: none, or nobody told.</summary>
    internal string? DeduplicationId { get; init; }

    /// <summary>Its place in the queue, 0 being the next to be popped; null where nobody looked.</summary>
    public long? Position { get; }

    /// <summary>The body as it is stored: its kind, text or bytes. One that went through a file is read from there, at each call.</summary>
    /// <exception cref="IOException">The file is not there any more.</exception>
    public MessageBody ReadContent() => _message.HasBody ? _message.Body : ReadSource();

    /// <summary>Its rank when it was taken, so that it can go back there.</summary>
    internal Rank? Rank => _place?.ToRank();

    internal Message Message => _message;

    /// <summary>The entry that it stood in when somebody looked at it, where it is found again without a search; null: nobody looked.</summary>
    internal EntryKey? SeenIn { get; init; }

    /// <summary>Whether its lease was settled by way of this object: completed, given back, denied or moved. Others may have settled it too.</summary>
    internal bool IsSettled { get; private set; }

    /// <summary>Whether the body is in memory.</summary>
    internal bool HasContent => _message.HasBody;

    /// <summary>Where the body comes from, if that is not in the message.</summary>
    internal BodySource? BodySource { get; init; }

    /// <summary>Where the body was put when the message was popped, if that is not memory.</summary>
    internal IBodyPlace? Kept { get; init; }

    /// <summary>Says that its lease was settled.</summary>
    internal void Settle() => IsSettled = true;

    /// <summary>The ID and the queue.</summary>
    public override string ToString() => $"{Queue}/{Id}";

    private object Plain()
    {
        var content = ReadContent();
        return content.Kind switch
        {
            BodyKind.Text => content.Text!,
            BodyKind.Json => System.Text.Json.JsonDocument.Parse(content.Bytes, new() { MaxDepth = MessageBody.MaxJsonDepth }).RootElement,
            _ => content.Bytes.ToArray(),
        };
    }

    private MessageBody ReadSource()
    {
        var source = BodySource ?? throw new InvalidOperationException("The body of this message was not read.");
        return source.ReadAll(_message.Blob?.Kind ?? BlobKind.Bytes);
    }
}
