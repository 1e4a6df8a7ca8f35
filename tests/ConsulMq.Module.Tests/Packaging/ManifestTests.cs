using System.Management.Automation;
using ConsulMq.Packager;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Packaging;

[Collection(PackagesCollection.Name)]
public sealed class ManifestTests(Packages packages) : IDisposable
{
    private readonly ModuleRunspace _session = new();
    private readonly ModuleManifest _source = new(File.ReadAllText(Path.Combine(Repository.Root, "ConsulMq.psd1")));

    public void Dispose() => _session.Dispose();

    [Fact]
    public void PowerShell_finds_nothing_wrong_with_it()
    {
        var result = _session.Run("param($m) Test-ModuleManifest $m", new Dictionary<string, object> { ["m"] = Path.Combine(packages.Installed, "ConsulMq.psd1") });

        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        var module = (PSModuleInfo)Assert.Single(result.Values);
        Assert.Equal(Guid.Parse("b2a4c1de-6d7f-4b0e-9d53-8f1c2e7a9b60"), module.Guid);
        Assert.Equal(["Core", "Desktop"], module.CompatiblePSEditions.Order());
        Assert.Equal(_source.ProjectUri, module.ProjectUri.OriginalString);
        Assert.All(["PSEdition_Core", "PSEdition_Desktop", "Windows", "Linux", "MacOS"], tag => Assert.Contains(tag, module.Tags));
    }

    [Fact]
    public void Its_list_of_files_is_the_files()
    {
        var files = Directory.GetFiles(packages.Installed, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(packages.Installed, f));
        var manifest = new ModuleManifest(File.ReadAllText(Path.Combine(packages.Installed, "ConsulMq.psd1")));

        Assert.Equal(files.Select(f => f.Replace('/', '\\')).Order(StringComparer.Ordinal), manifest.Files);
    }

    [Fact]
    public void What_it_exports_is_named_one_by_one()
    {
        var result = _session.Run("(Get-Module ConsulMq).ExportedCommands.Keys");

        Assert.Equal(_source.Cmdlets.Order(), result.Values.Cast<string>().Order());
    }

    [Fact]
    public void Its_links_lead_to_the_project()
    {
        string[] links = [_source.LicenseUri, _source.IconUri, _source.ReleaseNotes];
        string[] files = [.. links.Select(l => l.Split("/main/")[1])];

        Assert.All(links, link => Assert.StartsWith(_source.ProjectUri + "/", link, StringComparison.Ordinal));
        Assert.All(files, file => Assert.True(File.Exists(Path.Combine(Repository.Root, file)), file));
    }
}
