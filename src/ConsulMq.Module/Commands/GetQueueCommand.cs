using System.Management.Automation;
using ConsulMq.Parameters;
using ConsulMq.Queueing;

namespace ConsulMq.Commands;

/// <summary>
/// Lists queues with what is ready, in flight, scheduled and dead in them, their bytes, and the age of their oldest message. From the second call in a
/// session on it also tells how many messages came and went a second since the call before.
/// </summary>
[Cmdlet(VerbsCommon.Get, "ConsulMqQueue")]
[OutputType(typeof(ConsulMqQueue))]
public sealed partial class GetQueueCommand : ConnectionCmdlet
{
    private IReadOnlyList<string>? _names;

    /// <summary>Names, or patterns with wildcards. A name without wildcards that is not there is an error. Default: all queues.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [AllowEmptyString]
    [SupportsWildcards]
    [QueueName(Many = true)]
    [ArgumentCompleter(typeof(QueueNameCompleter))]
    public string[] Queue { get; set; } = ["*"];

    /// <summary>
    /// Go on, and show each change at once, at most twice a second, without polling: on a terminal a table that is written in place, until Ctrl-C or q; in
    /// a pipeline, an assignment or a script without a terminal, an object for each queue that has changed. While Consul is away it says so and goes on. A
    /// queue that is not there is shown when it comes.
    /// </summary>
    [Parameter]
    public SwitchParameter Watch { get; set; }

    private protected override void Process()
    {
        if (Watch)
        {
            _watched.AddRange(Queue);
            return;
        }

        foreach (var name in Queue)
        {
            try
            {
                var pattern = new QueuePattern(name);
                if (pattern.IsWildcard)
                    WriteMatches(pattern);
                else
                    Write(name, isOptional: false);
            }
            catch (ConsulMqException e)
            {
                Report(e, name);
            }
        }
    }

    private void WriteMatches(QueuePattern pattern)
    {
        _names ??= Await(Link.QueueNamesAsync(StopToken));
        foreach (var name in _names.Where(pattern.IsMatch))
            Write(name, isOptional: true);
    }

    private void Write(string name, bool isOptional)
    {
        if (Await(Link.Queue(name).SummaryAsync(StopToken)) is { } summary)
            WriteObject(summary);
        else if (!isOptional)
            throw Errors.NoSuchQueue(name, Link.ToString());
    }
}
