using System.Management.Automation;
using ConsulMq.Parameters;

namespace ConsulMq.Commands;

/// <summary>Makes dead letters of leased messages: they go to the queue <c>QUEUE.dead</c>, to be looked at, and moved back (<c>Move-ConsulMqItem</c>) or removed.</summary>
[Cmdlet(VerbsLifecycle.Deny, "ConsulMqItem", DefaultParameterSetName = "Item", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(QueueObject))]
public sealed class DenyItemCommand : SettleCmdlet
{
    /// <summary>Why, for people; goes into the dead letter's headers.</summary>
    [Parameter]
    [Text]
    [AllowEmptyString]
    public string? Reason { get; set; }

    private protected override string Act => "Make a dead letter";

    private protected override Settlement Settle(Guid id, string receiptHandle) =>
        new() { Kind = SettlementKind.Deny, Id = id, ReceiptHandle = receiptHandle, Reason = Reason };
}
