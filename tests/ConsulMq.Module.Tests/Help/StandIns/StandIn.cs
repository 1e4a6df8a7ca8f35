using System.Management.Automation;

namespace ConsulMq.Module.Tests.Help.StandIns;

/// <summary>
/// A small cmdlet for one that the engine alone does not have, since it lives in an assembly of PowerShell that is not to be had as a package. It does what
/// examples ask of it, and fails for anything else.
/// </summary>
public abstract class StandIn : PSCmdlet
{
    /// <summary>The full path of a file of the current folder.</summary>
    protected string File(string path) => SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);

    /// <summary>The value of a property, or what a script block makes of the object as <c>$_</c>.</summary>
    protected static object? ValueOf(object property, PSObject item) => property switch
    {
        ScriptBlock block => Unwrap(block.InvokeWithContext(null, [new PSVariable("_", item)])),
        _ => item.Properties[property.ToString()]?.Value,
    };

    private static object? Unwrap(System.Collections.ObjectModel.Collection<PSObject> values) => values.Count == 1 ? values[0]?.BaseObject : values;
}
