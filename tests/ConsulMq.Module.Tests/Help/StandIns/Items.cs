using System.Management.Automation;

namespace ConsulMq.Module.Tests.Help.StandIns;

/// <summary>The files that a pattern finds.</summary>
[Cmdlet(VerbsCommon.Get, "ChildItem")]
public sealed class GetChildItem : StandIn
{
    [Parameter(Position = 0)]
    public string Path { get; set; } = "*";

    protected override void EndProcessing() => WriteObject(InvokeProvider.ChildItem.Get([Path], recurse: false, depth: 0, force: false, literalPath: false), enumerateCollection: true);
}

/// <summary>A folder, or an empty file.</summary>
[Cmdlet(VerbsCommon.New, "Item")]
public sealed class NewItem : StandIn
{
    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; } = "";

    [Parameter]
    public string ItemType { get; set; } = "File";

    protected override void EndProcessing() => WriteObject(InvokeProvider.Item.New(Path, null, ItemType, null), enumerateCollection: true);
}

/// <summary>Gives a file another name.</summary>
[Cmdlet(VerbsCommon.Move, "Item")]
public sealed class MoveItem : StandIn
{
    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; } = "";

    [Parameter(Mandatory = true, Position = 1)]
    public string Destination { get; set; } = "";

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void EndProcessing() => System.IO.File.Move(File(Path), File(Destination), Force);
}
