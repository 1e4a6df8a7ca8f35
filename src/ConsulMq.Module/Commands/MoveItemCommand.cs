using System.Management.Automation;
using ConsulMq.Parameters;

namespace ConsulMq.Commands;

/// <summary>
/// Moves messages from one queue to the end of another, to replay dead letters for example. Each is in one of the two at any time, never in both and
/// never in neither. There it begins anew: with its ID, body, tags, headers and time to live, and no deliveries.
/// </summary>
[Cmdlet(VerbsCommon.Move, "ConsulMqItem", DefaultParameterSetName = "Count", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(QueueObject))]
public sealed class MoveItemCommand : ConnectionCmdlet
{
    private readonly Dictionary<string, ItemMoves> _moves = new(StringComparer.Ordinal);
    private string? _destination;

    /// <summary>
    /// The queue to move from. Default: the queue named at <c>Connect-ConsulMq</c>, else <c>consulmq</c>. Piped messages know their queues: with them a name alone is
    /// that of the queue to move to.
    /// </summary>
    [Parameter(Position = 0, ParameterSetName = "Item")]
    [Parameter(Position = 0, ParameterSetName = "Count")]
    [Parameter(Position = 0, ParameterSetName = "All")]
    [Parameter(Position = 0, ParameterSetName = "Id")]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(QueueNameCompleter))]
    public string? Queue { get; set; }

    /// <summary>The queue to move to; a new one comes into being.</summary>
    [Parameter(Position = 1, ParameterSetName = "Item")]
    [Parameter(Position = 1, Mandatory = true, ParameterSetName = "Count")]
    [Parameter(Position = 1, Mandatory = true, ParameterSetName = "All")]
    [Parameter(Position = 1, Mandatory = true, ParameterSetName = "Id")]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(QueueNameCompleter))]
    public string Destination { get; set; } = "";

    /// <summary>How many messages to move at most, the oldest first. Default: 1.</summary>
    [Parameter(ParameterSetName = "Count")]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    /// <summary>Move all that is there. What comes into the queue meanwhile stays.</summary>
    [Parameter(ParameterSetName = "All", Mandatory = true)]
    public SwitchParameter All { get; set; }

    /// <summary>The IDs of the messages to move.</summary>
    [Parameter(ParameterSetName = "Id", Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(MessageCompleter))]
    public Guid[] Id { get; set; } = [];

    /// <summary>Messages to move, each out of its own queue: leased ones, or ones that <c>Get-ConsulMqItem</c> has shown and nobody has taken since.</summary>
    [Parameter(ParameterSetName = "Item", Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public QueueObject? InputObject { get; set; }

    private protected override object? Target => InputObject ?? (object?)Queue;

    private protected override void Process()
    {
        if (InputObject is not null)
        {
            _destination ??= DestinationOfItems();
            MoveItem(InputObject);
            return;
        }

        var source = Link.Queue(Queue);
        using var mover = source.OpenMove(Link.Queue(Destination));
        if (Id.Length > 0)
            MoveById(source, mover);
        else if (ShouldProcess($"queue '{source.Name}' at {Link}", $"Move {(All ? "all messages" : Count == 1 ? "the first message" : $"the first {Count} messages")} to queue '{Destination}'"))
            MoveInOrder(source, mover);
    }

    private protected override void End()
    {
        foreach (var moves in _moves.Values)
        {
            while (moves.IsOpen)
                Write(Await(moves.NextAsync()));
        }
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        foreach (var moves in _moves.Values)
            moves.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Piped messages know their queues: a name alone is that of the queue to move to.</summary>
    private string DestinationOfItems()
    {
        var isNamed = MyInvocation.BoundParameters.ContainsKey(nameof(Destination));
        if (isNamed && Queue is not null)
            ThrowTerminatingError(ErrorRecords.Of("PlaceConflict", ErrorCategory.InvalidArgument, "Piped messages are moved each out of its own queue, and -Queue names another.", Queue, action: "Leave -Queue out."));
        if (!isNamed && Queue is null)
            ThrowTerminatingError(ErrorRecords.Of("InvalidDestination", ErrorCategory.InvalidArgument, "There is no queue to move the messages to.", InputObject));
        return isNamed ? Destination : Queue!;
    }

    private void MoveItem(QueueObject item)
    {
        if (!_moves.TryGetValue(item.Queue, out var moves))
            _moves[item.Queue] = moves = new ItemMoves(Link.Queue(item.Queue).OpenMove(Link.Queue(_destination)), StopToken);
        if (!ShouldProcess(Describe(item), $"Move to queue '{_destination}'"))
            return;
        if (moves.Add(item))
            Write(Await(moves.NextAsync()));
    }

    private void MoveById(MessageQueue source, QueueMover mover)
    {
        var ids = Array.FindAll(Id, id => ShouldProcess(Describe(id, source.Name), $"Move to queue '{Destination}'"));
        if (ids.Length > 0)
        {
            foreach (var outcome in Await(mover.MoveAsync(ids, StopToken)))
                Write(outcome, outcome.Id);
        }
    }

    private void MoveInOrder(MessageQueue source, QueueMover mover)
    {
        var total = All ? Await(source.SummaryAsync(StopToken))?.Depth ?? 0 : Count;
        using var progress = new ProgressBar(this, $"Moving messages from '{source.Name}' to '{Destination}'");
        long moved = 0;
        while (All || moved < Count)
        {
            var batch = Await(mover.NextAsync(All ? int.MaxValue : (int)(Count - moved), StopToken));
            foreach (var item in batch.Items)
                WriteObject(item);
            foreach (var damage in batch.Damage)
                WriteError(ErrorRecords.Of(damage, damage.Subject));
            if (batch.Items.Count == 0)
                break;
            moved += batch.Items.Count;
            progress.Report(moved, total);
        }
    }

    private void Write(List<(QueueObject Item, MoveOutcome Outcome)> outcomes)
    {
        foreach (var (item, outcome) in outcomes)
            Write(outcome, item);
    }

    private void Write(MoveOutcome outcome, object target)
    {
        if (outcome.Error is not null)
        {
            Report(outcome.Error, target);
            return;
        }

        (target as QueueObject)?.Settle();
        WriteObject(outcome.Item);
    }
}
