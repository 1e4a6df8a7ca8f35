using System.Management.Automation;

namespace ConsulMq.Commands;

/// <summary>Changes settings of a queue: those that are given, for all processes that use the queue, with the next thing that each of them does.</summary>
[Cmdlet(VerbsCommon.Set, "ConsulMqQueue", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(ConsulMqQueue))]
public sealed class SetQueueCommand : QueueSettingsCmdlet
{
    /// <summary>Return the queue as it is then.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Write(string name)
    {
        var queue = Link.Queue(name);
        if (!ShouldProcess(Describe(queue, ConfirmImpact.Low), "Change its settings"))
            return;
        Await(queue.ChangeAsync(Apply, StopToken));
        if (PassThru)
            WriteSummary(queue);
    }
}
