using System.Management.Automation;
using ConsulMq.Parameters;

namespace ConsulMq.Commands;

/// <summary>Looks at the messages of a queue, the next to be popped first, and leaves them there. Others may pop them meanwhile.</summary>
[Cmdlet(VerbsCommon.Get, "ConsulMqItem", DefaultParameterSetName = CountSet)]
[OutputType(typeof(QueueObject))]
public sealed class GetItemCommand : ItemCmdlet
{
    private const string CountSet = "Count";
    private const string AllSet = "All";
    private const string LastSet = "Last";
    private const string PositionSet = "Position";
    private const string IdSet = "Id";

    /// <summary>How many messages to look at. Default: 1.</summary>
    [Parameter(ParameterSetName = CountSet)]
    [Parameter(ParameterSetName = LastSet)]
    [Parameter(ParameterSetName = PositionSet)]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    /// <summary>Look at all messages.</summary>
    [Parameter(ParameterSetName = AllSet, Mandatory = true)]
    public SwitchParameter All { get; set; }

    /// <summary>Look at the last message in place of the next; with <c>-Count</c>, at so many from the end, the very last one first.</summary>
    [Parameter(ParameterSetName = LastSet, Mandatory = true)]
    public SwitchParameter Last { get; set; }

    /// <summary>Look at the message at this position, 0 being the next; with <c>-Count</c>, at those behind it too. One that the queue does not have is an error.</summary>
    [Parameter(ParameterSetName = PositionSet, Mandatory = true)]
    public long Position { get; set; }

    /// <summary>Look at the messages with these IDs. One that is not ready in the queue is an error.</summary>
    [Parameter(ParameterSetName = IdSet, Position = 1, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [Alias("MessageId")]
    [MessageId(NumberIs = nameof(Count))]
    [ArgumentCompleter(typeof(MessageCompleter))]
    public Guid[] Id { get; set; } = [];

    private protected override void Process()
    {
        switch (ParameterSetName)
        {
            case LastSet:
                Write(Await(OpenQueue().LookAsync(MessageSelection.Last, Count, StopToken)));
                break;
            case PositionSet:
                Write(Await(OpenQueue().LookAsync(MessageSelection.At(Position), Count, StopToken)));
                break;
            case IdSet:
                Write(Await(OpenQueue().LookAsync(MessageSelection.Of(Id), Id.Length, StopToken)));
                break;
            default:
                LookInOrder();
                break;
        }
    }

    private void LookInOrder()
    {
        var left = All ? long.MaxValue : Count;
        var queue = OpenQueue();
        var browser = queue.Browse();
        while (left > 0 && Await(browser.NextAsync((int)Math.Min(left, int.MaxValue), StopToken)) is { } batch)
        {
            Write(batch);
            left -= batch.Items.Count;
        }

        WarnIfMissing(queue, browser);
    }

    private void Write(PopBatch batch)
    {
        foreach (var item in batch.Items)
            WriteObject(item);
        foreach (var damage in batch.Damage)
            WriteError(ErrorRecords.Of(damage, damage.Subject));
    }
}
