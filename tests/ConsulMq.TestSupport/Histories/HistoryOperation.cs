namespace ConsulMq.TestSupport.Histories;

/// <summary>One operation of a process: when it began, and what is known of its outcome.</summary>
/// <param name="call">The event it began with.</param>
public sealed class HistoryOperation(HistoryEvent call)
{
    private readonly Dictionary<string, long> _done = new(StringComparer.Ordinal);
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);

    /// <summary>Who did it.</summary>
    public string Process => call.Process;

    /// <summary>What it is there for.</summary>
    public HistoryVerb Verb => call.Verb!.Value;

    /// <summary>When it began.</summary>
    public long CalledAt => call.At;

    /// <summary>The messages that a push or a completion was called for.</summary>
    public IReadOnlyList<string> Named => call.Messages;

    /// <summary>The messages it was done to, and when its caller was told so.</summary>
    public IReadOnlyDictionary<string, long> Done => _done;

    /// <summary>When its caller was told that the queue is empty; null: never.</summary>
    public long? EmptyAt { get; private set; }

    /// <summary>When it was over; null: nobody knows what became of it.</summary>
    public long? EndedAt { get; private set; }

    /// <summary>Whether it takes messages out of the queue, for good or on a lease.</summary>
    public bool Takes => Verb is HistoryVerb.Pop or HistoryVerb.Lease;

    /// <summary>How many messages it may have taken that nobody has heard of.</summary>
    public int Untold => Takes && EndedAt is null ? Math.Max(0, call.Most - _done.Count) : 0;

    /// <summary>What is known of one of the messages it was called for.</summary>
    public HistoryOutcome OutcomeOf(string message) =>
        _done.ContainsKey(message) ? HistoryOutcome.Done : _refused.Contains(message) ? HistoryOutcome.Refused : HistoryOutcome.Unknown;

    internal void Add(HistoryEvent told)
    {
        if (EndedAt is not null)
            throw Wrong(told, "its operation was over");
        if (told.At < CalledAt)
            throw Wrong(told, "it is older than its operation");
        switch (told.Phase)
        {
            case HistoryPhase.Ok:
                if (Takes && told.Messages.Count == 0)
                    EmptyAt = told.At;
                foreach (var message in told.Messages)
                {
                    CheckIsCalledFor(told, message);
                    if (_refused.Contains(message) || !_done.TryAdd(message, told.At))
                        throw Wrong(told, $"the outcome of {message} was told before");
                }

                break;
            case HistoryPhase.Fail:
                foreach (var message in told.Messages)
                {
                    CheckIsCalledFor(told, message);
                    if (_done.ContainsKey(message) || !_refused.Add(message))
                        throw Wrong(told, $"the outcome of {message} was told before");
                }

                break;
            default:
                EndedAt = told.At;
                break;
        }
    }

    private void CheckIsCalledFor(HistoryEvent told, string message)
    {
        if (!Takes && !Named.Contains(message, StringComparer.Ordinal))
            throw Wrong(told, $"its operation was not called for {message}");
    }

    private static FormatException Wrong(HistoryEvent told, string why) => new($"'{told}' cannot be: {why}.");
}

/// <summary>What is known of an operation on one message.</summary>
public enum HistoryOutcome
{
    /// <summary>Nobody was told; it may have been done, and may still be.</summary>
    Unknown,

    /// <summary>It was done.</summary>
    Done,

    /// <summary>It certainly was not done.</summary>
    Refused,
}
