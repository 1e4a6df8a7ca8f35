using System.Management.Automation;
using System.Text.RegularExpressions;

namespace ConsulMq.Module.Tests.Help.StandIns;

/// <summary>The lines in which a pattern is found, as text.</summary>
[Cmdlet(VerbsCommon.Select, "String")]
public sealed class SelectString : StandIn
{
    [Parameter(Mandatory = true, Position = 0)]
    public string Pattern { get; set; } = "";

    [Parameter(ValueFromPipeline = true)]
    public string InputObject { get; set; } = "";

    protected override void ProcessRecord()
    {
        foreach (string line in InputObject.Split('\n').Where(line => Regex.IsMatch(line, Pattern, RegexOptions.IgnoreCase)))
            WriteObject(line.TrimEnd('\r'));
    }
}

/// <summary>Objects of a table in text: a line of names, then one of values each, without quotes.</summary>
[Cmdlet(VerbsData.Import, "Csv")]
public sealed class ImportCsv : StandIn
{
    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; } = "";

    protected override void EndProcessing()
    {
        string[][] rows = [.. System.IO.File.ReadLines(File(Path)).Where(line => line.Length > 0).Select(line => line.Split(','))];
        foreach (string[] row in rows.Skip(1))
        {
            var item = new PSObject();
            for (int i = 0; i < row.Length; i++)
                item.Properties.Add(new PSNoteProperty(rows[0][i].Trim('"'), row[i].Trim('"')));
            WriteObject(item);
        }
    }
}
