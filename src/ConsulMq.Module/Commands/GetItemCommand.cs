using System.Management.Automation;

namespace ConsulMq.Commands;

/// <summary>Looks at the messages of a queue, the next to be popped first, and leaves them there. Others may pop them meanwhile.</summary>
[Cmdlet(VerbsCommon.Get, "ConsulMqItem", DefaultParameterSetName = "Count")]
[OutputType(typeof(QueueObject))]
public sealed class GetItemCommand : QueueCmdlet
{
    /// <summary>How many messages to look at. Default: 1.</summary>
    [Parameter(ParameterSetName = "Count")]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    /// <summary>Look at all messages.</summary>
    [Parameter(ParameterSetName = "All", Mandatory = true)]
    public SwitchParameter All { get; set; }

    private protected override void Process()
    {
        var left = All ? long.MaxValue : Count;
        var browser = OpenQueue().Browse();
        while (left > 0 && Await(browser.NextAsync((int)Math.Min(left, int.MaxValue), StopToken)) is { } batch)
        {
            foreach (var item in batch.Items)
            {
                if (left-- <= 0)
                    break;
                WriteObject(item);
            }

            foreach (var damage in batch.Damage)
                WriteError(ErrorRecords.Of(damage, damage.Subject));
        }
    }
}
