using System.Management.Automation;

namespace ConsulMq.Module.Tests.Help.StandIns;

/// <summary>The lines of files, or the text of them.</summary>
[Cmdlet(VerbsCommon.Get, "Content")]
public sealed class GetContent : StandIn
{
    [Parameter(Mandatory = true, Position = 0)]
    public string[] Path { get; set; } = [];

    [Parameter]
    public SwitchParameter Raw { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string file in Path.Select(File))
        {
            if (!System.IO.File.Exists(file))
                WriteError(new ErrorRecord(new ItemNotFoundException($"Cannot find path '{file}' because it does not exist."), "PathNotFound", ErrorCategory.ObjectNotFound, file));
            else if (Raw)
                WriteObject(System.IO.File.ReadAllText(file));
            else
                WriteObject(System.IO.File.ReadLines(file), enumerateCollection: true);
        }
    }
}

/// <summary>A file of these lines.</summary>
[Cmdlet(VerbsCommon.Set, "Content")]
public sealed class SetContent : StandIn
{
    private readonly List<string> _lines = [];

    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; } = "";

    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    public PSObject[] Value { get; set; } = [];

    protected override void ProcessRecord() => _lines.AddRange(Value.Select(value => value.ToString()));

    protected override void EndProcessing() => System.IO.File.WriteAllLines(File(Path), _lines);
}

/// <summary>What <c>&gt;</c> writes to. Objects are written as their text, and not as a table.</summary>
[Cmdlet("Out", "File")]
public sealed class OutFile : StandIn
{
    private readonly List<string> _lines = [];

    [Parameter(Mandatory = true, Position = 0)]
    public string FilePath { get; set; } = "";

    [Parameter]
    public SwitchParameter Append { get; set; }

    [Parameter]
    public object? Encoding { get; set; }

    [Parameter]
    public int Width { get; set; }

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is not null)
            _lines.Add(InputObject.ToString());
    }

    protected override void EndProcessing()
    {
        if (Append)
            System.IO.File.AppendAllLines(File(FilePath), _lines);
        else
            System.IO.File.WriteAllLines(File(FilePath), _lines);
    }
}
