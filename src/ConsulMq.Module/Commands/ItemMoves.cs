namespace ConsulMq.Commands;

/// <summary>
/// Moves of messages that come through a pipeline, out of one queue. The first one goes at once; what arrives while it is under way goes together with
/// the next ones. For one caller at a time.
/// </summary>
/// <param name="mover">Moves them; disposed with this.</param>
/// <param name="stop">Stops it.</param>
internal sealed class ItemMoves(QueueMover mover, CancellationToken stop) : IDisposable
{
    /// <summary>How many may gather.</summary>
    private const int Most = 500;

    private List<QueueObject> _gathered = [];
    private Task<List<(QueueObject Item, MoveOutcome Outcome)>>? _moving;

    /// <summary>Whether there are outcomes to come.</summary>
    public bool IsOpen => _moving is not null;

    /// <summary>Takes a message in. True: outcomes are to be taken now, by <see cref="NextAsync"/>.</summary>
    public bool Add(QueueObject item)
    {
        _gathered.Add(item);
        if (_moving is null)
            Start();
        return _moving!.IsCompleted || _gathered.Count >= Most;
    }

    /// <summary>The next outcomes.</summary>
    public async Task<List<(QueueObject Item, MoveOutcome Outcome)>> NextAsync()
    {
        var outcomes = await _moving!.ConfigureAwait(false);
        _moving = null;
        if (_gathered.Count > 0)
            Start();
        return outcomes;
    }

    /// <inheritdoc />
    public void Dispose() => mover.Dispose();

    private void Start()
    {
        var items = _gathered;
        _gathered = [];
        _moving = MoveAsync(items);
    }

    private async Task<List<(QueueObject, MoveOutcome)>> MoveAsync(List<QueueObject> items)
    {
        // The order in which their outcomes come.
        QueueObject[] order = [.. items.Where(static item => item.Lease is not null), .. items.Where(static item => item.Lease is null)];
        try
        {
            var outcomes = await mover.MoveAsync(order, stop).ConfigureAwait(false);
            return [.. order.Zip(outcomes, static (item, outcome) => (item, outcome))];
        }
        catch (ConsulMqException e)
        {
            return [.. items.Select(item => (item, new MoveOutcome(item.Id, null, e)))];
        }
    }
}
