using System.Collections;
using System.Management.Automation;

namespace ConsulMq.Workers;

/// <summary>Errors of a worker's messages, which never end the worker.</summary>
internal static class GoingOn
{
    private const string Script = "param($record) & { [CmdletBinding()] param($record) $PSCmdlet.WriteError($record) } $record -ErrorAction Continue";

    /// <summary>
    /// Writes an error, and goes on where <c>-ErrorAction</c> or <c>$ErrorActionPreference</c> is <c>Stop</c>, too: that holds inside the script blocks. A worker that
    /// ended with the first message that fails would be of no use in scripts that set it, as most do.
    /// </summary>
    public static void WriteErrorAndGoOn(this PSCmdlet cmdlet, ErrorRecord error)
    {
        if (CallerPreferences.ErrorAction(cmdlet) != ActionPreference.Stop)
        {
            cmdlet.WriteError(error);
            return;
        }

        cmdlet.InvokeCommand.InvokeScript(Script, true, System.Management.Automation.Runspaces.PipelineResultTypes.Error, null, error);
        // That does not reach the cmdlet's own -ErrorVariable.
        if (cmdlet.MyInvocation.BoundParameters.TryGetValue("ErrorVariable", out var name)
            && cmdlet.GetVariableValue(((string)name).TrimStart('+')) is IList errors)
            errors.Add(error);
    }
}
