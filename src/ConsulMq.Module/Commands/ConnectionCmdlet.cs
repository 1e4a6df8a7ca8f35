using System.Management.Automation;
using ConsulMq.Parameters;
using ConsulMq.Queueing;
using ConsulMq.Session;

namespace ConsulMq.Commands;

/// <summary>A cmdlet that works on a connection.</summary>
public abstract class ConnectionCmdlet : ConsulMqCmdlet
{
    /// <summary>The connection to use, as <c>Connect-ConsulMq</c> returned it. Default: the current one of this runspace, made from Consul's environment variables on first use.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public ConsulMqConnection? Connection { get; set; }

    private protected ConsulMqConnection Link
    {
        get
        {
            if (Connection is null)
            {
                Connection = RunspaceState.Current.GetOrConnect(WriteWarning);
                WriteVerbose($"Using the current connection to {Connection.Address}.");
            }

            return Connection.IsClosed ? throw new ObjectDisposedException(nameof(ConsulMqConnection)) : Connection;
        }
    }

    /// <summary>Whether a message is of this queue, if one was named. If not, that is an error, and was said.</summary>
    private protected bool IsOf(QueueObject item, string? queue)
    {
        if (queue is null || queue == item.Queue)
            return true;
        WriteError(ErrorRecords.Of("PlaceConflict", ErrorCategory.InvalidArgument, $"Message {item.Id} is of queue '{item.Queue}', and -Queue names '{queue}'.", item, action: "Leave -Queue out: a message knows its queue."));
        return false;
    }

    /// <summary>Warns of a queue that is not there, for a name that was mistyped looks like an empty queue. One of dead letters comes with the first of them.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="browser">One that has come to the queue's end.</param>
    private protected void WarnIfMissing(MessageQueue queue, QueueBrowser browser)
    {
        if (!browser.IsThere && !DeadLetters.IsDeadLetterQueue(queue.Name))
            WriteWarning($"There is no queue '{queue.Name}' at {Link}. Get-ConsulMqQueue lists those that are there.");
    }

    /// <summary>A queue and what is in it, for the question whether to do something to it. It is counted only where somebody is asked, who also hears
    /// at once that there is none.</summary>
    private protected string Describe(MessageQueue queue, ConfirmImpact impact)
    {
        var text = $"queue '{queue.Name}' at {Link}";
        if (!IsAsked(impact))
            return text;
        try
        {
            return $"{text}: {Counted(Await(queue.SummaryAsync(StopToken)) ?? throw Queueing.Errors.NoSuchQueue(queue.Name, Link.ToString()))}";
        }
        catch (ConsulMqException e) when (e.Error != ConsulMqError.QueueNotFound)
        {
            // What else is wrong will show when it is done.
            return text;
        }
    }

    private static string Counted(ConsulMqQueue queue) => string.Join(", ", new[]
    {
        $"{queue.Depth} ready",
        queue.InFlight > 0 ? $"{queue.InFlight} in flight" : null,
        queue.Scheduled > 0 ? $"{queue.Scheduled} scheduled" : null,
    }.OfType<string>());

    /// <summary>Whether somebody will be asked about something of this impact, or wants to see only what would be done.</summary>
    private bool IsAsked(ConfirmImpact impact) => Is("WhatIf", GetVariableValue("WhatIfPreference") is true)
        || Is("Confirm", Enum.TryParse(GetVariableValue("ConfirmPreference")?.ToString(), out ConfirmImpact preference) && preference != ConfirmImpact.None && preference <= impact);

    private bool Is(string parameter, bool otherwise) => MyInvocation.BoundParameters.TryGetValue(parameter, out var given) && given is SwitchParameter isOn ? isOn : otherwise;

    /// <summary>A message, for the question whether to do something to it.</summary>
    private protected string Describe(QueueObject item) => Describe(item.Id, item.Queue) + (Format.OneLine(Format.Preview(item), 40) is { Length: > 0 } body ? $": {body}" : "");

    /// <inheritdoc cref="Describe(QueueObject)" />
    private protected string Describe(Guid id, string queue) => $"message {id} in queue '{queue}' at {Link}";
}
