using System.Collections;
using System.Management.Automation;
using ConsulMq.Bodies;
using ConsulMq.Files;
using ConsulMq.Parameters;

namespace ConsulMq.Commands;

/// <summary>
/// Pushes items to a queue: to its end, to its front, or to a position. The first item of a pipeline is sent at once; what arrives while it is under way goes together with the next
/// ones, so a long pipeline is fast and a short one prompt. Each message is returned once it is durable, in the order of the input.
/// </summary>
[Cmdlet(VerbsCommon.Push, "ConsulMqItem", DefaultParameterSetName = ObjectSet)]
[OutputType(typeof(QueueObject))]
public sealed partial class PushItemCommand : ConnectionCmdlet
{
    private const string ObjectSet = "Object";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    private BodyWriter? _bodies;
    private PushStream? _stream;
    private IReadOnlyDictionary<string, string>? _headers;

    /// <summary>The queue's name, upper and lower case as it is; a new one comes into being. Default: the queue named at <c>Connect-ConsulMq</c>, else <c>consulmq</c>.</summary>
    [Parameter(Position = 0)]
    [AllowEmptyString]
    [QueueName]
    [ArgumentCompleter(typeof(QueueNameCompleter))]
    public string? Queue { get; set; }

    /// <summary>
    /// What to push. A string is text, a byte array is bytes (PowerShell's pipeline takes arrays apart: <c>,$bytes | Push-ConsulMqItem</c>), a file is its full path,
    /// a message of another queue goes on with its body, type, tags and headers, also after <c>Export-Clixml</c> or out of a job, and anything else becomes JSON. From an argument an array is one item,
    /// from the pipeline each element is one.
    /// </summary>
    [Parameter(ParameterSetName = ObjectSet, Position = 1, Mandatory = true, ValueFromPipeline = true)]
    [Alias("Body")]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? InputObject { get; set; }

    /// <summary>
    /// Push the content of these files, each as one message of bytes, with its name in the header <c>consulmq-file-name</c>. However large, a file is never in
    /// memory as a whole. Wildcards find files. From the pipeline: <c>Get-ChildItem | Push-ConsulMqItem -Path { $_.FullName }</c>.
    /// </summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Path { get; set; }

    /// <summary>The same for paths that are taken as they are: no character is a wildcard.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[]? LiteralPath { get; set; }

    /// <summary>
    /// Push to the front: what is pushed is popped next. A pipeline goes there as one block, in the order of its input.
    /// </summary>
    [Parameter]
    public SwitchParameter First { get; set; }

    /// <summary>
    /// Push to a position, 0 being the front, so that so many messages come before: at most as many as are in the queue. A pipeline goes there as one block, in
    /// the order of its input. Reads the queue up to that position.
    /// </summary>
    [Parameter]
    public long? Position { get; set; }

    /// <summary>How long the message may be popped: a TimeSpan, seconds, or like <c>30s</c>, <c>5m</c>, <c>2h</c>, <c>7d</c>. After that it is never returned. Default: for ever.</summary>
    [Parameter]
    [Duration]
    [Alias("Ttl")]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan? TimeToLive { get; set; }

    /// <summary>
    /// How long the message stays out of the queue: a TimeSpan, seconds, or like <c>30s</c>, <c>5m</c>, <c>2h</c>, <c>7d</c>. Then it goes to the end of the
    /// queue, whoever waits wakes, and its time to live begins. Default: not at all.
    /// </summary>
    [Parameter]
    [Duration]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan? Delay { get; set; }

    /// <summary>
    /// From when on the message may be popped: like <c>-Delay</c>, but a moment. One without a time zone is local time. Each machine goes by its own clock.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>Words to find the message by.</summary>
    [Parameter]
    [Text]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[]? Tag { get; set; }

    /// <summary>Short strings by name that travel with the message.</summary>
    [Parameter]
    [Text]
    [ValidateNotNull]
    public IDictionary? Header { get; set; }

    /// <summary>What the body is, for its reader, such as <c>text/csv</c>. It does not change the body: JSON in a string stays a string (<c>-As Json</c>). Default: told by the body.</summary>
    [Parameter]
    [Text]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public string? ContentType { get; set; }

    /// <summary>What the item becomes. Default: Auto.</summary>
    [Parameter(ParameterSetName = ObjectSet)]
    public BodyFormat As { get; set; }

    /// <summary>How deep an object may be nested in JSON; deeper is an error, nothing is cut off. With <c>-As CliXml</c>, how deep PowerShell serializes. Default: 16.</summary>
    [Parameter(ParameterSetName = ObjectSet)]
    [ValidateRange(1, MessageBody.MaxJsonDepth)]
    public int Depth { get; set; } = 16;

    /// <summary>
    /// Push only what was not pushed under this ID before, within the queue's deduplication window (5 minutes, unless <c>Set-ConsulMqQueue</c> says
    /// otherwise): 1 to 256 characters. The second push returns the first one's ID, with <c>IsDuplicate</c>. For each item its own:
    /// <c>-DeduplicationId { $_.Id }</c>. One ID for a whole pipeline lets only the first item in.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    public string? DeduplicationId { get; set; }

    /// <summary>Where the queue holds as many messages as it may (<c>Set-ConsulMqQueue -MaxDepth</c>), wait for room. Nothing is polled: a pop wakes the waiting.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>
    /// How long to wait for room, each time the queue is full: a TimeSpan, seconds, or like <c>30s</c>, <c>5m</c>. Then the rest fails with
    /// <c>QueueFull</c>. Implies <c>-Wait</c>. Default: for ever.
    /// </summary>
    [Parameter]
    [Duration]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan? Timeout { get; set; }

    private protected override object? Target => Queue;

    private protected override void Begin()
    {
        Validate();
        _headers = Header is null ? null : Headers(Header);
        _bodies = new BodyWriter(As, Depth);
        var wait = Timeout ?? (Wait ? System.Threading.Timeout.InfiniteTimeSpan : (TimeSpan?)null);
        var place = First ? 0 : Position;
        _stream = place is null ? Link.Queue(Queue).OpenPush(wait) : Link.Queue(Queue).OpenInsert(place.Value, wait);
    }

    private protected override void Process()
    {
        if (ParameterSetName != ObjectSet)
        {
            Transfer ??= new FileProgress(this, "Pushing");
            foreach (var path in Path ?? LiteralPath!)
                AddFiles(path);
            return;
        }

        MessageDraft draft;
        try
        {
            draft = Draft(InputObject);
        }
        catch (ConsulMqException e)
        {
            WriteError(ErrorRecords.Of(e, InputObject));
            return;
        }

        Add(draft, InputObject);
    }

    private void Add(MessageDraft draft, object? tag)
    {
        var added = _stream!.AddAsync(draft, tag, StopToken);
        if (!added.IsCompletedSuccessfully)
            WriteWhile(added.AsTask());
        WriteOutcomes();
    }

    /// <summary>A file that cannot be pushed is an error of its own; the others go on.</summary>
    private void AddFiles(string path)
    {
        try
        {
            foreach (var file in InputFile.Find(SessionState, path, isLiteral: ParameterSetName == LiteralPathSet))
            {
                try
                {
                    InputFile.Check(file);
                    Add(Draft(new FileInfo(file)), file);
                }
                catch (FileFault e)
                {
                    WriteError(e.ToRecord());
                }
            }
        }
        catch (FileFault e)
        {
            WriteError(e.ToRecord());
        }
    }

    private protected override void End()
    {
        while (Await(_stream!.WaitAsync(StopToken)))
            WriteOutcomes();
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        _stream?.Dispose();
        _bodies?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Writes what comes out until an item is in: where the queue is full that can take its time.</summary>
    private void WriteWhile(Task added)
    {
        while (!added.IsCompleted && Await(_stream!.WaitAsync(StopToken)))
            WriteOutcomes();
        Await(added);
    }

    private void WriteOutcomes()
    {
        while (_stream!.TryTake(out var outcome))
        {
            if (outcome.Item is { IsDuplicate: true } first)
                WriteVerbose($"'{Format.OneLine(first.DeduplicationId)}' was already pushed as {first.Id} at {first.CreatedAt:u}.");
            if (outcome.Error is null)
                WriteObject(outcome.Item);
            else
                WriteError(ErrorRecords.Of(outcome.Error, outcome.Tag));
        }
    }
}
