using System.Management.Automation;

namespace ConsulMq.Commands;

/// <summary>
/// Prolongs a lease that was taken with <c>-LeaseDuration</c>: it lasts that long again from now on, for all messages that were leased with it. Returns the
/// lease with the message's ID and queue, so that it can be piped on as the message itself can.
/// </summary>
[Cmdlet(VerbsData.Update, "ConsulMqLease", DefaultParameterSetName = "Item")]
[OutputType(typeof(ConsulMqLease))]
public sealed class UpdateLeaseCommand : LeasedItemCmdlet
{
    private protected override void Process()
    {
        if (InputObject is not null && !IsOf(InputObject, Queue))
            return;
        var queue = Link.Queue(ItemQueue);
        var prolonged = Await(queue.ProlongAsync(ItemId, ItemHandle, StopToken));
        if (prolonged.Duration is null)
            WriteWarning($"The lease on message {ItemId} was taken without -LeaseDuration: it lasts as long as the process that took it is connected, and there is nothing to prolong.");
        var lease = new PSObject(prolonged);
        lease.TypeNames.Insert(0, "ConsulMq.ConsulMqLease#Message");
        lease.Properties.Add(new PSNoteProperty("Id", ItemId));
        lease.Properties.Add(new PSNoteProperty("Queue", queue.Name));
        WriteObject(lease);
    }
}
