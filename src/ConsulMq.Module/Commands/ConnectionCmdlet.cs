using System.Management.Automation;
using ConsulMq.Session;

namespace ConsulMq.Commands;

/// <summary>A cmdlet that works on a connection.</summary>
public abstract class ConnectionCmdlet : ConsulMqCmdlet
{
    /// <summary>The connection to use, as <c>Connect-ConsulMq</c> returned it. Default: the current one of this runspace, made from Consul's environment variables on first use.</summary>
    [Parameter]
    [ValidateNotNull]
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
}
