namespace ConsulMq.Queueing;

/// <summary>What a claim does with messages that have expired.</summary>
internal enum Expired
{
    /// <summary>It takes them along, and nobody gets them.</summary>
    Drop,

    /// <summary>It ends before the first one.</summary>
    StopBefore,

    /// <summary>It takes nothing else.</summary>
    Only,
}

/// <summary>Chooses from a view what to claim next.</summary>
internal static class Selector
{
    /// <summary>
    /// The next messages in order of rank: the page and the front set merged. Expired ones that it passes over are removed by the same claim. Empty:
    /// the view has nothing left, or the front set must be read on first.
    /// </summary>
    public static Claim InOrder(HeadView view, int max, DateTimeOffset now, Claim? claim = null, Expired expired = Expired.Drop)
    {
        claim ??= new Claim();
        var walk = new Walk(view);
        while (claim.Taken.Count < max && walk.TryNext(out var entry, out var offset))
        {
            if (!TryAdd(claim, entry, offset, now, expired))
                break;
        }

        return claim;
    }

    /// <summary>The next messages of a consumer's share.</summary>
    public static Claim FromShare(IReadOnlyList<StoredEntry> entries, int max, DateTimeOffset now, Claim? claim = null, Expired expired = Expired.Drop)
    {
        claim ??= new Claim();
        foreach (var entry in entries)
        {
            if (!entry.IsOpen || entry.Messages() is null)
                continue;
            for (var offset = entry.Cursor.First; offset < entry.Cursor.End; offset++)
            {
                if (claim.Taken.Count >= max)
                    return claim;
                if (entry.Has(offset) && !TryAdd(claim, entry, offset, now, expired))
                    return claim;
            }
        }

        return claim;
    }

    private static bool TryAdd(Claim claim, StoredEntry entry, int offset, DateTimeOffset now, Expired expired)
    {
        var hasExpired = entry.Messages()![offset].IsExpired(now);
        return expired == Expired.Drop ? claim.TryAdd(entry, offset, !hasExpired)
            : hasExpired == (expired == Expired.Only) && claim.TryAdd(entry, offset, true);
    }

    /// <summary>Walks over what is left in a view, in order of rank.</summary>
    private ref struct Walk
    {
        private readonly HeadView _view;
        private readonly FrontSet? _front;
        private int _entry;
        private int _offset;
        private int _frontAt;

        public Walk(HeadView view)
        {
            view.SkipClosed();
            _view = view;
            _front = view.Front;
            _entry = view.FirstOpen;
        }

        public bool TryNext(out StoredEntry entry, out int offset)
        {
            var hasLog = SeekLog();
            if (_front is null)
            {
                entry = hasLog ? _view.Page.Entries[_entry] : null!;
                offset = hasLog ? _offset++ : 0;
                return hasLog;
            }

            // Behind the end of a sealed page the log goes on, and what stands there may come before what is in the front set.
            var hasFront = (hasLog || !_view.IsSealed) && SeekFront();
            if (!hasLog && !hasFront)
            {
                entry = null!;
                offset = 0;
                return false;
            }

            var log = hasLog ? _view.Page.Entries[_entry].RankOf(_offset) : null;
            var fromFront = hasFront && (log is null || _front.Messages[_frontAt].Rank.CompareTo(log) < 0);
            var rank = fromFront ? _front.Messages[_frontAt].Rank : log!;
            (entry, offset) = fromFront
                ? (_front.Messages[_frontAt].Entry, _front.Messages[_frontAt++].Offset)
                : (_view.Page.Entries[_entry], _offset++);
            // Something in the front set that was not read yet may come before it.
            return _front.Horizon is not { } horizon || rank.CompareTo(horizon) < 0;
        }

        private bool SeekLog()
        {
            for (; _entry < _view.Page.Entries.Count; _entry++, _offset = 0)
            {
                var entry = _view.Page.Entries[_entry];
                if (!entry.IsOpen || entry.Messages() is null)
                    continue;
                _offset = Math.Max(_offset, entry.Cursor.First);
                while (_offset < entry.Cursor.End && !entry.Has(_offset))
                    _offset++;
                if (_offset < entry.Cursor.End)
                    return true;
            }

            return false;
        }

        private bool SeekFront()
        {
            var messages = _front!.Messages;
            while (_frontAt < messages.Count && !(messages[_frontAt].Entry.IsOpen && messages[_frontAt].Entry.Has(messages[_frontAt].Offset)))
                _frontAt++;
            return _frontAt < messages.Count;
        }
    }
}
