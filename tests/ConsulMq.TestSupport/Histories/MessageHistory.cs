namespace ConsulMq.TestSupport.Histories;

/// <summary>What was done to one message.</summary>
/// <param name="name">Its name.</param>
public sealed class MessageHistory(string name)
{
    private readonly List<HistoryOperation> _takes = [];
    private readonly List<HistoryOperation> _completions = [];

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>The push of it; null: there is none.</summary>
    public HistoryOperation? Push { get; private set; }

    /// <summary>When its push began; never, if there is none.</summary>
    public long PushedFrom => Push?.CalledAt ?? long.MaxValue;

    /// <summary>When its push was known to be done; never, if it is not.</summary>
    public long PushedBy => Push is { } push && push.Done.TryGetValue(name, out var at) ? at : long.MaxValue;

    /// <summary>Whether somebody was told that it is in the queue.</summary>
    public bool IsPushed => PushedBy < long.MaxValue;

    /// <summary>The pops and leases that somebody was given it by, the first one first.</summary>
    public IReadOnlyList<HistoryOperation> Takes => _takes;

    /// <summary>All tries to complete it.</summary>
    public IReadOnlyList<HistoryOperation> Completions => _completions;

    /// <summary>Those that took it for good, and whose callers were told so.</summary>
    public IEnumerable<HistoryOperation> Ends => _takes.Where(static t => t.Verb == HistoryVerb.Pop).Concat(_completions.Where(c => c.OutcomeOf(name) == HistoryOutcome.Done));

    /// <summary>When its first delivery began; never, if there is none.</summary>
    public long TakenFrom => _takes.Count == 0 ? long.MaxValue : _takes[0].CalledAt;

    /// <summary>When somebody first had it; never, if nobody had.</summary>
    public long TakenBy => _takes.Count == 0 ? long.MaxValue : _takes[0].Done[name];

    internal void Add(HistoryOperation operation)
    {
        switch (operation.Verb)
        {
            case HistoryVerb.Push when Push is not null:
                throw new FormatException($"{name} is pushed twice; each message of a history has a name of its own.");
            case HistoryVerb.Push:
                Push = operation;
                break;
            case HistoryVerb.Complete:
                _completions.Add(operation);
                break;
            default:
                _takes.Add(operation);
                _takes.Sort((a, b) => a.Done[name].CompareTo(b.Done[name]));
                break;
        }
    }
}
