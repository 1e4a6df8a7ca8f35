using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Puts claimed messages in flight: one key that the session locks, so that a session that is gone cannot claim.</summary>
/// <param name="context">The queue.</param>
/// <param name="source">The sessions.</param>
internal sealed class LeaseHandover(QueueContext context, LeaseSource source) : Handover
{
    private readonly LeaseEntry _entry = context.Leases.RentEntry();
    private LeaseSession? _session;
    private EntryKey? _key;
    private int _firstOperation;
    private int _operations;
    private ulong _markedUnder;

    public override bool KeepsBodies => true;

    public override bool TryAdd(Message message) => _entry.TryAdd(message);

    public override async Task PrepareAsync(CancellationToken cancellation)
    {
        if (_entry.Messages.Count > 0)
            _session = await source.SessionAsync(cancellation).ConfigureAwait(false);
    }

    public override void AddTo(List<KvOperation> operations)
    {
        // All that the claim takes has expired.
        if (_entry.Messages.Count == 0)
            return;
        var session = _session!.Id;
        var key = EntryKey.ForLease(context.Keys, session, context.Ids.NewEntryId(), _entry.Messages.Count, _entry.Value.Length);
        EntryKey.TryParse(context.Keys, key, out _key);
        _firstOperation = operations.Count;
        _markedUnder = context.Index.Info?.Index ?? 0;
        if (!context.Leases.IsMarked(_session, _markedUnder))
            operations.Add(KvOperation.Lock(context.Keys.Session(session), session, new SessionMark(context.Settings.ClientName, source.Duration).ToJson()));
        operations.Add(KvOperation.Lock(key, session, _entry.Value));
        _operations = operations.Count - _firstOperation;
    }

    public override bool Learn(Commit commit)
    {
        if (_entry.Messages.Count == 0)
            return false;
        if (commit.Succeeded)
        {
            source.Used(_session!);
            if (_operations > 1)
                context.Leases.Marked(_session!, _markedUnder);
            context.Leases.Add(_session!, StoredEntry.Written(_key!, commit.Index, [.. _entry.Messages]));
            return false;
        }

        if (!commit.Failed(_firstOperation) && (_operations == 1 || !commit.Failed(_firstOperation + 1)))
            return false;
        _session!.IsLost = true;
        return true;
    }

    public override QueueObject ToQueueObject(int number, Place place, LoadedBody? body) => context.ToQueueObject(
        _entry.Messages[number], place, body, new ConsulMqLease(ReceiptHandle.Write(context.Keys, _key!, number, _session!.Duration), _session.Duration, _session.ExpiresAt));

    public override Task PutBackAsync() => context.Settler.PutBackAsync([.. _entry.Messages.Select((message, number) => new Settlement
    {
        Kind = SettlementKind.Return,
        Id = message.Id,
        ReceiptHandle = ReceiptHandle.Write(context.Keys, _key!, number, _session!.Duration),
        Counts = false,
    })]);

    /// <summary>The transaction is over: nothing reads what was encoded any more.</summary>
    public override void Dispose() => context.Leases.ReturnEntry(_entry);
}
