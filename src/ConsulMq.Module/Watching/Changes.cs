namespace ConsulMq.Watching;

/// <summary>Finds the queues that have changed from one look to the next. Ages and rates alone are no change.</summary>
internal sealed class Changes
{
    private Dictionary<string, ConsulMqQueue> _last = new(StringComparer.Ordinal);

    /// <summary>Those that are new or not as they were.</summary>
    public List<ConsulMqQueue> Next(IReadOnlyList<ConsulMqQueue> queues)
    {
        var changed = queues.Where(queue => !_last.TryGetValue(queue.Name, out var last) || Figures(last) != Figures(queue)).ToList();
        _last = queues.ToDictionary(static queue => queue.Name, StringComparer.Ordinal);
        return changed;
    }

    private static ConsulMqQueue Figures(ConsulMqQueue queue) => queue with { OldestAge = null, PushRate = null, PopRate = null };
}
