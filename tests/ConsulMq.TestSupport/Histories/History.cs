namespace ConsulMq.TestSupport.Histories;

/// <summary>What several processes wrote down of what they did to one queue.</summary>
public sealed class History
{
    private readonly Dictionary<string, MessageHistory> _messages = new(StringComparer.Ordinal);
    private readonly List<HistoryOperation> _operations = [];

    private History(IEnumerable<HistoryEvent> events)
    {
        var open = new Dictionary<(string Process, int Operation), HistoryOperation>();
        foreach (var told in events)
        {
            var key = (told.Process, told.Operation);
            if (told.Phase == HistoryPhase.Call)
            {
                var operation = new HistoryOperation(told);
                if (!open.TryAdd(key, operation))
                    throw new FormatException($"'{told}' is the second call of its operation.");
                _operations.Add(operation);
            }
            else
            {
                if (!open.TryGetValue(key, out var operation))
                    throw new FormatException($"'{told}' belongs to no operation.");
                operation.Add(told);
            }
        }

        foreach (var operation in _operations)
        {
            foreach (var message in operation.Takes ? operation.Done.Keys : operation.Named)
                Of(message).Add(operation);
        }
    }

    /// <summary>All operations, each process's in their order.</summary>
    public IReadOnlyList<HistoryOperation> Operations => _operations;

    /// <summary>All messages that any operation names.</summary>
    public IEnumerable<MessageHistory> Messages => _messages.Values;

    /// <summary>Takes events; those of one process in their order.</summary>
    /// <exception cref="FormatException">They cannot have happened like that: an event without a call, after the end, or before the call.</exception>
    public static History Of(IEnumerable<HistoryEvent> events) => new(events);

    /// <summary>Takes lines, one event each.</summary>
    /// <exception cref="FormatException">A line is no event, or the events do not fit together.</exception>
    public static History Of(IEnumerable<string> lines) => Of(lines.Where(static l => l.Length > 0).Select(HistoryEvent.Parse));

    /// <summary>Reads files, each of which one process wrote. A last line without an end was cut by the end of its process, and is left out.</summary>
    /// <exception cref="FormatException">A line is no event, or the events do not fit together.</exception>
    public static History Read(params IEnumerable<string> files) => Of(files.SelectMany(static file => WholeLines(File.ReadAllText(file))));

    private static IEnumerable<string> WholeLines(string text)
    {
        var lines = text.Split('\n');
        return lines.Take(lines.Length - 1).Select(static l => l.TrimEnd('\r'));
    }

    private MessageHistory Of(string message)
    {
        if (!_messages.TryGetValue(message, out var history))
            _messages[message] = history = new MessageHistory(message);
        return history;
    }
}
