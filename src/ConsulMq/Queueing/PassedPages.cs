using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// Tells whether a message that has moved was met while it was ready: of the last pages it knows the IDs; whatever stands before those was met, or was in
/// flight, in front or scheduled long enough to be met there.
/// </summary>
internal sealed class PassedPages
{
    /// <summary>
    /// So many pages are known by their IDs. A message would have to change its place during the listings before and behind each of them to be taken for one
    /// that was met.
    /// </summary>
    private const int Most = 8;

    private readonly Queue<(Rank? Last, HashSet<Guid> Ids)> _pages = new();
    private Rank? _before;
    private Rank? _last;

    /// <summary>Adds a page.</summary>
    /// <param name="last">The rank of its last message; null: it has none.</param>
    /// <param name="ids">The messages that were met on it.</param>
    public void Add(Rank? last, HashSet<Guid> ids)
    {
        // What comes late stands before where the walk is.
        if (last is not null && (_last is null || last.CompareTo(_last) > 0))
            _last = last;
        if (ids.Count == 0)
            return;
        _pages.Enqueue((_last, ids));
        if (_pages.Count > Most)
            _before = _pages.Dequeue().Last;
    }

    /// <summary>Whether a message was met.</summary>
    public bool Have(Message message)
    {
        foreach (var (_, ids) in _pages)
        {
            if (ids.Contains(message.Id))
                return true;
        }

        return _before is not null && message.Rank?.CompareTo(_before) <= 0;
    }
}
