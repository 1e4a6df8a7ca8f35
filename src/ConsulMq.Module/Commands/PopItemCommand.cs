using System.Diagnostics;
using System.Management.Automation;
using ConsulMq.Files;
using ConsulMq.Parameters;

namespace ConsulMq.Commands;

/// <summary>
/// Takes messages out of a queue, the oldest first. An empty queue gives nothing, which is no error. Messages come as they are taken; those that
/// were taken and not yet passed on when the pipeline ends early (Ctrl-C, <c>Select-Object -First</c>) go back to their places.
/// </summary>
[Cmdlet(VerbsCommon.Pop, "ConsulMqItem", DefaultParameterSetName = "Count")]
[OutputType(typeof(QueueObject))]
public sealed class PopItemCommand : QueueCmdlet
{
    /// <summary>How long it may take to put messages back when the pipeline ends early.</summary>
    private static readonly TimeSpan PutBackTime = TimeSpan.FromSeconds(3);

    private OutFile? _file;

    /// <summary>How many messages to take at most. Default: 1.</summary>
    [Parameter(ParameterSetName = "Count")]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    /// <summary>Take all that is there.</summary>
    [Parameter(ParameterSetName = "All", Mandatory = true)]
    public SwitchParameter All { get; set; }

    /// <summary>Wait until there is a message; with <c>-Count</c>, until there were so many. Nothing is polled: a push wakes the waiting.</summary>
    [Parameter(ParameterSetName = "Count")]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long to wait in all: a TimeSpan, seconds, or like <c>30s</c>, <c>5m</c>. Implies <c>-Wait</c>. Default: for ever.</summary>
    [Parameter(ParameterSetName = "Count")]
    [Duration]
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
    public TimeSpan? LeaseDuration { get; set; }

    /// <summary>
    /// Write the body to this file, and return the message with the file as its <c>Body</c>. However large, it is never in memory as a whole; it is there and
    /// proved before the message is taken. A directory: each message gets a file there, called as it was at <c>Push-ConsulMqItem -Path</c>, or else by its ID;
    /// with <c>-All</c> or a <c>-Count</c> above 1 it has to be one.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    /// <summary>Replace a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Begin()
    {
        if (LeaseDuration < QueueConsumer.ShortestLease || LeaseDuration > QueueConsumer.LongestLease)
            ThrowTerminatingError(ErrorRecords.Of("InvalidLeaseDuration", ErrorCategory.InvalidArgument, "-LeaseDuration has to be 10 seconds to 24 hours. Update-ConsulMqLease prolongs a lease.", LeaseDuration));
    }

    private protected override void Process()
    {
        var left = All ? int.MaxValue : Count;
        _file = OpenFile();
        if (OutFile is not null && _file is null)
            return;
        var mayWait = Wait || Timeout is not null;
        var watch = Stopwatch.StartNew();
        using var consumer = OpenQueue().OpenConsumer();
        while (left > 0)
        {
            if (Pop(consumer, _file is null ? left : 1) is not { } batch)
                return;
            if (!All)
                left -= batch.Items.Count;
            Deliver(consumer, batch.Items);
            foreach (var damage in batch.Damage)
                WriteError(ErrorRecords.Of(damage, damage.Subject));
            if (batch.Items.Count == 0 && !(mayWait && WaitForMore(consumer, watch)))
                return;
        }
    }

    /// <summary>Null: the bodies go into memory, or there is something wrong with the file, which was said.</summary>
    private OutFile? OpenFile()
    {
        if (OutFile is null)
            return null;
        try
        {
            var path = InputFile.Find(SessionState, OutFile, isLiteral: true)[0];
            var file = new OutFile(path, Force);
            if (!file.IsDirectory && (All || Count > 1))
                throw new FileFault("OutFileNotDirectory", ErrorCategory.InvalidArgument, $"More than one message does not go into one file: '{path}' is no directory. Name one that is there.", path);
            file.Check();
            return file;
        }
        catch (FileFault e)
        {
            WriteError(e.ToRecord());
            return null;
        }
    }

    private PopBatch? Pop(QueueConsumer consumer, int max)
    {
        var pop = Lease || LeaseDuration is not null ? consumer.LeaseAsync(max, LeaseDuration, _file, StopToken) : consumer.PopAsync(max, _file, StopToken);
        try
        {
            var batch = Await(pop);
            if (batch.Items.Count > 0 && _file?.Last?.Fault is { } fault)
                WriteError(fault.ToRecord());
            return batch;
        }
        catch (FileFault e)
        {
            WriteError(e.ToRecord());
            return null;
        }
        catch (Exception e) when (_file is not null && e is IOException or UnauthorizedAccessException)
        {
            WriteError(FileFault.Of(e, "The body cannot be written, and nothing was taken", OutFile!).ToRecord());
            return null;
        }
        catch (RuntimeException)
        {
            // Ctrl-C, or a preference to stop at verbose output, ends the wait for the pop, not the pop: it may just have taken something.
            consumer.Abandon(pop);
            throw;
        }
    }

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

    private void Deliver(QueueConsumer consumer, IReadOnlyList<QueueObject> items)
    {
        var passedOn = 0;
        try
        {
            while (passedOn < items.Count && !Stopping)
            {
                // Whatever comes out of WriteObject, the next command has seen the message.
                var item = items[passedOn++];
                WriteObject(item);
            }
        }
        finally
        {
            if (passedOn < items.Count)
                PutBack(consumer, [.. items.Skip(passedOn)]);
        }

        if (Stopping)
            throw new PipelineStoppedException();
    }

    /// <summary>Runs while the pipeline comes down, so it does not throw, and takes a moment at most; what is not done by then goes on behind.</summary>
    private void PutBack(QueueConsumer consumer, List<QueueObject> items)
    {
        string problem;
        try
        {
            if (consumer.PutBackAsync(items, CancellationToken.None).Wait(PutBackTime))
                return;
            problem = "Consul does not answer. It is still tried";
        }
        catch (AggregateException e)
        {
            problem = e.InnerException!.Message;
        }

        try
        {
            WriteWarning($"{items.Count} messages were popped and could not be put back: {problem}. Their IDs: {string.Join(", ", items.Select(static item => item.Id))}");
        }
        catch (Exception e) when (e is PipelineStoppedException or InvalidOperationException)
        {
            // After Ctrl-C there is nobody left to tell.
        }
    }
}
