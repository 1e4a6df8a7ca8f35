using System.Management.Automation;
using ConsulMq.Parameters;
using ConsulMq.Session;

namespace ConsulMq.Commands;

/// <summary>Ends a connection. Without one there is nothing to do, and that is no error.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "ConsulMq")]
public sealed class DisconnectCommand : ConsulMqCmdlet
{
    /// <summary>The connection to end. Default: the current one of this runspace.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public ConsulMqConnection? Connection { get; set; }

    private protected override void Process()
    {
        var state = RunspaceState.Current;
        var connection = Connection ?? state.Connection;
        if (connection is null)
        {
            // After a Connect-ConsulMq that failed, the next command may connect by the environment again.
            state.Connection = null;
            WriteVerbose("There is no connection to end.");
            return;
        }

        var isLent = ReferenceEquals(connection, state.Connection) && state.IsLent;
        if (ReferenceEquals(connection, state.Connection))
            state.Connection = null;
        if (isLent)
        {
            // In the script block of a worker: the worker still needs it.
            WriteVerbose($"The connection to {connection.Address} belongs to another runspace; this one has none any more.");
            return;
        }

        connection.Dispose();
        WriteVerbose($"The connection to {connection.Address} is ended.");
    }
}
