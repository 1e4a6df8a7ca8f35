using System.Management.Automation;
using ConsulMq.Parameters;

namespace ConsulMq.Commands;

/// <summary>A cmdlet that reads one queue, or one after the other from the pipeline.</summary>
public abstract class QueueCmdlet : ConnectionCmdlet
{
    /// <summary>The queue's name, upper and lower case as it is. Default: the queue named at <c>Connect-ConsulMq</c>, else <c>consulmq</c>.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [AllowEmptyString]
    [QueueName]
    [ArgumentCompleter(typeof(QueueNameCompleter))]
    public string? Queue { get; set; }

    private protected override object? Target => Queue;

    private protected MessageQueue OpenQueue() => Link.Queue(Queue);
}
