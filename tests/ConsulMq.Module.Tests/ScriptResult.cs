using System.Management.Automation;

namespace ConsulMq.Module.Tests;

/// <summary>What a script wrote to its streams.</summary>
public sealed record ScriptResult(
    IReadOnlyList<PSObject> Output, IReadOnlyList<ErrorRecord> Errors, IReadOnlyList<string> Warnings, IReadOnlyList<string> Verbose)
{
    /// <summary>The objects of the output without their wrappers.</summary>
    public IEnumerable<object> Values => Output.Select(o => o.BaseObject);
}
