namespace ConsulMq.InMemory;

/// <summary>
/// A map sorted by key, made of short sorted arrays: finding and changing a key, and finding where a prefix starts, take logarithmic time at
/// any size that fits in memory. <c>SortedDictionary</c> cannot start in the middle, and counting a view of <c>SortedSet</c> is linear on
/// .NET Framework.
/// </summary>
internal sealed class SortedMap<TValue>
{
    private const int ChunkCapacity = 256;

    private readonly List<Chunk> _chunks = [];

    public int Count { get; private set; }

    public bool TryGetValue(string key, out TValue value)
    {
        if (TryFind(key, out var chunk, out var at))
        {
            value = _chunks[chunk].Values[at];
            return true;
        }
        value = default!;
        return false;
    }

    public void Set(string key, TValue value)
    {
        if (TryFind(key, out var chunk, out var at))
        {
            _chunks[chunk].Values[at] = value;
            return;
        }
        Count++;
        if (_chunks.Count == 0)
            _chunks.Add(new Chunk());
        if (_chunks[chunk].Count == ChunkCapacity)
        {
            // Keys that arrive in order fill their chunks; others split one in halves.
            var keep = at == ChunkCapacity && chunk == _chunks.Count - 1 ? ChunkCapacity : ChunkCapacity / 2;
            _chunks.Insert(chunk + 1, _chunks[chunk].SplitOff(keep));
            if (at >= keep)
            {
                chunk++;
                at -= keep;
            }
        }
        _chunks[chunk].Insert(at, key, value);
    }

    public bool Remove(string key)
    {
        if (!TryFind(key, out var chunk, out var at))
            return false;
        Count--;
        _chunks[chunk].RemoveAt(at);
        if (_chunks[chunk].Count == 0)
            _chunks.RemoveAt(chunk);
        return true;
    }

    /// <summary>All with a key that starts with <paramref name="prefix"/>, in order. Not to be used across changes.</summary>
    public IEnumerable<KeyValuePair<string, TValue>> StartingWith(string prefix)
    {
        TryFind(prefix, out var chunk, out var at);
        for (; chunk < _chunks.Count; chunk++, at = 0)
        {
            var current = _chunks[chunk];
            for (; at < current.Count; at++)
            {
                if (!current.Keys[at].StartsWith(prefix, StringComparison.Ordinal))
                    yield break;
                yield return new(current.Keys[at], current.Values[at]);
            }
        }
    }

    /// <summary>Finds a key, or the place where it would have to be inserted.</summary>
    private bool TryFind(string key, out int chunk, out int at)
    {
        int low = 0, high = _chunks.Count - 1;
        while (low < high)
        {
            // The last chunk whose first key is not above the key.
            var middle = (low + high + 1) / 2;
            if (KeyOrder.Instance.Compare(_chunks[middle].Keys[0], key) <= 0)
                low = middle;
            else
                high = middle - 1;
        }
        chunk = low;
        at = 0;
        if (_chunks.Count == 0)
            return false;
        at = Array.BinarySearch(_chunks[chunk].Keys, 0, _chunks[chunk].Count, key, KeyOrder.Instance);
        if (at >= 0)
            return true;
        at = ~at;
        return false;
    }

    private sealed class Chunk
    {
        public string[] Keys { get; } = new string[ChunkCapacity];

        public TValue[] Values { get; } = new TValue[ChunkCapacity];

        public int Count { get; private set; }

        public void Insert(int at, string key, TValue value)
        {
            Array.Copy(Keys, at, Keys, at + 1, Count - at);
            Array.Copy(Values, at, Values, at + 1, Count - at);
            Keys[at] = key;
            Values[at] = value;
            Count++;
        }

        public void RemoveAt(int at)
        {
            Count--;
            Array.Copy(Keys, at + 1, Keys, at, Count - at);
            Array.Copy(Values, at + 1, Values, at, Count - at);
            Keys[Count] = null!;
            Values[Count] = default!;
        }

        public Chunk SplitOff(int keep)
        {
            var rest = new Chunk { Count = Count - keep };
            Array.Copy(Keys, keep, rest.Keys, 0, rest.Count);
            Array.Copy(Values, keep, rest.Values, 0, rest.Count);
            Array.Clear(Keys, keep, rest.Count);
            Array.Clear(Values, keep, rest.Count);
            Count = keep;
            return rest;
        }
    }
}
