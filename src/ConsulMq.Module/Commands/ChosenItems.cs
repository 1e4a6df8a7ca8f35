namespace ConsulMq.Commands;

/// <summary>Messages that come through the pipeline one by one, and are worked on together: those of a queue in a row, some hundreds at most.</summary>
internal sealed class ChosenItems
{
    private const int Most = 256;

    private readonly List<QueueObject> _items = [];
    private readonly List<Guid> _ids = [];
    private string? _queue;

    /// <summary>Adds a message that was looked at. Returns what is to be worked on now.</summary>
    public IReadOnlyList<(string Queue, MessageSelection Selection)> Add(QueueObject item)
    {
        var before = Turn(item.Queue, _ids.Count > 0);
        _items.Add(item);
        return _items.Count < Most ? before : [.. before, .. TakeAll()];
    }

    /// <summary>Adds IDs. Returns what is to be worked on now.</summary>
    public IReadOnlyList<(string Queue, MessageSelection Selection)> Add(string queue, IReadOnlyList<Guid> ids)
    {
        var before = Turn(queue, _items.Count > 0);
        _ids.AddRange(ids);
        return _ids.Count < Most ? before : [.. before, .. TakeAll()];
    }

    /// <summary>What was added and not worked on yet.</summary>
    public IReadOnlyList<(string Queue, MessageSelection Selection)> TakeAll()
    {
        if (_items.Count == 0 && _ids.Count == 0)
            return [];
        var selection = _items.Count > 0 ? MessageSelection.Of([.. _items]) : MessageSelection.Of([.. _ids]);
        _items.Clear();
        _ids.Clear();
        return [(_queue!, selection)];
    }

    /// <summary>What has to be worked on first, because something of another queue, or kind, comes.</summary>
    private IReadOnlyList<(string Queue, MessageSelection Selection)> Turn(string queue, bool isOtherKind)
    {
        var before = isOtherKind || queue != _queue ? TakeAll() : [];
        _queue = queue;
        return before;
    }
}
