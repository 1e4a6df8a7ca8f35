using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Tests.Simulation.Checks;

/// <summary>
/// Where every message is, by the transactions that committed: ready in one queue, in flight in one lease, or gone; never at two places, and never gone
/// without a reason. Knows nothing of order, and nothing of what clients believe.
/// </summary>
internal sealed class Whereabouts(World world)
{
    private readonly PassageRules _rules = new(world);
    private readonly Dictionary<string, Journey> _journeys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Entry> _byCursor = new(StringComparer.Ordinal);
    private readonly Dictionary<LeaseSlot, Passage> _ends = [];
    private readonly Dictionary<Journey, Stay?> _touched = [];

    public IEnumerable<Journey> Journeys => _journeys.Values;

    /// <summary>What the last transaction brought in for the first time.</summary>
    public IEnumerable<Journey> Pushed => _touched.Keys.Where(static j => j.Passages is [{ Why: Why.Pushed }]);

    public Journey? Find(string text) => _journeys.GetValueOrDefault(text);

    /// <summary>How a message left a lease; null: it is still in it, or never was.</summary>
    public Passage? EndOf(LeaseSlot slot) => _ends.GetValueOrDefault(slot);

    /// <summary>All that ever left a lease.</summary>
    public IEnumerable<KeyValuePair<LeaseSlot, Passage>> Ends => _ends;

    /// <summary>Whether a message is in flight in that lease, and its session lives.</summary>
    public bool IsHeld(LeaseSlot slot) =>
        _entries.TryGetValue(slot.Lease, out var lease) && !lease.Gone.Contains(slot.Offset) && world.Sessions.IsAlive(PassageRules.SessionOf(lease.Key, lease.Queue));

    /// <summary>The step in which a lease was taken.</summary>
    public int LeasedAt(string lease) => _entries.TryGetValue(lease, out var entry) ? entry.Step : 0;

    public void Applied(Client client, KvOperation[] operations, ulong index)
    {
        _touched.Clear();
        var clears = false;
        foreach (var operation in operations)
        {
            switch (operation.Verb)
            {
                case KvVerb.Set or KvVerb.Lock when EntryKey.TryParse(world.KeysOf(operation.Key), operation.Key, out var key):
                    Arrive(client, key, operation.Value.Span, index);
                    break;
                case KvVerb.Set or KvVerb.Cas when _byCursor.TryGetValue(operation.Key, out var entry):
                    MoveCursor(entry, operation.Value.Span);
                    break;
                case KvVerb.Delete or KvVerb.DeleteCas when _entries.TryGetValue(operation.Key, out var entry):
                    Leave(entry);
                    break;
                case KvVerb.DeleteTree:
                    clears = true;
                    foreach (var entry in _entries.Values.Where(e => e.Key.Key.StartsWith(operation.Key, StringComparison.Ordinal)).ToList())
                        Leave(entry);
                    break;
            }
        }

        foreach (var (journey, from) in _touched)
            Note(client, journey, from, clears);
    }

    private void Arrive(Client client, EntryKey key, ReadOnlySpan<byte> value, ulong index)
    {
        if (_entries.TryGetValue(key.Key, out var before))
            Leave(before);
        var queue = world.KeysOf(key.Key);
        var messages = EntryCodec.Read(value, key.Count);
        var entry = new Entry(key, queue, new Journey[key.Count], world.Step);
        for (var offset = 0; offset < messages.Length; offset++)
        {
            var text = messages[offset].Body.Text!;
            if (!_journeys.TryGetValue(text, out var journey))
                _journeys[text] = journey = new Journey(text);
            Touch(journey);
            entry.Journeys[offset] = journey;
            var rank = key.Place == EntryPlace.Log ? Rank.Natural(index, key.Ordinal, offset) : messages[offset].Rank;
            journey.Stays.Add(new Stay(queue.Queue, key, offset, rank, messages[offset], client));
        }

        _entries[key.Key] = entry;
        _byCursor[key.Cursor] = entry;
    }

    private void MoveCursor(Entry entry, ReadOnlySpan<byte> value)
    {
        if (Cursor.TryParse(value, entry.Journeys.Length) is not { } cursor)
        {
            world.Fail($"What was written to {entry.Key.Cursor} is no cursor.");
            return;
        }

        for (var offset = 0; offset < entry.Journeys.Length; offset++)
        {
            if (!cursor.Has(offset))
                Leave(entry, offset);
            else if (entry.Gone.Contains(offset))
                world.Fail($"A cursor went back: {entry.Journeys[offset]} is there again in {entry.Key.Key}.");
        }
    }

    private void Leave(Entry entry)
    {
        for (var offset = 0; offset < entry.Journeys.Length; offset++)
            Leave(entry, offset);
        _entries.Remove(entry.Key.Key);
        _byCursor.Remove(entry.Key.Cursor);
    }

    private void Leave(Entry entry, int offset)
    {
        if (!entry.Gone.Add(offset))
            return;
        var journey = entry.Journeys[offset];
        Touch(journey);
        journey.Stays.RemoveAll(s => s.Key == entry.Key && s.Offset == offset);
    }

    private void Touch(Journey journey)
    {
        if (!_touched.ContainsKey(journey))
            _touched[journey] = journey.Stays.Count == 0 ? null : journey.Stays[0];
    }

    private void Note(Client client, Journey journey, Stay? from, bool clears)
    {
        if (journey.Stays.Count > 1)
            world.Fail($"{journey} is at two places: {journey.Stays[0]} and {journey.Stays[1]}.");
        var to = journey.Stays.Count == 0 ? null : journey.Stays[^1];
        var passage = new Passage(world.Step, client, from, to, _rules.Judge(client, journey, from, to, clears));
        journey.Passages.Add(passage);
        if (from is { IsInFlight: true })
            _ends[from.Slot] = passage;
    }

    private sealed record Entry(EntryKey Key, QueueKeys Queue, Journey[] Journeys, int Step)
    {
        public HashSet<int> Gone { get; } = [];
    }
}
