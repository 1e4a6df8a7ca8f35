using System.Management.Automation;

namespace ConsulMq.Commands;

/// <summary>Empties a queue and leaves it. What is pushed at the same time stays.</summary>
[Cmdlet(VerbsCommon.Clear, "ConsulMq", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(long))]
public sealed class ClearCommand : QueueCmdlet
{
    /// <summary>Return how many messages were removed. That costs one read of the queue.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process()
    {
        var queue = OpenQueue();
        if (!ShouldProcess($"queue '{queue.Name}' at {Link}", "Remove all messages"))
            return;
        var removed = Await(queue.ClearAsync(PassThru, StopToken));
        if (PassThru)
            WriteObject(removed);
    }
}
