using System.Management.Automation;
using ConsulMq.Parameters;

namespace ConsulMq.Commands;

/// <summary>
/// Removes single messages for good: nobody gets them. What <c>Find-ConsulMqItem</c> has shown is removed wherever it is; who holds a message that is in
/// flight finds its lease lost.
/// </summary>
[Cmdlet(VerbsCommon.Remove, "ConsulMqItem", DefaultParameterSetName = ItemSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(QueueObject))]
public sealed class RemoveItemCommand : ItemCmdlet
{
    private const string IdSet = "Id";
    private const string ItemSet = "Item";
    private const int Most = 256;

    private readonly List<QueueObject> _items = [];

    /// <summary>The IDs of the messages to remove: of those that are ready in the queue. One that is not there is an error, and the others are removed all the same.</summary>
    [Parameter(ParameterSetName = IdSet, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [Alias("MessageId")]
    [MessageId]
    [ArgumentCompleter(typeof(MessageCompleter))]
    public Guid[] Id { get; set; } = [];

    /// <summary>Messages that <c>Find-ConsulMqItem</c> or <c>Get-ConsulMqItem</c> has shown, each out of its own queue.</summary>
    [Parameter(ParameterSetName = ItemSet, Mandatory = true, ValueFromPipeline = true)]
    [OneMessage]
    [ValidateNotNull]
    public QueueObject? InputObject { get; set; }

    /// <summary>Return each message that was given as an object, once it is removed.</summary>
    [Parameter(ParameterSetName = ItemSet)]
    public SwitchParameter PassThru { get; set; }

    private protected override object? Target => InputObject ?? (object?)Queue;

    private protected override void Process()
    {
        if (InputObject is { } item)
        {
            if (!IsOf(item, Queue))
                return;
            if (_items.Count == Most || (_items.Count > 0 && _items[0].Queue != item.Queue))
                RemoveItems();
            if (ShouldProcess(Describe(item), item.State is MessageState.InFlight ? "Remove for good, while it is in flight" : "Remove for good"))
                _items.Add(item);
            return;
        }

        var queue = OpenQueue();
        var ids = Array.FindAll(Id, id => ShouldProcess(Describe(id, queue.Name), "Remove for good"));
        if (ids.Length > 0)
            Write(Await(queue.DiscardAsync(MessageSelection.Of(ids), StopToken)));
    }

    private protected override void End() => RemoveItems();

    private void RemoveItems()
    {
        if (_items.Count == 0)
            return;
        var outcome = Await(Link.Queue(_items[0].Queue).DiscardAsync([.. _items], StopToken));
        if (PassThru)
        {
            var removed = new HashSet<Guid>(outcome.Removed);
            foreach (var item in _items.Where(item => removed.Contains(item.Id)))
                WriteObject(item);
        }

        _items.Clear();
        Write(outcome);
    }

    private void Write(DiscardOutcome outcome)
    {
        foreach (var problem in outcome.Problems)
            WriteError(ErrorRecords.Of(problem, problem.Subject));
        WriteVerbose($"{outcome.Removed.Count} removed.");
    }
}
