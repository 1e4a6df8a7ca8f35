using System.Management.Automation;
using ConsulMq.Parameters;

namespace ConsulMq.Commands;

/// <summary>Ends the check that <c>Register-ConsulMqQueueCheck</c> put into Consul: by the queue's name, or piped. One that has ended already is no error.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "ConsulMqQueueCheck", DefaultParameterSetName = "Queue", SupportsShouldProcess = true)]
public sealed class UnregisterQueueCheckCommand : ConnectionCmdlet
{
    /// <summary>The queue's name, upper and lower case as it is. Default: the queue named at <c>Connect-ConsulMq</c>, else <c>consulmq</c>.</summary>
    [Parameter(Position = 0, ParameterSetName = "Queue")]
    [Alias("Name")]
    [AllowEmptyString]
    [QueueName]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public string? Queue { get; set; }

    /// <summary>The check, as <c>Register-ConsulMqQueueCheck</c> returned it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Check", ValueFromPipeline = true)]
    [ValidateNotNull]
    public ConsulMqQueueCheck? InputObject { get; set; }

    private protected override object? Target => InputObject ?? (object?)Queue;

    private protected override void Process()
    {
        if (InputObject is not null)
        {
            End(InputObject);
            return;
        }

        var name = Link.Queue(Queue).Name;
        var checks = Link.QueueChecks.Where(check => check.Queue == name).ToList();
        if (checks.Count == 0)
            WriteError(ErrorRecords.Of("QueueCheckNotFound", ErrorCategory.ObjectNotFound, $"This connection has no check of queue '{name}'.", name, action: "(Get-ConsulMqConnection).QueueChecks lists those that it has."));
        foreach (var check in checks)
            End(check);
    }

    private void End(ConsulMqQueueCheck check)
    {
        if (ShouldProcess($"check of queue '{check.Queue}' at {Link}", "End"))
            Await(Task.Run(check.Dispose));
    }
}
