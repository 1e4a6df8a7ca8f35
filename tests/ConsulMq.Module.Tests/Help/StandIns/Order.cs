using System.Management.Automation;

namespace ConsulMq.Module.Tests.Help.StandIns;

/// <summary>Objects in the order of a property.</summary>
[Cmdlet("Sort", "Object")]
public sealed class SortObject : StandIn
{
    private readonly List<PSObject> _items = [];

    [Parameter(Mandatory = true, Position = 0)]
    public object Property { get; set; } = "";

    [Parameter]
    public SwitchParameter Descending { get; set; }

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is not null)
            _items.Add(InputObject);
    }

    protected override void EndProcessing()
    {
        var order = Comparer<object?>.Create((a, b) => LanguagePrimitives.Compare(a, b, ignoreCase: true));
        WriteObject(Descending ? _items.OrderByDescending(item => ValueOf(Property, item), order) : _items.OrderBy(item => ValueOf(Property, item), order), enumerateCollection: true);
    }
}

/// <summary>How many objects there are of each value.</summary>
[Cmdlet(VerbsData.Group, "Object")]
public sealed class GroupObject : StandIn
{
    private readonly List<object?> _values = [];

    [Parameter(Mandatory = true, Position = 0)]
    public object Property { get; set; } = "";

    /// <summary>The groups have no objects in them. There is no other way here.</summary>
    [Parameter(Mandatory = true)]
    public SwitchParameter NoElement { get; set; }

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is not null)
            _values.Add(ValueOf(Property, InputObject));
    }

    protected override void EndProcessing()
    {
        foreach (var group in _values.GroupBy(value => value?.ToString() ?? "").OrderBy(group => group.Key, StringComparer.OrdinalIgnoreCase))
        {
            var result = new PSObject();
            result.TypeNames.Insert(0, "Microsoft.PowerShell.Commands.GroupInfoNoElement");
            result.Properties.Add(new PSNoteProperty("Count", group.Count()));
            result.Properties.Add(new PSNoteProperty("Name", group.Key));
            WriteObject(result);
        }
    }
}
