using System.Management.Automation;

namespace ConsulMq.Commands;

/// <summary>Says that leased messages are done: they are gone for good.</summary>
[Cmdlet(VerbsLifecycle.Complete, "ConsulMqItem", DefaultParameterSetName = "Item", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(QueueObject))]
public sealed class CompleteItemCommand : SettleCmdlet
{
    private protected override string Act => "Complete: remove for good";

    private protected override Settlement Settle(Guid id, string receiptHandle) => new() { Kind = SettlementKind.Complete, Id = id, ReceiptHandle = receiptHandle };
}
