using System.Text.Json;
using ConsulMq.Consul;
using ConsulMq.Internal;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Puts claimed messages in flight: one key that the session locks, so that a session that is gone cannot claim.</summary>
/// <param name="context">The queue.</param>
/// <param name="source">The sessions.</param>
internal sealed class LeaseHandover(QueueContext context, LeaseSource source) : Handover
{
    private readonly PooledBuffer _buffer = new(4 * 1024);
    private readonly List<Message> _messages = [];
    private MessageWriter? _writer;
    private LeaseSession? _session;
    private EntryKey? _key;
    private int _firstOperation;

    public override bool KeepsBodies => true;

    public override bool TryAdd(Message message)
    {
        _writer ??= new MessageWriter(_buffer);
        var before = _buffer.Length;
        if (before > 0)
            _buffer.Write((byte)'\n');
        _writer.Write(message);
        if (before > 0 && _buffer.Length > Layout.LeaseBytes)
        {
            _buffer.Truncate(before);
            return false;
        }

        _messages.Add(message);
        return true;
    }

    public override async Task PrepareAsync(CancellationToken cancellation)
    {
        if (_messages.Count > 0)
            _session = await source.SessionAsync(cancellation).ConfigureAwait(false);
    }

    public override void AddTo(List<KvOperation> operations)
    {
        // All that the claim takes has expired.
        if (_messages.Count == 0)
            return;
        var session = _session!.Id;
        var key = EntryKey.ForLease(context.Keys, session, context.Ids.NewEntryId(), _messages.Count, _buffer.Length);
        EntryKey.TryParse(context.Keys, key, out _key);
        _firstOperation = operations.Count;
        // The same value each time: after the first time it changes nothing, and it is there again if somebody removed the queue meanwhile.
        operations.Add(KvOperation.Lock(context.Keys.Session(session), session, Mark()));
        operations.Add(KvOperation.Lock(key, session, _buffer.WrittenMemory));
    }

    public override bool Learn(Commit commit)
    {
        if (_messages.Count == 0)
            return false;
        if (commit.Succeeded)
        {
            source.Used(_session!);
            context.Leases.Add(_session!, StoredEntry.Written(_key!, commit.Index, [.. _messages]));
            return false;
        }

        if (!commit.Failed(_firstOperation) && !commit.Failed(_firstOperation + 1))
            return false;
        _session!.IsLost = true;
        return true;
    }

    public override QueueObject ToQueueObject(int number, Place place, LoadedBody? body) => context.ToQueueObject(
        _messages[number], place, body, new ConsulMqLease(ReceiptHandle.Write(context.Keys, _key!, number, _session!.Duration), _session.Duration, _session.ExpiresAt));

    public override Task PutBackAsync() => context.Settler.PutBackAsync([.. _messages.Select((message, number) => new Settlement
    {
        Kind = SettlementKind.Return,
        Id = message.Id,
        ReceiptHandle = ReceiptHandle.Write(context.Keys, _key!, number, _session!.Duration),
        Counts = false,
    })]);

    public override void Dispose()
    {
        _writer?.Dispose();
        _buffer.Dispose();
    }

    /// <summary>Who leases, for people.</summary>
    private byte[] Mark()
    {
        using var buffer = new PooledBuffer(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("client", context.Settings.ClientName);
            if (source.Duration is { } d)
                json.WriteNumber("seconds", (long)d.TotalSeconds);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
