using System.Management.Automation;
using ConsulMq.Parameters;

namespace ConsulMq.Commands;

/// <summary>
/// Puts a queue's state into Consul's health system while this connection lives, so that Consul's UI and the alerts on it see it: an instance of service
/// <c>consulmq-queue</c> with a check that is passing, warning or critical, kept up to date as the queue changes. A queue that is not there is passing.
/// </summary>
/// <remarks>
/// <c>Unregister-ConsulMqQueueCheck</c>, <c>Disconnect-ConsulMq</c> and the end of the process end it. If the process dies, the check turns critical, and Consul
/// removes it one to two minutes later. Each process that watches a queue has a check of its own; registering again for the same queue replaces the one there was.
/// </remarks>
[Cmdlet(VerbsLifecycle.Register, "ConsulMqQueueCheck")]
[OutputType(typeof(ConsulMqQueueCheck))]
public sealed class RegisterQueueCheckCommand : QueueCmdlet, IThresholdParameters
{
    /// <summary>The check is a warning from so many ready messages on. Default: no such limit.</summary>
    [Parameter]
    public long? WarningDepth { get; set; }

    /// <summary>The check is critical from so many ready messages on. Default: no such limit.</summary>
    [Parameter]
    public long? CriticalDepth { get; set; }

    /// <summary>The check is a warning when the first message has waited for so long: a TimeSpan, seconds, or like <c>30s</c>, <c>5m</c>. Default: no such limit.</summary>
    [Parameter]
    [Duration]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan? WarningAge { get; set; }

    /// <summary>The check is critical when the first message has waited for so long: a TimeSpan, seconds, or like <c>30s</c>, <c>5m</c>. Default: no such limit.</summary>
    [Parameter]
    [Duration]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan? CriticalAge { get; set; }

    private protected override void Process()
    {
        var link = Link;
        var name = OpenQueue().Name;
        var former = link.QueueChecks.Where(check => check.Queue == name).ToList();
        var check = Await(link.RegisterQueueCheckAsync(name, this.Thresholds(), StopToken));
        // Not before the new one is there: an alert would see a gap.
        foreach (var one in former)
            Await(Task.Run(one.Dispose));
        WriteObject(check);
    }
}
