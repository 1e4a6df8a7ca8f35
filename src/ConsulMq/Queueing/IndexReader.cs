using ConsulMq.Consul;
using ConsulMq.Diagnostics;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>A queue's index at one moment.</summary>
/// <param name="Head">What the head says.</param>
/// <param name="HeadIndex">Its ModifyIndex.</param>
/// <param name="Tail">The tail.</param>
/// <param name="Due">The signal of those who schedule; null: nobody ever did.</param>
internal sealed record IndexState(HeadState Head, ulong HeadIndex, TailState Tail, DueSignal? Due);

/// <summary>
/// The tail of a queue, and what is set for the queue: a change of the settings moves the tail, so a write that stands on this tail stands on these
/// settings.
/// </summary>
/// <param name="Page">The page that pushes go to.</param>
/// <param name="Index">The ModifyIndex of the tail's key.</param>
/// <param name="Settings">What was set when the tail had this ModifyIndex.</param>
/// <param name="Most">In a queue with a most depth, how many messages are ready at most under this tail; null: nobody has counted.</param>
internal sealed record TailState(long Page, ulong Index, QueueSettings Settings, long? Most = null);

/// <summary>What whoever schedules a message leaves for the others, so that they look at the due times again.</summary>
/// <param name="Due">When the message is due, in milliseconds since 1970; the last one's, of several.</param>
/// <param name="Index">The ModifyIndex of the signal's key: another one, and somebody has scheduled since.</param>
internal sealed record DueSignal(long Due, ulong Index);

/// <summary>Reads a queue's index, checks once that this version knows the queue's layout, and remembers the tail.</summary>
internal sealed class IndexReader(QueueContext context)
{
    private readonly QueueKeys _keys = context.Keys;
    private volatile TailState? _tail;
    private volatile QueueInfo? _info;

    private static readonly QueueSettings Defaults = new();

    /// <summary>The tail as last seen; null: not known, or the queue did not exist.</summary>
    public TailState? CachedTail => _tail;

    /// <summary>The settings as last seen; null: not known, or there are none. Whoever changes them touches head and tail, so that all read them again.</summary>
    public QueueInfo? Info => _info;

    /// <summary>What is set for the queue, as last seen.</summary>
    public QueueSettings Settings => _info?.Settings ?? Defaults;

    /// <summary>The operations whose results <see cref="Take"/> understands. They fail for nothing that is missing.</summary>
    public void AddTo(List<KvOperation> operations)
    {
        operations.Add(KvOperation.GetTree(_keys.Index));
        operations.Add(KvOperation.GetTree(_keys.System));
    }

    /// <summary>Remembers a tail that was just written or read.</summary>
    public void Remember(TailState? tail) => _tail = tail;

    /// <summary>Forgets the settings: the queue was removed.</summary>
    public void Forget()
    {
        _info = null;
        _tail = null;
    }

    /// <summary>Reads the index afresh, never stale. Null: there is no such queue.</summary>
    public async Task<IndexState?> ReadAsync(CancellationToken cancellation)
    {
        var state = Take(await SnapshotAsync(null, sessions: false, cancellation).ConfigureAwait(false));
        OperationLog.Steps?.Step(state is null
            ? $"There is no queue '{_keys.Queue}', {OperationLog.Steps?.Took}."
            : $"Read the index of '{_keys.Queue}': head at page {state.Head.Page}, tail at page {state.Tail.Page}, {OperationLog.Steps?.Took}.");
        return state;
    }

    /// <summary>
    /// Reads the index, and a page with its cursors if one is named, as of one moment and never stale; the sessions that hold leases too, behind all else,
    /// if they are asked for.
    /// </summary>
    public async Task<IReadOnlyList<KvPair>> SnapshotAsync(long? page, bool sessions, CancellationToken cancellation)
    {
        var operations = new List<KvOperation>(5);
        AddTo(operations);
        if (page is { } number)
            LogPage.AddTo(operations, _keys, number);
        if (sessions)
            operations.Add(KvOperation.GetTree(_keys.Sessions));
        var result = await context.Consul.TransactAsync(operations, ReadConsistency.Consistent, cancellation).ConfigureAwait(false);
        return result.Pairs;
    }

    /// <summary>The sessions among the pairs of a snapshot that asked for them.</summary>
    public IReadOnlyList<KvPair> TakeSessions(IReadOnlyList<KvPair> pairs)
    {
        var first = pairs.Count;
        while (first > 0 && pairs[first - 1].Key.StartsWith(_keys.Sessions, StringComparison.Ordinal))
            first--;
        return first == pairs.Count ? [] : [.. pairs.Skip(first)];
    }

    /// <summary>Reads the index of a queue that has to be there, never stale.</summary>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.QueueNotFound"/></exception>
    public async Task<IndexState> RequireAsync(CancellationToken cancellation) =>
        await ReadAsync(cancellation).ConfigureAwait(false) ?? throw await AbsentAsync(cancellation).ConfigureAwait(false);

    /// <summary>The error for a queue that is not there, once that is proved.</summary>
    public async Task<ConsulMqException> AbsentAsync(CancellationToken cancellation)
    {
        await ProveAbsenceAsync(cancellation).ConfigureAwait(false);
        return Errors.NoSuchQueue(_keys.Queue);
    }

    /// <summary>
    /// Makes sure that a queue that looks absent is: Consul leaves what a token may not read out of a snapshot without a word. Asking for the key itself
    /// is refused with one.
    /// </summary>
    public Task ProveAbsenceAsync(CancellationToken cancellation) => context.Consul.GetAsync(_keys.Head, ReadOptions.Consistent, cancellation);

    /// <summary>Finds the index among the pairs of a snapshot. Null: there is no such queue.</summary>
    /// <exception cref="ConsulMqException">Unknown layout, or damage.</exception>
    public IndexState? Take(IReadOnlyList<KvPair> pairs)
    {
        KvPair? head = null, tail = null, due = null, info = null;
        foreach (var pair in pairs)
        {
            if (pair.Key == _keys.Head)
                head = pair;
            else if (pair.Key == _keys.Tail)
                tail = pair;
            else if (pair.Key == _keys.Due)
                due = pair;
            else if (pair.Key == _keys.Info)
                info = pair;
        }

        // What was read together stays together: another thread may read at the same time.
        var settings = TakeInfo(info)?.Settings ?? Defaults;

        if (head is null && tail is null)
        {
            _tail = null;
            return null;
        }

        var headState = head is null ? null : IndexCodec.ParseHead(head.Value.Span);
        var storedTail = tail is null ? null : IndexCodec.ParseTail(tail.Value.Span);
        if (headState is null || storedTail is null || headState.Value.Page > storedTail.Value.Page)
            throw Damaged(headState is null ? _keys.Head : _keys.Tail);
        var signal = due is null ? null : new DueSignal(IndexCodec.ParseDue(due.Value.Span), due.ModifyIndex);
        var tailState = new TailState(storedTail.Value.Page, tail!.ModifyIndex, settings, storedTail.Value.Most);
        var state = new IndexState(headState.Value, head!.ModifyIndex, tailState, signal);
        // A snapshot in the background may be older than what a push has learnt meanwhile.
        if (_tail is not { } known || known.Index <= state.Tail.Index)
            _tail = state.Tail;
        return state;
    }

    private QueueInfo? TakeInfo(KvPair? pair)
    {
        var known = _info;
        if (pair is null)
            known = null;
        else if (known?.Index != pair.ModifyIndex)
            known = QueueInfo.Parse(pair.Value.Span, _keys) with { Index = pair.ModifyIndex };
        return _info = known;
    }

    private static ConsulMqException Damaged(string key) => new(
        ConsulMqError.CorruptEntry,
        $"Key '{key}' is missing or does not hold the page number it should, and nothing was touched.",
        key)
    {
        RecommendedAction = $"Write {{\"page\":N}} there: for the tail the highest page under the queue's p/, for the head the lowest (the last 16 digits are hexadecimal, N is decimal).",
    };
}
