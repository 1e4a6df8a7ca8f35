using ConsulMq.Internal;

namespace ConsulMq.Queueing;

/// <summary>Settlements that go together.</summary>
internal sealed class SettleGroup(QueueContext context) : ICommitGroup<(Settlement Settlement, object? Tag), SettleOutcome>
{
    private const int MaxItems = 4096;

    private readonly List<(Settlement Settlement, object? Tag)> _items = [];
    private SettleOutcome[] _outcomes = [];

    public bool IsEmpty => _items.Count == 0;

    public bool TryAdd((Settlement Settlement, object? Tag) item)
    {
        if (_items.Count >= MaxItems)
            return false;
        _items.Add(item);
        return true;
    }

    public async Task CommitAsync()
    {
        try
        {
            _outcomes = await context.Telemetry.SettleAsync(context.Settler, [.. _items.Select(static item => item.Settlement)]).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            var error = Errors.Any(e, "settlement", context.Keys.Queue);
            _outcomes = [.. _items.Select(_ => new SettleOutcome(null, false, error))];
        }
    }

    public void MoveTo(Queue<SettleOutcome> outcomes)
    {
        for (var i = 0; i < _items.Count; i++)
            outcomes.Enqueue(_outcomes[i] with { Tag = _items[i].Tag });
        Clear();
    }

    public void Clear() => _items.Clear();

    public void Release()
    {
    }
}
