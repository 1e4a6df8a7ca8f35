using System.Text;
using System.Xml.Linq;
using ConsulMq.Packager;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Packaging;

[Collection(PackagesCollection.Name)]
public sealed class ModulePackageTests(Packages packages)
{
    private readonly SortedDictionary<string, byte[]> _package = Packages.Read(Packages.Find(packages.Folder, ".nupkg"));

    [Fact]
    public void It_says_of_the_module_what_the_Gallery_shows()
    {
        var source = new ModuleManifest(File.ReadAllText(Path.Combine(Repository.Root, "ConsulMq.psd1")));
        using var stream = new MemoryStream(_package["ConsulMq.nuspec"]);
        var metadata = XDocument.Load(stream).Root!.Elements().Single().Elements().ToDictionary(e => e.Name.LocalName, e => e.Value);

        Assert.Equal("ConsulMq", metadata["id"]);
        Assert.StartsWith(source.Version, metadata["version"], StringComparison.Ordinal);
        Assert.Equal(source.Author, metadata["authors"]);
        Assert.Equal(source.CompanyName, metadata["owners"]);
        Assert.Equal(source.Description, metadata["description"]);
        Assert.Equal(source.ProjectUri, metadata["projectUrl"]);
        Assert.All(["licenseUrl", "iconUrl", "releaseNotes"], name => Assert.StartsWith(source.ProjectUri, metadata[name], StringComparison.Ordinal));
        var tags = metadata["tags"].Split(' ');
        Assert.Equal(tags.Distinct(), tags);
        Assert.All(
            ["PSModule", "PSIncludes_Cmdlet", "PSEdition_Core", "PSEdition_Desktop", .. source.Cmdlets.Select(c => $"PSCmdlet_{c}"), .. source.Cmdlets.Select(c => $"PSCommand_{c}")],
            tag => Assert.Contains(tag, tags));
        Assert.True(metadata["tags"].Length < 4000, "The Gallery takes 4,000 characters of tags.");
    }

    [Fact]
    public void No_assembly_ships_that_does_not_have_to()
    {
        var assemblies = _package.Keys.Where(n => n.EndsWith(".dll", StringComparison.Ordinal)).ToList();

        Assert.Equal(["net8.0/ConsulMq.Module.dll", "net8.0/ConsulMq.dll"], assemblies.Where(n => n.StartsWith("net8.0/", StringComparison.Ordinal)));
        Assert.All(assemblies, name => Assert.Matches("^(net8[.]0|netstandard2[.]0)/", name));
        Assert.DoesNotContain(assemblies, n => n.Contains("System.Management.Automation", StringComparison.Ordinal));
    }

    [Fact]
    public void An_assembly_that_does_not_belong_there_stops_the_packing()
    {
        var folder = Directory.CreateTempSubdirectory("consulmq-stray-");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder.FullName, "net8.0"));
            File.WriteAllText(Path.Combine(folder.FullName, "net8.0", "System.Text.Json.dll"), "");
            var source = new ModuleManifest(File.ReadAllText(Path.Combine(Repository.Root, "ConsulMq.psd1")));
            var packages = RestoredPackage.Of(Path.Combine(Repository.Root, "src", "ConsulMq.Module"));

            var error = Assert.Throws<PackagingException>(() => new ModulePackage(folder.FullName, source, Release.Of([], "1.2.3", default), packages));

            Assert.Contains("net8.0/System.Text.Json.dll", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_zip_archive_holds_the_same_files_in_one_folder()
    {
        var zip = Packages.Read(Packages.Find(packages.Folder, ".zip"));
        var installed = Directory.GetFiles(packages.Installed, "*", SearchOption.AllDirectories)
            .ToDictionary(f => "ConsulMq/" + Path.GetRelativePath(packages.Installed, f).Replace('\\', '/'), File.ReadAllBytes);

        Assert.Equal(installed.Keys.Order(StringComparer.Ordinal), zip.Keys);
        Assert.All(zip, file => Assert.Equal(installed[file.Key], file.Value));
    }

    [Fact]
    public void Everybody_whose_assemblies_ship_is_named_with_the_licence()
    {
        var notices = Encoding.UTF8.GetString(_package["THIRD-PARTY-NOTICES.txt"]);

        foreach (var package in RestoredPackage.Of(Path.Combine(Repository.Root, "src", "ConsulMq.Module")))
        {
            Assert.Equal("MIT", package.License);
            Assert.Contains($"- {package.Id}\n", notices, StringComparison.Ordinal);
        }
    }
}
