using System.Management.Automation;
using ConsulMq.Files;
using ConsulMq.Parameters;

namespace ConsulMq.Commands;

/// <summary>
/// Pushes the messages of a file that <c>Export-ConsulMqQueue</c> wrote, each with its own ID, times, tags, headers and deliveries, in the order of the lines. What
/// was imported of the same file before is not pushed again, whatever has become of it since, until the queue is cleared; nor is what is in the queue now, nor
/// what has expired. A line that is broken or cut is an error; what came before it is in the queue, and nothing behind it. A queue that is not there is
/// created with the settings of the exported one.
/// </summary>
[Cmdlet(VerbsData.Import, "ConsulMqQueue", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
[OutputType(typeof(ConsulMqImport))]
public sealed class ImportQueueCommand : ConnectionCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The files to import, one after the other; those whose names end in <c>.gz</c> are gzip. Wildcards find files.</summary>
    [Parameter(ParameterSetName = PathSet, Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Path { get; set; }

    /// <summary>The same for paths that are taken as they are: no character is a wildcard.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[]? LiteralPath { get; set; }

    /// <summary>The queue to import into. Default: the one that was exported; where the file does not say, the queue named at <c>Connect-ConsulMq</c>, else <c>consulmq</c>.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [QueueName]
    [ArgumentCompleter(typeof(QueueNameCompleter))]
    public string? Queue { get; set; }

    /// <summary>Where the queue holds as many messages as it may (<c>Set-ConsulMqQueue -MaxDepth</c>), wait for room.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>
    /// How long to wait for room, each time the queue is full: a TimeSpan, seconds, or like <c>30s</c>, <c>5m</c>. Then the import ends with
    /// <c>QueueFull</c>. Implies <c>-Wait</c>. Default: for ever.
    /// </summary>
    [Parameter]
    [Duration]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan? Timeout { get; set; }

    /// <summary>Return for each file how many messages were added and skipped, also if a line was broken.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override object? Target => Queue;

    private protected override void Begin()
    {
        if (Timeout < TimeSpan.Zero)
            ThrowTerminatingError(ErrorRecords.Of("InvalidTimeout", ErrorCategory.InvalidArgument, "-Timeout cannot be negative.", Timeout, action: "Leave it out to wait for ever."));
        if (Queue is not null)
            _ = Link.Queue(Queue);
    }

    private protected override void Process()
    {
        foreach (var path in Path ?? LiteralPath!)
        {
            try
            {
                foreach (var file in InputFile.Find(SessionState, path, isLiteral: ParameterSetName == LiteralPathSet))
                    TryImport(file);
            }
            catch (FileFault e)
            {
                WriteError(e.ToRecord());
            }
        }
    }

    /// <summary>A file that cannot be imported is an error of its own; the others go on.</summary>
    private void TryImport(string path)
    {
        if (!ShouldProcess($"{(Queue is null ? "the queue that it was exported from" : $"queue '{Queue}'")} at {Link}", $"Import the messages of '{path}'"))
            return;
        try
        {
            Import(path);
        }
        catch (FileFault e)
        {
            WriteError(e.ToRecord());
        }
    }

    private void Import(string path)
    {
        using var file = new ImportFile(path);
        using var import = Link.OpenImport(file.Lines, path, Queue, Timeout ?? (Wait ? System.Threading.Timeout.InfiniteTimeSpan : null));
        try
        {
            using var progress = new ProgressBar(this, $"Importing '{System.IO.Path.GetFileName(path)}'");
            // A long line takes a while to unpack and to read, and Ctrl-C does not wait for it.
            while (Await(Task.Run(() => import.NextAsync(StopToken))))
                progress.Report(file.Position, file.Length, $"{import.Added} messages added, {Format.Size(file.Position)} of {Format.Size(file.Length)} read");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            WriteError(file.Fault(e).ToRecord());
        }
        catch (Exception e) when (ErrorRecords.IsKnown(e))
        {
            Report(e, path);
        }

        var summary = new ConsulMqImport(import.Queue, path, import.Lines, import.Added, import.Skipped, import.Expired);
        WriteVerbose($"Of {summary.Lines} messages in '{path}', {summary.Added} were added to queue '{summary.Queue}'; {summary.Skipped} were there or had been imported before, and {summary.Expired} had expired.");
        if (PassThru)
            WriteObject(summary);
    }
}
