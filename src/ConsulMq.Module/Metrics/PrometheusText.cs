using System.Globalization;
using System.Text;

namespace ConsulMq.Metrics;

/// <summary>
/// Queues in Prometheus's text exposition format, version 0.0.4: all samples of a metric stand together behind its help and its type, and no sample
/// comes twice. Every figure is a gauge: nothing of it only ever grows.
/// </summary>
internal sealed class PrometheusText
{
    private static readonly Family[] Families =
    [
        new("consulmq_queue_messages", "Messages in the queue, by state: ready (expired ones that nobody has met yet included), in flight on a lease, or scheduled for later.", static queue =>
            [("ready", queue.Depth), ("in_flight", queue.InFlight), ("scheduled", queue.Scheduled)]),
        new("consulmq_queue_dead_messages", "Messages in the queue of its dead letters, where they are ready.", static queue => [(null, queue.Dead)]),
        new("consulmq_queue_bytes", "Size of what is ready, as it is stored.", static queue => [(null, queue.Bytes)]),
        new("consulmq_queue_oldest_message_age_seconds", "How long the next message has been waiting; absent when there is none.", static queue => [(null, queue.OldestAge?.TotalSeconds)]),
        new("consulmq_queue_created_timestamp_seconds", "When the queue was created, in seconds since 1970.", static queue =>
            [(null, queue.CreatedAt == default ? null : queue.CreatedAt.ToUnixTimeMilliseconds() / 1000d)]),
        new("consulmq_queue_max_messages", "How many messages may be ready; absent without a limit.", static queue => [(null, queue.MaxDepth)]),
        new("consulmq_queue_max_deliveries", "How often a message is delivered on a lease before it is a dead letter; 0: without end.", static queue => [(null, queue.MaxDeliveries)]),
        new("consulmq_queue_time_to_live_seconds", "How long messages live that have no time to live of their own; absent: for ever.", static queue => [(null, queue.TimeToLive?.TotalSeconds)]),
    ];

    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<ConsulMqQueue> _queues = [];

    /// <summary>Adds a queue, or puts it in place of the one with its name.</summary>
    public void Add(ConsulMqQueue queue)
    {
        if (_places.TryGetValue(queue.Name, out var place))
        {
            _queues[place] = queue;
            return;
        }

        _places.Add(queue.Name, _queues.Count);
        _queues.Add(queue);
    }

    /// <summary>The lines. Each of them has to end with a line feed, the last one too. Metrics without a sample are left out.</summary>
    public IEnumerable<string> Lines()
    {
        foreach (var family in Families)
        {
            var hasHead = false;
            foreach (var queue in _queues)
            {
                foreach (var (state, value) in family.Samples(queue))
                {
                    if (value is not { } number)
                        continue;
                    if (!hasHead)
                    {
                        yield return $"# HELP {family.Name} {family.Help}";
                        yield return $"# TYPE {family.Name} gauge";
                        hasHead = true;
                    }

                    var labels = $"queue=\"{Escape(queue.Name)}\"" + (state is null ? "" : $",state=\"{state}\"");
                    yield return $"{family.Name}{{{labels}}} {number.ToString("R", CultureInfo.InvariantCulture)}";
                }
            }
        }
    }

    /// <summary>What stands between the quotes of a label's value.</summary>
    private static string Escape(string value)
    {
        var text = new StringBuilder(value.Length);
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' => text.Append("\\\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append("\\n"),
                _ => text.Append(c),
            };
        }

        return text.ToString();
    }

    /// <summary>A metric. Its help has neither a backslash nor a line break.</summary>
    private sealed record Family(string Name, string Help, Func<ConsulMqQueue, (string? State, double? Value)[]> Samples);
}
