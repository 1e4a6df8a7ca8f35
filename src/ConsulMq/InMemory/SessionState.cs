using ConsulMq.Consul;

namespace ConsulMq.InMemory;

/// <summary>The living sessions, when they end by themselves, and the lock delays that ended ones left behind. No clock of its own, no locks.</summary>
internal sealed class SessionState
{
    /// <summary>Consul's leader gives a session twice the TTL it asked for before it ends it.</summary>
    private const int TtlMultiplier = 2;

    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TimeSpan> _lockDelays = new(StringComparer.Ordinal);
    private (string Id, TimeSpan Due)? _nextDue;
    private bool _nextDueKnown = true;

    /// <summary>The index of the last change.</summary>
    public ulong TableIndex { get; private set; }

    public bool Exists(string id) => _sessions.ContainsKey(id);

    public void Create(string id, SessionRequest request, ulong index, TimeSpan now)
    {
        var info = new SessionInfo(id, request.Name, Identity.Node, request.Ttl, request.Behavior, index, request.IgnoresNodeHealth);
        _sessions.Add(id, new Session(info, request.LockDelay) { Due = DueAfter(request.Ttl, now) });
        TableIndex = index;
        _nextDueKnown = false;
    }

    public bool Renew(string id, TimeSpan now)
    {
        if (!_sessions.TryGetValue(id, out var session))
            return false;
        session.Due = DueAfter(session.Info.Ttl, now);
        _nextDueKnown = false;
        return true;
    }

    /// <summary>Ends a session: what it held is released or deleted, and cannot be locked for its lock delay.</summary>
    public bool End(string id, ulong index, TimeSpan now, KvState kv)
    {
        if (!_sessions.TryGetValue(id, out var session))
            return false;
        _sessions.Remove(id);
        TableIndex = index;
        _nextDueKnown = false;
        foreach (var key in kv.HeldBy(id))
        {
            if (session.Info.Behavior == SessionBehavior.Delete)
                kv.Delete(key);
            else
                kv.Write(index, kv.Find(key)! with { Session = null });
            if (session.LockDelay > TimeSpan.Zero)
                _lockDelays[key] = now + Min(session.LockDelay, SessionLimits.LongestLockDelay);
        }
        return true;
    }

    public bool IsLockDelayed(string key, TimeSpan now)
    {
        if (!_lockDelays.TryGetValue(key, out var until))
            return false;
        if (until > now)
            return true;
        _lockDelays.Remove(key);
        return false;
    }

    /// <summary>The session that ends next by itself, and when. Null if none does.</summary>
    public (string Id, TimeSpan Due)? NextDue()
    {
        // Asked for with every request, and changed by few.
        if (_nextDueKnown)
            return _nextDue;
        (string Id, TimeSpan Due)? next = null;
        foreach (var session in _sessions.Values)
            if (session.Due is { } due && (next is null || due < next.Value.Due
                || (due == next.Value.Due && string.CompareOrdinal(session.Info.Id, next.Value.Id) < 0)))
                next = (session.Info.Id, due);
        _nextDue = next;
        _nextDueKnown = true;
        return next;
    }

    /// <summary>All, in the order of their IDs.</summary>
    public List<SessionInfo> All()
    {
        var all = new List<SessionInfo>(_sessions.Count);
        foreach (var session in _sessions.Values)
            all.Add(session.Info);
        all.Sort((a, b) => string.CompareOrdinal(a.Id, b.Id));
        return all;
    }

    private static TimeSpan? DueAfter(TimeSpan ttl, TimeSpan now) => ttl > TimeSpan.Zero ? now + TimeSpan.FromTicks(ttl.Ticks * TtlMultiplier) : null;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private sealed class Session(SessionInfo info, TimeSpan lockDelay)
    {
        public SessionInfo Info { get; } = info;

        public TimeSpan LockDelay { get; } = lockDelay;

        public TimeSpan? Due { get; set; }
    }
}
