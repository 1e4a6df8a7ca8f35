using ConsulMq.Consul;
using ConsulMq.Nodes;

namespace ConsulMq;

/// <summary>
/// A check of Consul's that says how a queue is, for as long as this lives: until it is disposed, its connection or its process ends. All members may be used by
/// many threads at once.
/// </summary>
public sealed class ConsulMqQueueCheck : IDisposable
{
    private readonly QueueWatcher _watcher;
    private readonly AgentServices _services;

    internal ConsulMqQueueCheck(QueueWatcher watcher, AgentServices services)
    {
        _watcher = watcher;
        _services = services;
    }

    /// <summary>The queue's name.</summary>
    public string Queue => _watcher.Queue;

    /// <summary>The check's ID at the agent.</summary>
    public string CheckId => _watcher.CheckId;

    /// <summary>The ID of its service, an instance of <c>consulmq-queue</c>.</summary>
    public string ServiceId => _watcher.ServiceId;

    /// <summary>Warning from so many ready messages on; null: no such limit.</summary>
    public long? WarningDepth => _watcher.Thresholds.WarningDepth;

    /// <summary>Critical from so many ready messages on; null: no such limit.</summary>
    public long? CriticalDepth => _watcher.Thresholds.CriticalDepth;

    /// <summary>Warning when the first message has waited for so long; null: no such limit.</summary>
    public TimeSpan? WarningAge => _watcher.Thresholds.WarningAge;

    /// <summary>Critical when the first message has waited for so long; null: no such limit.</summary>
    public TimeSpan? CriticalAge => _watcher.Thresholds.CriticalAge;

    /// <summary>How the queue is, as of the last look at it.</summary>
    public CheckStatus Status => _watcher.Verdict.Status;

    /// <summary>Why, as of the last look at it.</summary>
    public string Output => _watcher.Verdict.Output;

    /// <summary>Whether it has ended.</summary>
    public bool IsEnded => _watcher.IsEnded;

    /// <summary>Ends it: the check is gone from Consul. Takes two seconds at most and never fails.</summary>
    public void Dispose() => _services.End(_watcher);

    /// <summary>The queue and how it is.</summary>
    public override string ToString() => $"{Queue}: {Status}";
}
