using System.Management.Automation;
using ConsulMq.Parameters;

namespace ConsulMq.Commands;

/// <summary>Lists queues with their depth, their bytes, and the age of their oldest message.</summary>
[Cmdlet(VerbsCommon.Get, "ConsulMqQueue")]
[OutputType(typeof(ConsulMqQueue))]
public sealed class GetQueueCommand : ConnectionCmdlet
{
    private IReadOnlyList<string>? _names;

    /// <summary>Names, or patterns with wildcards. A name without wildcards that is not there is an error. Default: all queues.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [AllowEmptyString]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(QueueNameCompleter))]
    public string[] Queue { get; set; } = ["*"];

    private protected override void Process()
    {
        foreach (var name in Queue)
        {
            try
            {
                if (WildcardPattern.ContainsWildcardCharacters(name))
                    WriteMatches(name);
                else
                    Write(name, isOptional: false);
            }
            catch (ConsulMqException e)
            {
                Report(e, name);
            }
        }
    }

    private void WriteMatches(string pattern)
    {
        _names ??= Await(Link.QueueNamesAsync(StopToken));
        var wildcard = WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
        foreach (var name in _names)
        {
            // The second: a queue whose name has brackets in it, written as it is.
            if (wildcard.IsMatch(name) || name == pattern)
                Write(name, isOptional: true);
        }
    }

    private void Write(string name, bool isOptional)
    {
        if (Await(Link.Queue(name).SummaryAsync(StopToken)) is { } summary)
            WriteObject(summary);
        else if (!isOptional)
            throw new ConsulMqException(ConsulMqError.QueueNotFound, $"There is no queue '{name}' at {Link}. Get-ConsulMqQueue lists those that are there.", name);
    }
}
