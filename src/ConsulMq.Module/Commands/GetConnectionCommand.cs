using System.Management.Automation;
using ConsulMq.Session;

namespace ConsulMq.Commands;

/// <summary>Returns the current connection of this runspace, if there is one.</summary>
[Cmdlet(VerbsCommon.Get, "ConsulMqConnection")]
[OutputType(typeof(ConsulMqConnection))]
public sealed class GetConnectionCommand : ConsulMqCmdlet
{
    private protected override void Process()
    {
        if (RunspaceState.Current.Connection is { } connection)
            WriteObject(connection);
        else
            WriteVerbose("There is no connection yet; the first command that needs one makes it from Consul's environment variables.");
    }
}
