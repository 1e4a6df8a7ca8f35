using System.Management.Automation;

namespace ConsulMq.Workers;

/// <summary>A leased message that a worker works on.</summary>
internal sealed class Job(QueueObject item)
{
    public QueueObject Item { get; } = item;

    /// <summary>Why it failed; null: it did not.</summary>
    public ErrorRecord? Failure { get; set; }

    /// <summary>What shall become of the message.</summary>
    public Settlement? Settlement { get; set; }
}
