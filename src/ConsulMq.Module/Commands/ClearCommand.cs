using System.Management.Automation;

namespace ConsulMq.Commands;

/// <summary>Empties a queue and leaves it, or removes only what has expired. What is pushed at the same time stays.</summary>
[Cmdlet(VerbsCommon.Clear, "ConsulMq", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(long))]
public sealed class ClearCommand : QueueCmdlet
{
    /// <summary>
    /// Remove only the messages that have expired, which nobody is ever handed any more. They do not become dead letters, whatever is set for the queue.
    /// What is in flight or scheduled stays.
    /// </summary>
    [Parameter]
    public SwitchParameter Expired { get; set; }

    /// <summary>Return how many messages were removed. For all of them, that costs one read of the queue more.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process()
    {
        var queue = OpenQueue();
        if (!ShouldProcess(Describe(queue, ConfirmImpact.Medium), Expired ? "Remove the messages that have expired" : "Remove all messages"))
            return;
        var removed = Await(Expired ? queue.ClearExpiredAsync(StopToken) : queue.ClearAsync(PassThru, StopToken));
        if (PassThru)
            WriteObject(removed);
    }
}
