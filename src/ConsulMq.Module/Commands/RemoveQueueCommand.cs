using System.Management.Automation;
using ConsulMq.Parameters;
using ConsulMq.Storage;

namespace ConsulMq.Commands;

/// <summary>Removes a queue and all that is in it.</summary>
[Cmdlet(VerbsCommon.Remove, "ConsulMqQueue", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class RemoveQueueCommand : ConnectionCmdlet
{
    private string? _current;

    /// <summary>
    /// The names of the queues, upper and lower case as they are, or patterns with wildcards, each of whose queues is asked for. A queue whose name has wildcards in it is
    /// meant alone, as is any that comes through the pipeline.
    /// </summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [AllowEmptyString]
    [SupportsWildcards]
    [QueueName(Many = true)]
    [ArgumentCompleter(typeof(QueueNameCompleter))]
    public string[] Queue { get; set; } = [];

    private protected override object? Target => _current;

    private protected override void Process()
    {
        foreach (var name in Queue)
        {
            _current = name;
            try
            {
                foreach (var queue in Matches(name))
                    Remove(queue);
            }
            catch (ConsulMqException e)
            {
                Report(e, name);
            }
        }
    }

    private IReadOnlyList<string> Matches(string name)
    {
        var pattern = new QueuePattern(name);
        if (!pattern.IsWildcard || !QueueName.IsValid(name) || MyInvocation.ExpectingInput)
            return [name];
        var names = Await(Link.QueueNamesAsync(StopToken));
        return names.Contains(name) ? [name] : [.. names.Where(pattern.IsMatch)];
    }

    private void Remove(string name)
    {
        var queue = Link.Queue(name);
        if (ShouldProcess(Describe(queue, ConfirmImpact.High), "Remove the queue and all its messages"))
            Await(queue.RemoveAsync(StopToken));
    }
}
