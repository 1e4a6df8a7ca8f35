using System.Management.Automation;

namespace ConsulMq.Commands;

/// <summary>Shows the order of a queue, message by message, without bodies.</summary>
[Cmdlet(VerbsCommon.Get, "ConsulMqIndex")]
[OutputType(typeof(QueueIndexEntry))]
public sealed class GetIndexCommand : QueueCmdlet
{
    private protected override void Process()
    {
        var queue = OpenQueue();
        var browser = queue.Browse(bodies: false);
        while (Await(browser.NextAsync(StopToken)) is { } batch)
        {
            foreach (var item in batch.Items)
                WriteObject(QueueIndexEntry.Of(item));
            foreach (var damage in batch.Damage)
                WriteError(ErrorRecords.Of(damage, damage.Subject));
        }

        WarnIfMissing(queue, browser);
    }
}
