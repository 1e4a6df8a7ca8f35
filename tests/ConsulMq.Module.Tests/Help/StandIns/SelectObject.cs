using System.Collections;
using System.Management.Automation;

namespace ConsulMq.Module.Tests.Help.StandIns;

/// <summary>Properties, also calculated ones, and the first objects: then it ends the pipeline before it, as the real one does.</summary>
[Cmdlet(VerbsCommon.Select, "Object")]
public sealed class SelectObject : StandIn
{
    private int _seen;

    [Parameter(Position = 0)]
    public object[] Property { get; set; } = [];

    [Parameter]
    public int First { get; set; } = int.MaxValue;

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is null || _seen >= First)
            return;
        WriteObject(Property.Length == 0 ? InputObject : Selected(InputObject));
        if (++_seen == First)
            throw StopUpstream();
    }

    private PSObject Selected(PSObject item)
    {
        var selected = new PSObject();
        foreach (object property in Property)
        {
            if (property is IDictionary calculated)
                selected.Properties.Add(new PSNoteProperty(calculated["Name"]!.ToString(), ValueOf(calculated["Expression"]!, item)));
            else
                selected.Properties.Add(new PSNoteProperty(item.Properties[property.ToString()]?.Name ?? property.ToString(), ValueOf(property, item)));
        }

        return selected;
    }

    // The engine has the exception for this, and keeps it to itself.
    private Exception StopUpstream() => (Exception)Activator.CreateInstance(
        typeof(PSObject).Assembly.GetType("System.Management.Automation.StopUpstreamCommandsException", throwOnError: true)!, this)!;
}
