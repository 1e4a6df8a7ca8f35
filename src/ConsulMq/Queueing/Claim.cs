using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// A set of messages to take out of the queue, and the transaction that does it: each entry is checked and deleted, or its cursor moved. Never more than
/// one transaction holds.
/// </summary>
/// <param name="handover">What becomes of the messages in the same transaction; null: they are handed to the caller.</param>
/// <param name="budget">How many operations it may have.</param>
internal sealed class Claim(Handover? handover = null, int budget = Claim.FullBudget)
{
    /// <summary>What a claim may cost: a transaction less the head and the receipt.</summary>
    public const int FullBudget = ConsulLimits.OperationsPerTransaction - 2;

    /// <summary>The same with a lease beside it.</summary>
    public const int LeaseBudget = FullBudget - 2;

    private readonly List<(StoredEntry Entry, List<int> Offsets)> _parts = [];
    private readonly List<(int OpIndex, StoredEntry Entry, bool IsCursor)> _roles = [];
    private readonly List<(StoredEntry Entry, Cursor After)> _effects = [];
    private readonly List<BodyReference> _bodies = [];
    private long _bodyBytes;
    private int _cost;
    private HeadState? _newHead;
    private bool _checksHead;

    /// <summary>What becomes of the messages in the same transaction; null: they are handed to the caller.</summary>
    public Handover? Handover { get; } = handover;

    /// <summary>Whether it takes expired messages on their way to the dead letters, which the caller does not get.</summary>
    public bool IsOfExpired { get; init; }

    /// <summary>The messages to hand out, in the order in which they were added.</summary>
    public List<(Message Message, StoredEntry Entry, int Offset)> Taken { get; } = [];

    /// <summary>The bodies of <see cref="Taken"/> that do not stand in their lines, by the number there; read before the claim is made.</summary>
    public Dictionary<int, LoadedBody> Loaded { get; } = [];

    /// <summary>The first entry that it touches.</summary>
    public EntryKey? First => _parts.Count > 0 ? _parts[0].Entry.Key : null;

    /// <summary>The entries that it takes from.</summary>
    public IEnumerable<StoredEntry> Entries => _parts.Select(static part => part.Entry);

    /// <summary>Whether it takes anything, if only messages that have expired.</summary>
    public bool IsEmpty => _parts.Count == 0;

    /// <summary>Adds a message. False: the transaction would be too large.</summary>
    /// <param name="entry">Its entry.</param>
    /// <param name="offset">Its offset, which the entry's cursor has.</param>
    /// <param name="handOut">Whether it is handed out, or only removed because it has expired.</param>
    /// <param name="keepsBody">Whether the message stays in this queue, and with it its big body.</param>
    public bool TryAdd(StoredEntry entry, int offset, bool handOut, bool keepsBody = false)
    {
        var message = entry.Messages()![offset];
        var body = message.Blob;
        keepsBody |= handOut && Handover?.KeepsBodies == true;
        if (!HasRoomFor(entry, offset, keepsBody))
            return false;
        // Those that are handed out are in memory together.
        if (body is not null && handOut && _bodyBytes > 0 && _bodyBytes + body.Size > Layout.ClaimBodyBytes)
            return false;
        if (handOut && Handover?.TryAdd(message.At(entry.RankOf(offset))) == false)
            return false;
        if (body is not null)
        {
            _bodyBytes += handOut ? body.Size : 0;
            if (!keepsBody)
            {
                _bodies.Add(body);
                _cost++;
            }
        }

        var part = Find(entry);
        if (part < 0)
        {
            _cost += Cost(entry);
            _parts.Add((entry, []));
            part = _parts.Count - 1;
        }

        _parts[part].Offsets.Add(offset);
        if (handOut)
            Taken.Add((message, entry, offset));
        return true;
    }

    /// <summary>Whether a message can be added without the transaction becoming too large.</summary>
    /// <param name="entry">Its entry.</param>
    /// <param name="offset">Its offset.</param>
    /// <param name="keepsBody">Whether its big body stays, if it has one.</param>
    public bool HasRoomFor(StoredEntry entry, int offset, bool keepsBody)
    {
        var cost = (Find(entry) >= 0 ? 0 : Cost(entry)) + (keepsBody || entry.Messages()![offset].Blob is null ? 0 : 1);
        return cost == 0 || _cost + cost <= budget;
    }

    /// <summary>Whether the claim takes everything that is left of this entry.</summary>
    public bool UsesUp(StoredEntry entry)
    {
        foreach (var part in _parts)
        {
            if (part.Entry == entry)
                return part.Offsets.Count == entry.Cursor.Left;
        }

        return entry.IsGone;
    }

    /// <summary>The transaction.</summary>
    /// <param name="keys">The queue's keys.</param>
    /// <param name="view">
    /// The view that the claim must fail with when the order has changed since it was read; null: the order does not matter. What serves safety are the
    /// checks on entries and cursors, which are always there.
    /// </param>
    /// <param name="info">
    /// The ModifyIndex of the settings, 0 if there are none, where the order does not matter as long as they stay as they are; null: it never does.
    /// </param>
    public List<KvOperation> ToOperations(QueueKeys keys, HeadView? view, ulong? info = null)
    {
        var operations = new List<KvOperation>(_cost + 2);
        AddTo(operations, keys, view, info);
        return operations;
    }

    /// <inheritdoc cref="ToOperations"/>
    public void AddTo(List<KvOperation> operations, QueueKeys keys, HeadView? view, ulong? info)
    {
        _roles.Clear();
        _effects.Clear();
        _checksHead = false;
        _newHead = null;
        if (view is not null)
        {
            _checksHead = true;
            _newHead = NextHead(view);
            operations.Add(_newHead is { } head
                ? KvOperation.Cas(keys.Head, view.HeadIndex, IndexCodec.Head(head, view.HeadIndex))
                : KvOperation.CheckIndex(keys.Head, view.HeadIndex));
        }
        else if (info is { } index)
        {
            operations.Add(index == 0 ? KvOperation.CheckNotExists(keys.Info) : KvOperation.CheckIndex(keys.Info, index));
        }

        foreach (var (entry, offsets) in _parts)
        {
            var after = entry.Cursor.Without(offsets);
            _effects.Add((entry, after));
            Add(operations, KvOperation.CheckIndex(entry.Key.Key, entry.ModifyIndex), entry, false);
            if (after.Left > 0)
            {
                Add(operations, KvOperation.Cas(entry.Key.Cursor, entry.CursorIndex, after.ToJson()), entry, true);
                continue;
            }

            operations.Add(KvOperation.Delete(entry.Key.Key));
            if (entry.CursorIndex != 0)
            {
                Add(operations, KvOperation.CheckIndex(entry.Key.Cursor, entry.CursorIndex), entry, true);
                operations.Add(KvOperation.Delete(entry.Key.Cursor));
            }
            else if (entry.Key.Count > 1)
            {
                Add(operations, KvOperation.CheckNotExists(entry.Key.Cursor), entry, true);
            }
        }

        foreach (var body in _bodies)
            operations.Add(KvOperation.DeleteTree(keys.Body(body.Id)));
    }

    /// <summary>Brings the view up to what the commit did.</summary>
    public void Committed(HeadView? view, ulong index)
    {
        foreach (var (entry, after) in _effects)
            entry.Advance(after, index);
        if (_newHead is { } head)
            view!.Wrote(head, index);
    }

    /// <summary>What the caller gets, once it is committed.</summary>
    public QueueObject[] ToQueueObjects(QueueContext context)
    {
        var items = new QueueObject[Taken.Count];
        for (var i = 0; i < items.Length; i++)
        {
            var (message, entry, offset) = Taken[i];
            var place = entry.PlaceOf(offset);
            Loaded.TryGetValue(i, out var body);
            items[i] = Handover?.ToQueueObject(i, place, body) ?? context.ToQueueObject(message, place, body);
        }

        return items;
    }

    /// <summary>Whether the order has changed, so that the view is of no use any more.</summary>
    public bool LostHead(Commit refusal) => _checksHead && refusal.Failed(0);

    /// <summary>Whether the queue's settings have changed, where the view did not matter.</summary>
    public bool LostSettings(Commit refusal) => !_checksHead && refusal.Failed(0);

    /// <summary>Marks the entries that are gone.</summary>
    /// <returns>Whether there are any, and the entries of which somebody else took a part.</returns>
    public (bool Gone, List<StoredEntry> Shared) Lost(Commit refusal)
    {
        var gone = false;
        var shared = new List<StoredEntry>();
        foreach (var (opIndex, entry, isCursor) in _roles)
        {
            if (!refusal.Failed(opIndex))
                continue;
            if (!isCursor)
                gone = entry.IsGone = true;
            else if (!entry.IsGone)
                shared.Add(entry);
        }

        return (gone, shared);
    }

    /// <summary>The entries for which a transaction was refused: they are gone, or somebody else took a part of them.</summary>
    public IEnumerable<StoredEntry> LostEntries(Commit refusal) =>
        _roles.Where(role => refusal.Failed(role.OpIndex)).Select(static role => role.Entry).Distinct();

    /// <summary>
    /// The head that this claim writes in place of checking it: past a sealed page that it empties, or without the front set that turned out to be empty.
    /// Null: it stays as it is.
    /// </summary>
    private HeadState? NextHead(HeadView view)
    {
        var front = view.Head.Front && view.Front?.IsEmpty != true;
        if (view.IsSealed && view.Head.Page == view.Page.Number && view.PageIsUsedUp(UsesUp))
            return new HeadState(view.Page.Number + 1, front);
        return front != view.Head.Front ? view.Head with { Front = front } : null;
    }

    /// <summary>What taking from an entry costs if all of it is taken in the end: at most that.</summary>
    private static int Cost(StoredEntry entry) => entry.CursorIndex != 0 ? 4 : entry.Key.Count > 1 ? 3 : 2;

    private int Find(StoredEntry entry)
    {
        var part = _parts.Count - 1;
        while (part >= 0 && _parts[part].Entry != entry)
            part--;
        return part;
    }

    private void Add(List<KvOperation> operations, KvOperation operation, StoredEntry entry, bool isCursor)
    {
        _roles.Add((operations.Count, entry, isCursor));
        operations.Add(operation);
    }
}
