using System.Diagnostics;
using System.Management.Automation;
using ConsulMq.Files;
using ConsulMq.Parameters;

namespace ConsulMq.Commands;

/// <summary>
/// Takes messages out of a queue: the oldest first, or the last, those at a position, or chosen ones. An empty queue gives nothing, which is no error.
/// Messages come as they are taken; those that were taken and not yet passed on when the pipeline ends early (Ctrl-C, <c>Select-Object -First</c>) go back to
/// their places.
/// </summary>
[Cmdlet(VerbsCommon.Pop, "ConsulMqItem", DefaultParameterSetName = CountSet)]
[OutputType(typeof(QueueObject))]
public sealed partial class PopItemCommand : ConnectionCmdlet
{
    private const string CountSet = "Count";
    private const string AllSet = "All";
    private const string LastSet = "Last";
    private const string PositionSet = "Position";
    private const string ItemSet = "Item";

    private readonly ChosenItems _chosen = new();
    private OutFile? _file;

    /// <summary>
    /// The queue's name, upper and lower case as it is. Default: the queue named at <c>Connect-ConsulMq</c>, else <c>consulmq</c>. Piped messages are taken each out of
    /// its own queue, and another one here is an error.
    /// </summary>
    // By property only where an ID can come along: else a piped message would stand for the queue it is in, and the others there be taken.
    [Parameter(ParameterSetName = CountSet, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = AllSet, Position = 0, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = LastSet, Position = 0, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = PositionSet, Position = 0, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = ItemSet, Position = 0)]
    [Alias("Name")]
    [AllowEmptyString]
    [QueueName(OrMessage = true)]
    [ArgumentCompleter(typeof(QueueNameCompleter))]
    public string? Queue { get; set; }

    /// <summary>How many messages to take at most. Default: 1.</summary>
    [Parameter(ParameterSetName = CountSet)]
    [Parameter(ParameterSetName = LastSet)]
    [Parameter(ParameterSetName = PositionSet)]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    /// <summary>Take all that is there.</summary>
    [Parameter(ParameterSetName = AllSet, Mandatory = true)]
    public SwitchParameter All { get; set; }

    /// <summary>Take the last message in place of the next; with <c>-Count</c>, so many from the end, the very last one first.</summary>
    [Parameter(ParameterSetName = LastSet, Mandatory = true)]
    public SwitchParameter Last { get; set; }

    /// <summary>
    /// Take the message at this position, 0 being the next; with <c>-Count</c>, those behind it too. One that the queue does not have is an error. Reads the
    /// queue up to there.
    /// </summary>
    [Parameter(ParameterSetName = PositionSet, Mandatory = true)]
    public long Position { get; set; }

    /// <summary>Take the messages with these IDs, wherever they stand. One that is not there is an error, and the others are taken all the same.</summary>
    // In the default set: in one of its own, PowerShell would take a piped object that has a queue and an ID for the name of a queue, and leave the ID aside.
    [Parameter(ParameterSetName = CountSet, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [Alias("MessageId")]
    [MessageId(NumberIs = nameof(Count), SpanIs = "-LeaseDuration, or -Timeout to wait")]
    [ArgumentCompleter(typeof(MessageCompleter))]
    public Guid[] Id { get; set; } = [];

    /// <summary>Take messages that <c>Find-ConsulMqItem</c> or <c>Get-ConsulMqItem</c> has shown, each out of its own queue.</summary>
    [Parameter(ParameterSetName = ItemSet, Mandatory = true, ValueFromPipeline = true)]
    [OneMessage]
    [ValidateNotNull]
    public QueueObject? InputObject { get; set; }

    /// <summary>Wait until there is a message; with <c>-Count</c>, until there were so many. Nothing is polled: a push wakes the waiting.</summary>
    [Parameter(ParameterSetName = CountSet)]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long to wait in all: a TimeSpan, seconds, or like <c>30s</c>, <c>5m</c>. Implies <c>-Wait</c>. Default: for ever.</summary>
    [Parameter(ParameterSetName = CountSet)]
    [Duration]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan? Timeout { get; set; }

    /// <summary>
    /// Take the messages on a lease: each is in flight until it is completed (<c>Complete-ConsulMqItem</c>), given back (<c>Undo-ConsulMqItem</c>) or denied
    /// (<c>Deny-ConsulMqItem</c>). If this process dies before that, they are in their old places again within two TTLs of its session (<c>Connect-ConsulMq
    /// -SessionTtl</c>).
    /// </summary>
    [Parameter]
    public SwitchParameter Lease { get; set; }

    /// <summary>
    /// How long the lease lasts, whatever becomes of this process: 10 seconds to 24 hours, as a TimeSpan, seconds, or like <c>30s</c>, <c>10m</c>. For messages that
    /// another process completes; <c>Update-ConsulMqLease</c> prolongs it. Implies <c>-Lease</c>. Default: as long as this process is connected.
    /// </summary>
    [Parameter]
    [Duration]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan? LeaseDuration { get; set; }

    /// <summary>
    /// Write the body to this file, and return the message with the file as its <c>Body</c>. However large, it is never in memory as a whole; it is there and
    /// proved before the message is taken. A directory: each message gets a file there, called as it was at <c>Push-ConsulMqItem -Path</c>, or else by its ID;
    /// for more than one message it has to be one.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    /// <summary>Replace a file that was there before. One that this command has written stays: the next message of that name is left in the queue.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override object? Target => InputObject ?? (object?)Queue;

    private protected override void Begin()
    {
        if (LeaseDuration < QueueConsumer.ShortestLease || LeaseDuration > QueueConsumer.LongestLease)
            ThrowTerminatingError(ErrorRecords.Of("InvalidLeaseDuration", ErrorCategory.InvalidArgument, "-LeaseDuration has to be 10 seconds to 24 hours.", LeaseDuration, action: "Update-ConsulMqLease prolongs a lease."));
        if (Timeout < TimeSpan.Zero)
            ThrowTerminatingError(ErrorRecords.Of("InvalidTimeout", ErrorCategory.InvalidArgument, "-Timeout cannot be negative.", Timeout, action: "Leave it out, with -Wait, to wait for ever."));
        if (MyInvocation.BoundParameters.ContainsKey(nameof(Id)))
            CheckIsAlone();
    }

    /// <summary>Those who name messages take these and wait for no others.</summary>
    private void CheckIsAlone()
    {
        var bound = MyInvocation.BoundParameters;
        foreach (var other in new[] { nameof(Count), nameof(Wait), nameof(Timeout) })
        {
            if (bound.ContainsKey(other))
                ThrowTerminatingError(ErrorRecords.Of("PlaceConflict", ErrorCategory.InvalidArgument, $"-Id names the messages to take, and -{other} is for those that come next.", Queue, action: "Leave one of them out."));
        }
    }

    private protected override void Process()
    {
        if (!TryOpenFile())
            return;
        switch (ParameterSetName)
        {
            case LastSet:
                Pick(Link.Queue(Queue), MessageSelection.Last, Count);
                break;
            case PositionSet:
                Pick(Link.Queue(Queue), MessageSelection.At(Position), Count);
                break;
            case CountSet when Id.Length > 0:
                PickChosen(_chosen.Add(Link.Queue(Queue).Name, Id));
                break;
            case ItemSet:
                if (IsOf(InputObject!, Queue))
                    PickChosen(_chosen.Add(InputObject!));
                break;
            default:
                PopInOrder();
                break;
        }
    }

    private protected override void End() => PickChosen(_chosen.TakeAll());

    private bool IsMany => All || Count > 1 || Id.Length > 1 || ParameterSetName == ItemSet;

    private void PopInOrder()
    {
        var left = All ? int.MaxValue : Count;
        var mayWait = Wait || Timeout is not null;
        var watch = Stopwatch.StartNew();
        var queue = Link.Queue(Queue);
        using var consumer = queue.OpenConsumer();
        using var progress = new ProgressBar(this, $"Taking messages from '{queue.Name}'");
        long taken = 0, total = 0;
        while (left > 0)
        {
            var most = _file is null ? left : 1;
            var batch = IsLeased ? consumer.LeaseAsync(most, LeaseDuration, _file, StopToken) : consumer.PopAsync(most, _file, StopToken);
            if (Pop(consumer, batch!) is not { } popped)
                return;
            if (!All)
                left -= popped.Items.Count;
            Deliver(consumer, popped);
            if (popped.Items.Count == 0 && !(mayWait && WaitForMore(consumer, watch)))
                return;
            taken += popped.Items.Count;
            if (!All || !progress.IsDue)
                continue;
            // Only who takes long counts.
            if (total == 0)
                total = taken + (Await(queue.SummaryAsync(StopToken))?.Depth ?? 0);
            progress.Report(taken, total);
        }
    }

    private void PickChosen(IReadOnlyList<(string Queue, MessageSelection Selection)> chosen)
    {
        foreach (var (queue, selection) in chosen)
            Pick(Link.Queue(queue), selection, int.MaxValue);
    }

    private void Pick(MessageQueue queue, MessageSelection selection, int max)
    {
        using var consumer = queue.OpenConsumer();
        var picking = consumer.Pick(selection, max);
        var most = _file is null ? int.MaxValue : 1;
        while (Pop(consumer, IsLeased ? picking.LeaseAsync(LeaseDuration, most, _file, StopToken) : picking.PopAsync(most, _file, StopToken)) is { } batch)
            Deliver(consumer, batch);
    }

    private bool IsLeased => Lease || LeaseDuration is not null;

    private bool WaitForMore(QueueConsumer consumer, Stopwatch watch)
    {
        var time = System.Threading.Timeout.InfiniteTimeSpan;
        if (Timeout is { } timeout)
        {
            time = timeout - watch.Elapsed;
            if (time <= TimeSpan.Zero)
                return false;
        }

        WriteVerbose($"Queue '{Queue ?? Link.Settings.DefaultQueue}' is empty; waiting{(Timeout is null ? "" : $" at most {Format.Duration(Timeout)}")}.");
        return Await(consumer.WaitAsync(time, StopToken));
    }
}
