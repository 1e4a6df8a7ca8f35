using System.Management.Automation;
using ConsulMq.Parameters;

namespace ConsulMq.Commands;

/// <summary>
/// Gives leased messages back: each is in its old place again, at once or after a delay, and its delivery count is one higher. Past the most deliveries
/// of its queue it becomes a dead letter in <c>QUEUE.dead</c>.
/// </summary>
[Cmdlet(VerbsCommon.Undo, "ConsulMqItem", DefaultParameterSetName = "Item", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(QueueObject))]
public sealed class UndoItemCommand : SettleCmdlet
{
    /// <summary>How long the message stays away: a TimeSpan, seconds, or like <c>30s</c>, <c>5m</c>. Default: it is back at once.</summary>
    [Parameter]
    [Duration]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan Delay { get; set; }

    /// <summary>Why, for people; goes into the message's headers if it becomes a dead letter.</summary>
    [Parameter]
    [Text]
    [AllowEmptyString]
    public string? Reason { get; set; }

    private protected override void Begin()
    {
        if (Delay < TimeSpan.Zero)
            ThrowTerminatingError(ErrorRecords.Of("InvalidDelay", ErrorCategory.InvalidArgument, "-Delay has to be zero or longer: nothing comes back in the past.", Delay));
    }

    private protected override string Act => "Give back";

    private protected override Settlement Settle(Guid id, string receiptHandle) =>
        new() { Kind = SettlementKind.Return, Id = id, ReceiptHandle = receiptHandle, Delay = Delay, Reason = Reason };
}
