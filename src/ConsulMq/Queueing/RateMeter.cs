using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// How fast messages come and go, from two looks at a queue. Consul counts nothing, and a count would cost every push a write, so this is what the names
/// of entries tell: what stands at the end of the log and did not stand there at the last look was pushed meanwhile; the rest of the difference in
/// depth went. What came and went between two looks has left no trace but the pages that it filled, and those count by the mean size of a page. Only
/// the end of the log is remembered, so memory does not grow with the queue. All members may be used by many threads at once.
/// </summary>
internal sealed class RateMeter
{
    /// <summary>Rates are measured over this time at least, where there are enough looks.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private volatile Memory? _last;

    /// <summary>Begins a look. The entries of the log are shown to it as they are counted.</summary>
    /// <param name="index">The queue's index, read before.</param>
    /// <param name="createdAt">When the queue was created: another time, another queue.</param>
    /// <param name="now">The time, as the clock's elapsed.</param>
    public Look Begin(IndexState index, DateTimeOffset createdAt, TimeSpan now)
    {
        var last = _last;
        var isSame = last is not null && last.CreatedAt == createdAt && last.TailPage <= index.Tail.Page;
        return new Look(isSame ? last : null, index, createdAt, now);
    }

    /// <summary>Ends a look.</summary>
    /// <param name="look">The look.</param>
    /// <param name="depth">How many messages were ready.</param>
    /// <returns>Messages a second in and out; null: there is no earlier look.</returns>
    public (double In, double Out)? End(Look look, long depth)
    {
        var last = look.Last;
        if (last is null || look.At - last.At >= Shortest)
            _last = new Memory(look.At, look.CreatedAt, look.Index.Tail.Page, look.AtEnd, depth, look.MessagesAPage);
        var time = last is null ? 0 : (look.At - last.At).TotalSeconds;
        if (time <= 0)
            return null;
        double came = look.Came;
        // What came in otherwise than by a push is a difference without an entry: what was given back, for one.
        var went = came - (depth - last!.Depth);
        if (went < 0)
            (came, went) = (came - went, 0);
        return (came / time, went / time);
    }

    /// <summary>What is remembered of a look.</summary>
    internal sealed record Memory(TimeSpan At, DateTimeOffset CreatedAt, long TailPage, HashSet<string> AtEnd, long Depth, double MessagesAPage);

    /// <summary>A look under way.</summary>
    internal sealed class Look(Memory? last, IndexState index, DateTimeOffset createdAt, TimeSpan at)
    {
        private long _came;
        private long _entries;
        private long _messages;
        private long _bytes;

        public Memory? Last => last;

        public IndexState Index => index;

        public DateTimeOffset CreatedAt => createdAt;

        public TimeSpan At => at;

        /// <summary>The entries at the end of the log, by their IDs.</summary>
        public HashSet<string> AtEnd { get; } = new(StringComparer.Ordinal);

        /// <summary>How many messages have come since the last look.</summary>
        public double Came => _came + (last is null ? 0 : Math.Max(index.Head.Page - last.TailPage - 1, 0) * MessagesAPage);

        /// <summary>The mean, by what the queue's entries are like, or were at the last look; where nobody has seen one, half a page of single messages.</summary>
        public double MessagesAPage => _entries == 0
            ? last?.MessagesAPage ?? Layout.PageEntries / 2
            : _messages / (double)_entries / Layout.RollProbability(1, _bytes / _entries);

        /// <summary>An entry of the log.</summary>
        public void See(EntryKey entry, long page)
        {
            _entries++;
            _messages += entry.Count;
            _bytes += entry.Bytes;
            if (page >= index.Tail.Page)
                AtEnd.Add(entry.Id);
            if (last is not null && page >= last.TailPage && !last.AtEnd.Contains(entry.Id))
                _came += entry.Count;
        }
    }
}
