using System.Collections;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace ConsulMq.Packager;

/// <summary>The module's manifest: what the tree says, and how a package has it.</summary>
internal sealed partial class ModuleManifest
{
    private readonly string _text;
    private readonly Hashtable _values;
    private readonly Hashtable _data;

    public ModuleManifest(string text)
    {
        _text = text;
        var script = Parser.ParseInput(text, out _, out var errors);
        if (errors.Length > 0 || script.Find(a => a is HashtableAst, false) is not HashtableAst table)
            throw new PackagingException($"ConsulMq.psd1 cannot be read: {errors.FirstOrDefault()?.Message ?? "it holds no table"}");
        _values = (Hashtable)table.SafeGetValue();
        _data = (Hashtable)((Hashtable)_values["PrivateData"]!)["PSData"]!;
    }

    public string Version => Text("ModuleVersion");

    public string Author => Text("Author");

    public string CompanyName => Text("CompanyName");

    public string Copyright => Text("Copyright");

    public string Description => Text("Description");

    public IReadOnlyList<string> Cmdlets => Texts(_values, "CmdletsToExport");

    public IReadOnlyList<string> Tags => Texts(_data, "Tags");

    public string ProjectUri => Data("ProjectUri");

    public string LicenseUri => Data("LicenseUri");

    public string IconUri => Data("IconUri");

    public string ReleaseNotes => Data("ReleaseNotes");

    public string Prerelease => Data("Prerelease");

    /// <summary>The paths in the package, as Windows writes them.</summary>
    public IReadOnlyList<string> Files => Texts(_values, "FileList");

    /// <summary>The manifest as it is packed: with the files, the label, and in a release the links to what was true of it.</summary>
    /// <param name="release">What is packed.</param>
    /// <param name="files">The paths of the package's files, the manifest among them, with slashes.</param>
    public string ForPackage(Release release, IEnumerable<string> files)
    {
        var list = string.Concat(files.Order(StringComparer.Ordinal).Select(f => $"\n        '{f.Replace('/', '\\').Replace("'", "''")}'"));
        var text = Replace(FileList(), _text, $"$1@({list}\n    )");
        text = Replace(Label(), text, $"$1'{release.Label}'");
        return release.Tag is null ? text : text.Replace($"{ProjectUri}/blob/main/", $"{ProjectUri}/blob/{release.Tag}/")
            .Replace($"{ProjectUri}/raw/main/", $"{ProjectUri}/raw/{release.Tag}/");
    }

    private static string Replace(Regex place, string text, string replacement) =>
        place.Count(text) == 1 ? place.Replace(text, replacement) : throw new PackagingException($"ConsulMq.psd1 has no single place for {place}");

    private static string[] Texts(Hashtable table, string name) => [.. ((IEnumerable)table[name]!).Cast<string>()];

    private string Text(string name) => (string)_values[name]!;

    private string Data(string name) => (string)_data[name]!;

    [GeneratedRegex(@"(?m)^( *FileList *= *)@\(\)")]
    private static partial Regex FileList();

    [GeneratedRegex("(?m)^( *Prerelease *= *)''")]
    private static partial Regex Label();
}
