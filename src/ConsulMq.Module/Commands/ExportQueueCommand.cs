using System.Management.Automation;
using ConsulMq.Files;

namespace ConsulMq.Commands;

/// <summary>
/// Writes a queue's messages into a file and leaves them where they are: a backup, or what another queue is to hold. The file is JSON Lines: what is
/// scheduled comes first, then what is in flight, then what is ready, in order. It is not a snapshot: of what others push, pop and settle meanwhile some is
/// in it and some is not; what stays in the queue is in it once. What has expired is left out. The file has its name once it is whole.
/// </summary>
[Cmdlet(VerbsData.Export, "ConsulMqQueue", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportQueueCommand : QueueCmdlet
{
    private readonly Dictionary<string, string> _written = new(
        System.Runtime.InteropServices.RuntimeInformation.IsOSPlatform(System.Runtime.InteropServices.OSPlatform.Linux) ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The file to write; its directory has to be there. If its name ends in <c>.gz</c>, it is compressed with gzip. For each of several queues its own:
    /// <c>Get-ConsulMqQueue | Export-ConsulMqQueue -Path { "$($_.Name).jsonl.gz" }</c>.
    /// </summary>
    [Parameter(Position = 1, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>
    /// Which messages: <c>Ready</c>, <c>InFlight</c> (held by a consumer), <c>Scheduled</c> (there only later). Default: all of them, so that a backup
    /// does not lose what a consumer holds. Dead letters are in a queue of their own.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    // Tab offers these alone, in place of all that there are.
    [ValidateSet(nameof(MessageState.Ready), nameof(MessageState.InFlight), nameof(MessageState.Scheduled))]
    public MessageState[] State { get; set; } = [MessageState.Ready, MessageState.InFlight, MessageState.Scheduled];

    /// <summary>Replace a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Return the file.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process()
    {
        try
        {
            var path = InputFile.Find(SessionState, Path, isLiteral: true)[0];
            if (_written.TryGetValue(path, out var other))
                throw new FileFault("FileExists", ErrorCategory.ResourceExists, $"'{path}' is the file of queue '{other}' already.", path, action: "Give each queue a file of its own: -Path { \"$($_.Name).jsonl\" }.");
            ExportFile.Check(path, Force);
            var queue = OpenQueue();
            if (ShouldProcess($"{Describe(queue, ConfirmImpact.Low)}, to the file '{path}'", File.Exists(path) ? "Export, and replace the file" : "Export"))
                Export(queue, path);
            _written.Add(path, queue.Name);
        }
        catch (FileFault e)
        {
            WriteError(e.ToRecord());
        }
    }

    private void Export(MessageQueue queue, string path)
    {
        var total = Total(Await(queue.SummaryAsync(StopToken)));
        using var file = new ExportFile(path, Force);
        using var export = queue.OpenExport(file.Target, State);
        using var progress = new ProgressBar(this, $"Exporting queue '{queue.Name}'");
        long messages = 0;
        try
        {
            // A long line takes a while to make and to compress, and Ctrl-C does not wait for it.
            while (Await(Task.Run(() => export.NextAsync(StopToken))) is { } step)
            {
                messages = step.Messages;
                foreach (var damage in step.Damage)
                    WriteError(ErrorRecords.Of(damage, damage.Subject));
                progress.Report(messages, total);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw file.Fault(e);
        }

        var written = file.Complete();
        WriteVerbose($"Exported {messages} messages of queue '{queue.Name}' to '{written.FullName}'.");
        // As Get-Item gives it: the table of files shows the size of no other.
        if (PassThru)
            WriteObject(InvokeProvider.Item.Get([written.FullName], force: true, literalPath: true), enumerateCollection: true);
    }

    private long Total(ConsulMqQueue? queue) => queue is null ? 0 : State.Distinct().Sum(state => state switch
    {
        MessageState.InFlight => queue.InFlight,
        MessageState.Scheduled => queue.Scheduled,
        _ => queue.Depth,
    });
}
