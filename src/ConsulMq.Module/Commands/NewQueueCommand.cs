using System.Management.Automation;

namespace ConsulMq.Commands;

/// <summary>Creates a queue with settings. The first push creates a queue too, with none.</summary>
[Cmdlet(VerbsCommon.New, "ConsulMqQueue", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(ConsulMqQueue))]
public sealed class NewQueueCommand : QueueSettingsCmdlet
{
    private protected override void Write(string name)
    {
        var queue = Link.Queue(name);
        if (!ShouldProcess($"queue '{name}' at {Link}", "Create the queue"))
            return;
        Await(queue.CreateAsync(Apply(new QueueSettings()), StopToken));
        WriteSummary(queue);
    }
}
