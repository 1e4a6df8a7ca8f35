using System.Collections;
using System.Management.Automation;
using ConsulMq.Parameters;
using ConsulMq.Queueing;
using ConsulMq.Search;

namespace ConsulMq.Commands;

/// <summary>
/// Finds messages by what is in them, and leaves them where they are. They come as they are found, page by page, so that the deepest queue is searched in
/// little memory. What it gives can be piped to <c>Pop-</c>, <c>Move-</c> and <c>Remove-ConsulMqItem</c>, and what is in flight to
/// <c>Undo-</c>, <c>Complete-</c> and <c>Deny-ConsulMqItem</c>.
/// </summary>
[Cmdlet(VerbsCommon.Find, "ConsulMqItem")]
[OutputType(typeof(QueueObject))]
public sealed class FindItemCommand : ConnectionCmdlet
{
    private readonly HashSet<(string Queue, MessageState State)> _searched = [];
    private ItemFilter? _filter;
    private string? _current;

    /// <summary>Queues to search, wildcards too. Default: the queue named at <c>Connect-ConsulMq</c>, else <c>consulmq</c>.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [AllowEmptyString]
    [SupportsWildcards]
    [QueueName(Many = true)]
    [ArgumentCompleter(typeof(QueueNameCompleter))]
    public string[]? Queue { get; set; }

    /// <summary>
    /// What the whole body is like, as with <c>-like</c>: <c>web-*</c>, <c>*"host":"web-042"*</c>. JSON is searched as it is stored, without blanks. Bytes are searched
    /// where they are text in UTF-8. With <c>-Regex</c>, an expression that the body matches somewhere.
    /// </summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string? Body { get; set; }

    /// <summary>Take <c>-Body</c> for a regular expression of .NET. One that takes longer than a second for a message ends the search.</summary>
    [Parameter]
    public SwitchParameter Regex { get; set; }

    /// <summary>Tell upper from lower case in the body.</summary>
    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    /// <summary>Tags that it has, every one of them; wildcards too.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[]? Tag { get; set; }

    /// <summary>Headers that it has, every one of them, by name and value; wildcards in the values: <c>@{ trace = '*' }</c> is any.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Header { get; set; }

    /// <summary>What the body is; wildcards too: <c>text/*</c>, <c>application/json</c>. A type without parameters is meant with any.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public string? ContentType { get; set; }

    /// <summary>Pushed longer ago than this: a TimeSpan, seconds, or like <c>30s</c>, <c>5m</c>, <c>2h</c>, <c>7d</c>; or before a moment: a DateTime, or like <c>2026-11-20</c>.</summary>
    [Parameter]
    [Duration(AllowMoment = true)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan? OlderThan { get; set; }

    /// <summary>Pushed within this time, or since a moment.</summary>
    [Parameter]
    [Duration(AllowMoment = true)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan? NewerThan { get; set; }

    /// <summary>The messages with these IDs.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [Alias("MessageId")]
    [MessageId]
    [ArgumentCompleter(typeof(MessageCompleter))]
    public Guid[]? Id { get; set; }

    /// <summary>
    /// Where to look: <c>Ready</c>, <c>InFlight</c>, <c>Scheduled</c>, and <c>Dead</c> for the queue's dead letters; several in the order given. Default: Ready.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public MessageState[] State { get; set; } = [MessageState.Ready];

    private protected override object? Target => _current ?? (object?)Queue;

    private protected override void Begin()
    {
        try
        {
            _filter = new ItemFilter
            {
                Body = Body is null ? null : new BodyPattern(Body, Regex, CaseSensitive),
                Tags = Tag,
                Headers = Header,
                ContentType = ContentType,
                Before = OlderThan is { } old ? Link.Settings.Clock.UtcNow - old : null,
                After = NewerThan is { } age ? Link.Settings.Clock.UtcNow - age : null,
                Ids = Id is null ? null : new HashSet<Guid>(Id),
            };
        }
        catch (InvalidPatternException e)
        {
            ThrowTerminatingError(e.ToRecord());
        }
    }

    private protected override void Process()
    {
        // One for all of them: many queues take their time as well, each of which is searched in a moment.
        using var progress = new ProgressBar(this, "Searching");
        foreach (var name in Names())
        {
            _current = name;
            try
            {
                foreach (var state in State.Distinct())
                    Search(Link.Queue(name), state, progress);
            }
            catch (ConsulMqException e)
            {
                Report(e, name);
            }
        }
    }

    private IEnumerable<string> Names()
    {
        foreach (var name in Queue ?? [Link.Settings.DefaultQueue])
        {
            var pattern = new QueuePattern(name);
            foreach (var match in pattern.IsWildcard ? Await(Link.QueueNamesAsync(StopToken)).Where(pattern.IsMatch) : [name])
                yield return match;
        }
    }

    private void Search(MessageQueue queue, MessageState state, ProgressBar progress)
    {
        // With wildcards, dead letters are met in their own queue as well.
        var place = state == MessageState.Dead ? (DeadLetters.QueueOf(queue.Name), MessageState.Ready) : (queue.Name, state);
        if (!_searched.Add(place))
            return;
        var browser = queue.Browse(state, bodies: Body is not null, _filter!.MayMatch);
        progress.GoOn($"Searching '{queue.Name}', {Format.Name(state)}");
        long found = 0, total = 0;
        while (Await(browser.NextAsync(StopToken)) is { } batch)
        {
            foreach (var item in Matches(batch.Items))
            {
                found++;
                Write(item);
            }

            foreach (var damage in batch.Damage)
                WriteError(ErrorRecords.Of(damage, damage.Subject));
            if (!progress.IsDue)
                continue;
            // Only who takes long counts.
            if (total == 0)
                total = Total(queue, state);
            progress.Report(browser.Looked, total, $"{browser.Looked} of {Math.Max(total, browser.Looked)}, {found} found");
        }

        WriteVerbose($"Searched {browser.Looked} messages of queue '{queue.Name}', {Format.Name(state)}: {found} found.");
        if (!browser.IsThere && state == MessageState.Ready)
            throw Errors.NoSuchQueue(queue.Name);
    }

    /// <summary>Each with where it is, which the usual table of messages does not show.</summary>
    private void Write(QueueObject item)
    {
        var found = PSObject.AsPSObject(item);
        found.TypeNames.Insert(0, "ConsulMq.QueueObject#Found");
        WriteObject(found);
    }

    /// <summary>Off this thread: Ctrl-C does not wait for an expression that takes its time.</summary>
    private List<QueueObject> Matches(IReadOnlyList<QueueObject> items)
    {
        if (_filter!.Body is not { } pattern)
            return [.. items];
        try
        {
            return Await(Task.Run(() => items.Where(pattern.IsMatch).ToList()));
        }
        catch (BodyPatternTimeoutException e)
        {
            ThrowTerminatingError(ErrorRecords.Of("RegexTimeout", ErrorCategory.OperationTimeout,
                $"The regular expression '{Body}' took longer than {BodyPattern.MostTime.TotalSeconds:0} s for message {e.Item}, and the search was ended. Nested repetitions such as (a+)+ do that.", e.Item, action: "Say it more simply, or without -Regex."));
            return [];
        }
    }

    private long Total(MessageQueue queue, MessageState state)
    {
        var searched = state == MessageState.Dead ? Link.Queue(DeadLetters.QueueOf(queue.Name)) : queue;
        var summary = Await(searched.SummaryAsync(StopToken));
        return state switch
        {
            MessageState.InFlight => summary?.InFlight,
            MessageState.Scheduled => summary?.Scheduled,
            _ => summary?.Depth,
        } ?? 0;
    }
}
