using System.Management.Automation;
using ConsulMq.Parameters;

namespace ConsulMq.Commands;

/// <summary>Removes a queue and all that is in it.</summary>
[Cmdlet(VerbsCommon.Remove, "ConsulMqQueue", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class RemoveQueueCommand : ConnectionCmdlet
{
    private string? _current;

    /// <summary>The names of the queues, upper and lower case as they are. No wildcards: <c>Get-ConsulMqQueue test-* | Remove-ConsulMqQueue</c>.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [AllowEmptyString]
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
                Remove(name);
            }
            catch (ConsulMqException e)
            {
                Report(e, name);
            }
        }
    }

    private void Remove(string name)
    {
        var queue = Link.Queue(name);
        if (ShouldProcess($"queue '{name}' at {Link}", "Remove the queue and all its messages"))
            Await(queue.RemoveAsync(StopToken));
    }
}
