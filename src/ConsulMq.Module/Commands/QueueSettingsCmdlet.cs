using System.Management.Automation;
using ConsulMq.Parameters;

namespace ConsulMq.Commands;

/// <summary>A cmdlet with the settings of a queue as parameters. What is not given stays as it is.</summary>
public abstract class QueueSettingsCmdlet : ConnectionCmdlet
{
    private string? _current;

    /// <summary>The queue's name, upper and lower case as it is.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [AllowEmptyString]
    [QueueName(Many = true)]
    [ArgumentCompleter(typeof(QueueNameCompleter))]
    public string[] Queue { get; set; } = [];

    /// <summary>
    /// How long messages live that are pushed without a <c>-TimeToLive</c> of their own: a TimeSpan, seconds, or like <c>30s</c>, <c>5m</c>, <c>2h</c>,
    /// <c>7d</c>. 0 or <c>$null</c>: for ever, which is the default.
    /// </summary>
    [Parameter]
    [Alias("DefaultTimeToLive", "Ttl")]
    [Duration(AllowNull = true)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan? TimeToLive { get; set; }

    /// <summary>How often a message is delivered on a lease before it becomes a dead letter, up to 1,000. 0: without end. Default: 5.</summary>
    [Parameter]
    [WholeNumber(Largest = int.MaxValue)]
    public int MaxDeliveries { get; set; }

    /// <summary>
    /// How many messages may be ready at most; more are refused with <c>QueueFull</c>, or wait with <c>Push-ConsulMqItem -Wait</c>. What comes back from a
    /// lease is let in beyond it. 0 or <c>$null</c>: any number, which is the default.
    /// </summary>
    [Parameter]
    [WholeNumber(AllowNull = true)]
    public long? MaxDepth { get; set; }

    /// <summary>Keep the exact order for consumers that compete too, at the price of fewer messages a second. <c>-StrictOrder:$false</c> ends it.</summary>
    [Parameter]
    public SwitchParameter StrictOrder { get; set; }

    /// <summary>Make dead letters of messages that have expired, in place of dropping them. <c>-DeadLetterExpired:$false</c> ends it.</summary>
    [Parameter]
    public SwitchParameter DeadLetterExpired { get; set; }

    /// <summary>
    /// For how long a <c>-DeduplicationId</c> is remembered, 1 second to 7 days: a TimeSpan, seconds, or like <c>30s</c>, <c>5m</c>. A change of it forgets
    /// the IDs that were seen before. Default: 5 minutes.
    /// </summary>
    [Parameter]
    [Duration]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan DeduplicationWindow { get; set; }

    /// <summary>The longest body in bytes, up to 1 GiB: <c>64MB</c> is how PowerShell writes 64 MiB, which is the default.</summary>
    [Parameter]
    [Size]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public long MaxBodySize { get; set; }

    private protected override object? Target => _current;

    private protected override void Process()
    {
        foreach (var name in Queue)
        {
            _current = name;
            try
            {
                Write(name);
            }
            catch (ConsulMqException e)
            {
                Report(e, name);
            }
        }
    }

    /// <summary>Works on one queue.</summary>
    private protected abstract void Write(string name);

    /// <summary>The settings with what was given.</summary>
    private protected QueueSettings Apply(QueueSettings settings)
    {
        if (Has(nameof(TimeToLive)))
            settings = settings with { TimeToLive = TimeToLive == TimeSpan.Zero ? null : TimeToLive };
        if (Has(nameof(MaxDeliveries)))
            settings = settings with { MaxDeliveries = MaxDeliveries };
        if (Has(nameof(MaxDepth)))
            settings = settings with { MaxDepth = MaxDepth == 0 ? null : MaxDepth };
        if (Has(nameof(StrictOrder)))
            settings = settings with { StrictOrder = StrictOrder };
        if (Has(nameof(DeadLetterExpired)))
            settings = settings with { DeadLetterExpired = DeadLetterExpired };
        if (Has(nameof(DeduplicationWindow)))
            settings = settings with { DeduplicationWindow = DeduplicationWindow };
        if (Has(nameof(MaxBodySize)))
            settings = settings with { MaxBodyBytes = MaxBodySize };
        return settings;
    }

    /// <summary>Writes what there is to know of a queue.</summary>
    private protected void WriteSummary(MessageQueue queue)
    {
        if (Await(queue.SummaryAsync(StopToken)) is { } summary)
            WriteObject(summary);
    }

    private bool Has(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
