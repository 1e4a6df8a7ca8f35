using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Tests.Simulation.Checks;

/// <summary>
/// What the server knows of one queue and no client does: every transaction that committed, in order. From it follow the true order of the messages, who
/// took which one, and whether the queue was ever empty. What is elsewhere, in flight or in another queue, is gone from here.
/// </summary>
internal sealed class Ledger(World world, QueueKeys keys)
{
    private readonly Dictionary<string, StoredMessages> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredMessages> _byCursor = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LedgerMessage> _messages = new(StringComparer.Ordinal);
    private readonly SortedSet<LedgerMessage> _present = new(Comparer<LedgerMessage>.Create(static (a, b) => a.Rank.CompareTo(b.Rank)));
    private readonly Dictionary<string, ScheduledMessages> _scheduled = new(StringComparer.Ordinal);
    private readonly HashSet<LedgerMessage> _packed = [];
    private int _lasting;
    private int _filledAt;
    private TimeSpan _filledSince;

    public string Queue => keys.Queue;

    /// <summary>Every message that was ever committed.</summary>
    public IEnumerable<LedgerMessage> Messages => _messages.Values;

    /// <summary>What is in the queue now, in order.</summary>
    public IReadOnlyCollection<LedgerMessage> Present => _present;

    /// <summary>What lies there for later and is due: the longest of the times for which that has been so, at most since some moment.</summary>
    public TimeSpan OverdueSince(TimeSpan since) => _scheduled.Values.Where(s => s.Messages[0].Due <= world.Timeline.UtcNow)
        .Select(s => Shorter(world.Timeline.UtcNow - s.Messages[0].Due, Shorter(world.Timeline.Elapsed - s.At, world.Timeline.Elapsed - since)))
        .DefaultIfEmpty().Max();

    /// <summary>When the next of what lies there for later is due; null: there is nothing.</summary>
    public DateTimeOffset? NextDue => _scheduled.Count == 0 ? null : _scheduled.Values.Min(static s => s.Messages[0].Due);

    /// <summary>Every message that was ever in the queue.</summary>
    public IEnumerable<LedgerMessage> Ranked => _messages.Values.Where(static m => m.HasRank);

    public LedgerMessage? Find(string text) => _messages.GetValueOrDefault(text);

    /// <summary>Whether the queue had no message that lasts at some moment since that step.</summary>
    public bool WasEmptySince(int step) => _lasting == 0 || _filledAt >= step;

    /// <summary>For how long a message that lasts has been there.</summary>
    public TimeSpan FilledFor => _lasting == 0 ? TimeSpan.Zero : world.Timeline.Elapsed - _filledSince;

    public void Applied(Client client, KvOperation[] operations, TransactionResult result)
    {
        if (!result.Committed)
        {
            NoteLostRace(client, operations, result);
            return;
        }

        var before = _lasting;
        var taken = new List<LedgerMessage>();
        var moved = new List<LedgerMessage>();
        var added = new List<LedgerMessage>();
        _packed.Clear();
        foreach (var operation in operations)
        {
            switch (operation.Verb)
            {
                case KvVerb.Delete when _entries.TryGetValue(operation.Key, out var entry) && Array.Exists(operations, o => Packs(o, entry)):
                    _packed.UnionWith(entry.Messages.Where((_, offset) => !entry.Gone.Contains(offset)));
                    Forget(operation.Key, entry);
                    break;
                case KvVerb.Set when EntryKey.TryParse(keys, operation.Key, out var key) && key.Place == EntryPlace.Scheduled:
                    Schedule(client, key, operation.Value.Span);
                    break;
                case KvVerb.Set when EntryKey.TryParse(keys, operation.Key, out var key) && key.Place is EntryPlace.Log or EntryPlace.Front:
                    Store(client, key, operation.Value.Span, result.Index, added);
                    break;
                case KvVerb.Delete when _scheduled.Remove(operation.Key, out var scheduled):
                    moved.AddRange(scheduled.Messages);
                    foreach (var message in scheduled.Messages)
                        (message.IsScheduled, message.IsMoving) = (false, true);
                    break;
                case KvVerb.Cas when _byCursor.TryGetValue(operation.Key, out var entry):
                    MoveCursor(client, entry, operation.Value.Span, taken);
                    break;
                case KvVerb.Delete or KvVerb.DeleteCas when _entries.TryGetValue(operation.Key, out var entry):
                    for (var offset = 0; offset < entry.Messages.Length; offset++)
                        Remove(client, entry, offset, false, taken);
                    Forget(operation.Key, entry);
                    break;
                case KvVerb.DeleteTree:
                    Clear(client, operation.Key);
                    break;
            }
        }

        CheckOrder(client, taken);
        if (_packed.Count > 0)
            world.Fail($"{client.Name} packed {_packed.First()} with others, and it is not among them.");
        world.Inserts.Committed(this, added);
        foreach (var message in moved.Where(static m => m.IsMoving))
        {
            message.IsMoving = false;
            if (!world.Errands.MayRemove(client, keys.Queue, message.Text))
                world.Fail($"{client.Name} took {message} from what is scheduled, and did not bring it into the queue.");
            message.ChangedAt = world.Step;
            message.Removals.Add(new Removal(client, false, false));
        }

        if (before == 0 && _lasting > 0)
        {
            _filledAt = world.Step;
            _filledSince = world.Timeline.Elapsed;
        }
    }

    /// <summary>Whether an operation writes what an entry of the front set holds, together with what comes to it.</summary>
    private bool Packs(KvOperation operation, StoredMessages entry) =>
        operation.Verb == KvVerb.Set && EntryKey.TryParse(keys, operation.Key, out var key) && key.Place == EntryPlace.Front
            && EntryCodec.Read(operation.Value.Span, key.Count).Any(m => entry.Messages.Any(e => e.Text == m.Body.Text));

    private void Schedule(Client client, EntryKey key, ReadOnlySpan<byte> value)
    {
        EntryKey.TryDue(keys, key.Key, out var due);
        var messages = new List<LedgerMessage>();
        foreach (var stored in EntryCodec.Read(value, key.Count))
        {
            var text = stored.Body.Text!;
            var known = Find(text);
            if (known is not null && (known.IsPresent || known.IsScheduled || (stored.Rank is null && !known.IsMoving)))
                world.Fail($"{known} was committed twice.");
            if (known is { IsMoving: true } && known.Due.ToUnixTimeMilliseconds() != due)
                world.Fail($"{client.Name} put {known} off from {known.Due:O}.");
            // One with a rank was leased, and comes back to its place later.
            var message = known is { IsMoving: true } || stored.Rank is not null ? known! : _messages[text] = new LedgerMessage(text, stored.ExpiresAt);
            message.IsMoving = false;
            message.IsScheduled = true;
            message.Due = DateTimeOffset.FromUnixTimeMilliseconds(due);
            messages.Add(message);
        }

        _scheduled[key.Key] = new ScheduledMessages(messages, world.Timeline.Elapsed);
    }

    private void Store(Client client, EntryKey key, ReadOnlySpan<byte> value, ulong index, List<LedgerMessage> added)
    {
        var stored = EntryCodec.Read(value, key.Count);
        var entry = new StoredMessages(key, new LedgerMessage[key.Count]);
        for (var offset = 0; offset < stored.Length; offset++)
        {
            var text = stored[offset].Body.Text!;
            _messages.TryGetValue(text, out var message);
            if (key.Rank is null)
            {
                if (message is { IsPresent: true })
                    world.Fail($"{message} was committed twice.");
                // What comes from another queue begins anew.
                if (message is not { IsMoving: true })
                    message = _messages[text] = new LedgerMessage(text, stored[offset].ExpiresAt) { Earlier = message };
                message.Rank = Rank.Natural(index, key.Ordinal, offset);
                added.Add(message);
            }
            else if (message is null && world.Inserts.WasAskedFor(text))
            {
                message = _messages[text] = new LedgerMessage(text, stored[offset].ExpiresAt) { Rank = stored[offset].Rank! };
                added.Add(message);
            }
            else if (message is null || !message.Rank.Equals(stored[offset].Rank!))
            {
                world.Fail($"{LedgerMessage.Short(text)} came back at {stored[offset].Rank}, not at its place {message?.Rank}.");
                return;
            }
            else if (_packed.Remove(message))
            {
                entry.Messages[offset] = message;
                continue;
            }
            else if (message.IsPresent)
            {
                world.Fail($"{message} came back, and was not away.");
            }

            // Due is what is due by the clock of the one who notices.
            if (message.IsMoving && message.Due > client.Clock.Latest)
                world.Fail($"{message} came into the queue at {world.Timeline.UtcNow:O}, before {message.Due:O}.");
            message.IsMoving = false;
            if (message.Removals.Count > 0)
                message.Removals[^1].WasUndone = true;
            entry.Messages[offset] = message;
            message.IsPresent = true;
            message.ChangedAt = world.Step;
            message.StoredBy = client;
            message.StoredAt = world.Step;
            if (!_present.Add(message))
                world.Fail($"{message} has the same rank as another message, {message.Rank}.");
            _lasting += message.ExpiresAt is null ? 1 : 0;
        }

        _entries[key.Key] = entry;
        _byCursor[key.Cursor] = entry;
    }

    private void MoveCursor(Client client, StoredMessages entry, ReadOnlySpan<byte> value, List<LedgerMessage> taken)
    {
        if (Cursor.TryParse(value, entry.Messages.Length) is not { } cursor)
        {
            world.Fail($"What was written to {entry.Key.Cursor} is no cursor.");
            return;
        }

        for (var offset = 0; offset < entry.Messages.Length; offset++)
        {
            if (!cursor.Has(offset))
                Remove(client, entry, offset, false, taken);
            else if (entry.Gone.Contains(offset))
                world.Fail($"A cursor went back: {entry.Messages[offset]} is there again.");
        }
    }

    private void Clear(Client client, string prefix)
    {
        foreach (var (key, scheduled) in _scheduled.Where(s => s.Key.StartsWith(prefix, StringComparison.Ordinal)).ToList())
        {
            _scheduled.Remove(key);
            foreach (var message in scheduled.Messages)
            {
                message.IsScheduled = false;
                message.Removals.Add(new Removal(client, true, false));
            }
        }

        foreach (var (key, entry) in _entries.Where(e => e.Key.StartsWith(prefix, StringComparison.Ordinal)).ToList())
        {
            for (var offset = 0; offset < entry.Messages.Length; offset++)
                Remove(client, entry, offset, true, null);
            Forget(key, entry);
        }
    }

    private void Remove(Client client, StoredMessages entry, int offset, bool isClear, List<LedgerMessage>? taken)
    {
        if (!entry.Gone.Add(offset))
            return;
        var message = entry.Messages[offset];
        message.IsPresent = false;
        message.ChangedAt = world.Step;
        var passage = world.Whereabouts.Find(message.Text)?.Last;
        message.Removals.Add(new Removal(client, isClear, passage?.Why == Why.Expired) { Passage = passage });
        _present.Remove(message);
        _lasting -= message.ExpiresAt is null ? 1 : 0;
        var mayOvertake = message.Removals[^1].HadExpired && world.Errands.MayClearExpired(client, keys.Queue);
        if (!mayOvertake && !world.Moves.MayPickOut(client, message.Text))
            taken?.Add(message);
    }

    private void Forget(string key, StoredMessages entry)
    {
        _entries.Remove(key);
        _byCursor.Remove(entry.Key.Cursor);
    }

    /// <summary>Strict FIFO: a claim takes the first messages there are, unless its consumer has met competition and spreads.</summary>
    private void CheckOrder(Client client, List<LedgerMessage> taken)
    {
        var mayOvertake = client.HasLostRaces && !world.SettingsOf(keys.Queue).StrictOrder;
        if (taken.Count == 0 || mayOvertake || _present.Count == 0)
            return;
        var last = taken.MaxBy(static m => m.Rank)!;
        if (_present.Min!.Rank.CompareTo(last.Rank) < 0 && !taken.TrueForAll(m => world.Errands.Explain(client, m, this)))
            world.Fail($"{client.Name} took {last} at {last.Rank} while {_present.Min} at {_present.Min.Rank} was there.");
    }

    /// <summary>A claim that lost an entry or a cursor, though neither the order nor the receipt had changed.</summary>
    private void NoteLostRace(Client client, KvOperation[] operations, TransactionResult result)
    {
        // A claim in order, or one of a share: others do not care for the order anyway.
        if (operations[0].Key != keys.Head && operations[0].Key != keys.Info)
            return;
        var failed = result.Failures.Select(f => operations[f.OpIndex].Key).ToList();
        client.HasLostRaces |= failed.Exists(k => k.StartsWith(keys.Log, StringComparison.Ordinal)
                || k.StartsWith(keys.Front, StringComparison.Ordinal) || k.StartsWith(keys.Cursors, StringComparison.Ordinal))
            && !failed.Contains(keys.Head) && !failed.Exists(k => k.StartsWith(keys.Root + "r/", StringComparison.Ordinal));
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>An entry of what is scheduled, and when it was committed.</summary>
    private sealed record ScheduledMessages(List<LedgerMessage> Messages, TimeSpan At);

    private sealed record StoredMessages(EntryKey Key, LedgerMessage[] Messages)
    {
        public HashSet<int> Gone { get; } = [];
    }
}
