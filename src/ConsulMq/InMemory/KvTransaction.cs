using ConsulMq.Consul;

namespace ConsulMq.InMemory;

/// <summary>
/// Runs the operations of one transaction on the state, one after the other, each on what the ones before it left. It does not stop at the first
/// failure: every operation runs, so a refused transaction names all that failed. Whoever calls it commits or rolls back.
/// </summary>
internal sealed class KvTransaction(KvState state, SessionState sessions, ulong index)
{
    private readonly List<KvPair> _pairs = [];
    private readonly List<OperationFailure> _failures = [];
    private ulong _highest;
    private bool _writes;

    /// <summary>What is refused before anything runs; if there is anything of the kind, nothing else is looked at.</summary>
    public static List<OperationFailure> Precheck(SessionState sessions, IReadOnlyList<KvOperation> operations, TimeSpan now)
    {
        var failures = new List<OperationFailure>();
        for (var i = 0; i < operations.Count; i++)
        {
            if (operations[i].Key.Length == 0 && operations[i].Verb != KvVerb.DeleteTree)
                failures.Add(new OperationFailure(i, "a key is required"));
            else if (operations[i].Verb == KvVerb.Lock && sessions.IsLockDelayed(operations[i].Key, now))
                failures.Add(new OperationFailure(i, $"lock of \"{operations[i].Key}\" refused: lock delay"));
        }
        return failures;
    }

    public TransactionResult Run(IReadOnlyList<KvOperation> operations)
    {
        for (var i = 0; i < operations.Count; i++)
            if (Apply(operations[i]) is { } what)
                _failures.Add(new OperationFailure(i, what));
        return _failures.Count > 0 ? TransactionResult.Refused(_failures) : TransactionResult.Success(_pairs, _writes ? _highest : 0);
    }

    /// <returns>What went wrong, or null.</returns>
    private string? Apply(in KvOperation operation)
    {
        var key = operation.Key;
        var existing = operation.Verb is KvVerb.GetTree or KvVerb.DeleteTree ? null : state.Find(key);
        switch (operation.Verb)
        {
            case KvVerb.Set:
                return Write(operation, 0, existing?.Session);
            case KvVerb.Cas:
                return (existing?.ModifyIndex ?? 0) == operation.Index
                    ? Write(operation, 0, existing?.Session)
                    : $"cas of \"{key}\": index is stale";
            case KvVerb.Lock:
                return Lock(operation, existing);
            case KvVerb.Unlock:
                if (string.IsNullOrEmpty(operation.Session))
                    return "a session is required";
                return existing?.Session == operation.Session
                    ? Write(operation, existing!.LockIndex, null)
                    : $"unlock of \"{key}\": the session does not hold it";
            case KvVerb.Get:
                if (existing is null)
                    return $"get of \"{key}\": no such key";
                _pairs.Add(existing);
                return Answer(existing);
            case KvVerb.GetTree:
                foreach (var pair in state.Under(key))
                {
                    _pairs.Add(pair);
                    Answer(pair);
                }
                return null;
            case KvVerb.CheckIndex:
                return existing is not null && existing.ModifyIndex == operation.Index
                    ? Answer(existing)
                    : $"check-index of \"{key}\": {existing?.ModifyIndex.ToString() ?? "no such key"}, not {operation.Index}";
            case KvVerb.CheckSession:
                return existing is not null && (existing.Session ?? "") == (operation.Session ?? "")
                    ? Answer(existing)
                    : $"check-session of \"{key}\": the session does not hold it";
            case KvVerb.CheckNotExists:
                return existing is null ? null : $"check-not-exists of \"{key}\": it exists";
            case KvVerb.Delete:
                state.Delete(key);
                return null;
            case KvVerb.DeleteTree:
                state.DeleteTree(key);
                return null;
            case KvVerb.DeleteCas:
                if (existing is not null && existing.ModifyIndex != operation.Index)
                    return $"delete-cas of \"{key}\": index is stale";
                state.Delete(key);
                return null;
            default:
                return $"unknown verb {operation.Verb}";
        }
    }

    private string? Lock(in KvOperation operation, KvPair? existing)
    {
        if (string.IsNullOrEmpty(operation.Session))
            return "a session is required";
        if (!sessions.Exists(operation.Session!))
            return $"lock of \"{operation.Key}\": no such session \"{operation.Session}\"";
        if (existing?.Session is { } holder && holder != operation.Session)
            return $"lock of \"{operation.Key}\": another session holds it";
        var count = existing?.LockIndex ?? 0;
        return Write(operation, existing?.Session is null ? count + 1 : count, operation.Session);
    }

    /// <remarks>
    /// As in Consul, a write that is no lock keeps the key's session but sets its LockIndex to 0.
    /// </remarks>
    private string? Write(in KvOperation operation, ulong lockIndex, string? session)
    {
        var pair = new KvPair { Key = operation.Key, Value = operation.Value.ToArray(), LockIndex = lockIndex, Session = session };
        _writes = true;
        return Answer(state.Write(index, pair));
    }

    /// <summary>
    /// Consul answers these operations with their key's pair, and the index of the transaction is the highest among them: what it wrote, if it
    /// changed anything.
    /// </summary>
    private string? Answer(KvPair pair)
    {
        _highest = Math.Max(_highest, pair.ModifyIndex);
        return null;
    }
}
