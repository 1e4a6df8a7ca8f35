using System.Diagnostics;
using System.Management.Automation;
using ConsulMq.Parameters;
using ConsulMq.Workers;

namespace ConsulMq.Commands;

/// <summary>
/// Works on the messages of a queue: leases each, runs the script block for it, and completes it. When the block throws, the message goes back and is tried
/// again, later each time, until it becomes a dead letter in <c>QUEUE.dead</c>, with the error as the reason. Without <c>-MaxItems</c>, <c>-StopWhenEmpty</c> or
/// <c>-Timeout</c> it works until Ctrl-C, which lets the blocks that run come to their end and gives the other messages back.
/// </summary>
/// <remarks>
/// The block gets its message as <c>param($item)</c>, as <c>$args[0]</c> and as <c>$_</c>. It runs in a runspace of its own, as with <c>ForEach-Object -Parallel</c>:
/// variables of the caller are <c>$using:name</c> there, ConsulMq is imported, and its commands use the same connection. What the block writes comes out
/// as it is written; output objects have the message's ID as <c>ConsulMqItemId</c>. A message is completed when its output has gone down the pipeline.
/// <c>exit</c> with a code other than zero is a failure; <c>exit</c>, <c>break</c> and <c>continue</c> just end the block. <c>-ErrorAction Stop</c>, or the variable
/// <c>$ErrorActionPreference</c>, holds inside the blocks: any error makes the message fail then. It does not end the worker.
/// </remarks>
[Cmdlet(VerbsLifecycle.Invoke, "ConsulMqWorker", DefaultParameterSetName = "Queue")]
[OutputType(typeof(object))]
public sealed class InvokeWorkerCommand : ConnectionCmdlet, IThresholdParameters
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(250);

    private readonly Outlet _outlet = new();
    private readonly Stopwatch _sinceProgress = new();
    private Worker? _worker;
    private ProgressRecord? _progress;
    private ConsulMqQueueCheck? _check;

    /// <summary>The queue's name, upper and lower case as it is. Default: the queue named at <c>Connect-ConsulMq</c>, else <c>consulmq</c>.</summary>
    [Parameter(Position = 0, ParameterSetName = "Queue")]
    [AllowEmptyString]
    [QueueName(OrScriptBlock = true)]
    [ArgumentCompleter(typeof(QueueNameCompleter))]
    public string? Queue { get; set; }

    /// <summary>What to do with a message: <c>{ param($item) ... }</c>.</summary>
    [Parameter(Position = 1, Mandatory = true, ParameterSetName = "Queue")]
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "DefaultQueue")]
    [ValidateNotNull]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    /// <summary>How many messages to work on at the same time. Default: 1, so that they are worked on in their order.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int ThrottleLimit { get; set; } = 1;

    /// <summary>End after so many messages, whether they were completed or failed. Default: no such end.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? MaxItems { get; set; }

    /// <summary>
    /// End when the queue is empty and nothing is worked on. Messages that failed here and are to come back are waited for; others that are scheduled for later
    /// are not, nor those that other workers have in hand.
    /// </summary>
    [Parameter]
    public SwitchParameter StopWhenEmpty { get; set; }

    /// <summary>Begin with no more messages after that time, and end: a TimeSpan, seconds, or like <c>30s</c>, <c>5m</c>. Default: no such end.</summary>
    [Parameter]
    [Duration]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan? Timeout { get; set; }

    /// <summary>How long a message stays away after its first failure, twice as long after the second, and so on to 5 minutes. Default: 1 second.</summary>
    [Parameter]
    [Duration]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the blocks that run may go on after Ctrl-C or the time-out. Then they are stopped, and their messages go back. Default: 30 seconds.</summary>
    [Parameter]
    [Duration]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Put the queue's state into Consul's health system while the worker works, as <c>Register-ConsulMqQueueCheck</c> does. Needs one of the thresholds. Where the
    /// agent takes no check, that is a warning, and the worker works.
    /// </summary>
    [Parameter]
    public SwitchParameter RegisterCheck { get; set; }

    /// <summary>With <c>-RegisterCheck</c>: the check is a warning from so many ready messages on. Default: no such limit.</summary>
    [Parameter]
    public long? WarningDepth { get; set; }

    /// <summary>With <c>-RegisterCheck</c>: the check is critical from so many ready messages on. Default: no such limit.</summary>
    [Parameter]
    public long? CriticalDepth { get; set; }

    /// <summary>With <c>-RegisterCheck</c>: the check is a warning when the first message has waited for so long: a TimeSpan, seconds, or like <c>30s</c>, <c>5m</c>. Default: no such limit.</summary>
    [Parameter]
    [Duration]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan? WarningAge { get; set; }

    /// <summary>With <c>-RegisterCheck</c>: the check is critical when the first message has waited for so long: a TimeSpan, seconds, or like <c>30s</c>, <c>5m</c>. Default: no such limit.</summary>
    [Parameter]
    [Duration]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan? CriticalAge { get; set; }

    private protected override object? Target => Queue;

    private protected override void Begin()
    {
        Validate(Timeout, nameof(Timeout));
        Validate(RetryDelay, nameof(RetryDelay));
        Validate(GracePeriod, nameof(GracePeriod));
        if (!RegisterCheck && this.HasAny())
            ThrowTerminatingError(ErrorRecords.Of("InvalidThreshold", ErrorCategory.InvalidArgument, "A threshold is for -RegisterCheck, which is missing.", Target));
    }

    private protected override void Process()
    {
        var queue = Link.Queue(Queue);
        _progress = new ProgressRecord(1, $"Working on queue '{queue.Name}'", "Begins");
        _worker = new Worker(queue, Options(), Setup(), _outlet);
        _check = RegisterCheck ? Watch(queue) : null;
        var work = Task.Run(_worker.RunAsync);
        using (StopToken.Register(Stop))
        {
            try
            {
                WriteProgress();
                while (_outlet.Write(this, ProgressInterval))
                    WriteProgress();
                Await(work);
            }
            finally
            {
                End(work);
            }
        }

        _progress.RecordType = ProgressRecordType.Completed;
        WriteProgress(_progress);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        _check?.Dispose();
        _worker?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Work comes first: where the queue cannot be watched, it is done all the same.</summary>
    private ConsulMqQueueCheck? Watch(MessageQueue queue)
    {
        try
        {
            return Await(Link.RegisterQueueCheckAsync(queue.Name, this.Thresholds(), StopToken));
        }
        catch (ConsulMqException e) when (e.Error != ConsulMqError.InvalidThreshold && !ErrorRecords.IsFatal(e))
        {
            WriteWarning($"The queue is not watched: {e.Message}");
            return null;
        }
    }

    private void Stop()
    {
        // In this order: no block begins when another one is let go, and nobody waits for room in the outlet when it comes to stopping.
        _worker!.Hold();
        _outlet.Close();
        _worker.Stop();
    }

    /// <summary>Whatever the reason: what is in hand is brought to its end, which takes no longer than the grace period and a moment.</summary>
    private void End(Task work)
    {
        Stop();
        if (work.IsCompleted)
            return;
        if (_worker!.Running is > 0 and var running)
            Announce($"Stopping: {(running == 1 ? "1 message is" : $"{running} messages are")} still worked on, for at most {Format.Duration(GracePeriod)}.");
        Task.WaitAny(work);
    }

    /// <summary>Straight to the host: a pipeline that is stopping takes nothing any more.</summary>
    private void Announce(string text)
    {
        try
        {
            Host?.UI?.WriteWarningLine(text);
        }
        catch (Exception e) when (e is NotImplementedException or NotSupportedException or InvalidOperationException or System.Management.Automation.Host.HostException)
        {
            // A host without anybody to read it.
        }
    }

    private void WriteProgress()
    {
        if (_sinceProgress.IsRunning && _sinceProgress.Elapsed < ProgressInterval)
            return;
        _sinceProgress.Restart();
        var tally = _worker!.Tally;
        _progress!.StatusDescription = $"{tally.Done} done, {tally.Failed} failed, {_worker.Running} running";
        if (MaxItems is { } most)
            _progress.PercentComplete = (int)Math.Min(100, 100L * (tally.Done + tally.Failed) / most);
        WriteProgress(_progress);
    }

    private WorkerOptions Options() => new()
    {
        ThrottleLimit = ThrottleLimit,
        MaxItems = MaxItems,
        StopWhenEmpty = StopWhenEmpty,
        Timeout = Timeout,
        GracePeriod = GracePeriod,
        RetryDelay = RetryDelay,
    };

    private JobSetup Setup() =>
        new(JobBlock.Of(ScriptBlock), UsingValues.Of(ScriptBlock, SessionState), CallerPreferences.Of(this), SessionState.Path.CurrentLocation.Path, Link);

    private void Validate(TimeSpan? time, string name)
    {
        if (time < TimeSpan.Zero)
            ThrowTerminatingError(ErrorRecords.Of($"Invalid{name}", ErrorCategory.InvalidArgument, $"-{name} has to be zero or longer.", time));
    }
}
