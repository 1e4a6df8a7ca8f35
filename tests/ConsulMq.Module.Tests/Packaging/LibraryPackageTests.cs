using System.Reflection.Metadata;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ConsulMq.Packager;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Packaging;

[Collection(PackagesCollection.Name)]
public sealed partial class LibraryPackageTests(Packages packages, ConsulFixture consul)
{
    // What SourceLink writes into symbols: PortablePdb's custom debug information of this kind.
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    private readonly SortedDictionary<string, byte[]> _package = Packages.Read(Packages.Find(packages.Library, ".nupkg"));

    [Fact]
    public void It_brings_what_a_programmer_wants_to_see()
    {
        using var stream = new MemoryStream(_package["ConsulMq.nuspec"]);
        var metadata = XDocument.Load(stream).Root!.Elements().Single().Elements().ToDictionary(e => e.Name.LocalName);

        Assert.Equal("ConsulMq", metadata["id"].Value);
        Assert.Equal("MIT", metadata["license"].Value);
        Assert.NotEmpty(_package[metadata["icon"].Value]);
        Assert.NotEmpty(_package[metadata["readme"].Value]);
        foreach (var framework in (string[])["net8.0", "netstandard2.0"])
            Assert.All(["dll", "xml"], ending => Assert.NotEmpty(_package[$"lib/{framework}/ConsulMq.{ending}"]));
        Assert.DoesNotContain(_package.Keys, n => n.EndsWith(".dll", StringComparison.Ordinal) && !n.EndsWith("/ConsulMq.dll", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Its_symbols_lead_to_the_sources_of_the_commit()
    {
        var symbols = Packages.Read(Packages.Find(packages.Library, ".snupkg"));
        var home = new ModuleManifest(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "ConsulMq.psd1"))).ProjectUri;

        foreach (var framework in (string[])["net8.0", "netstandard2.0"])
        {
            using var stream = new MemoryStream(symbols[$"lib/{framework}/ConsulMq.pdb"]);
            using var provider = MetadataReaderProvider.FromPortablePdbStream(stream);
            var reader = provider.GetMetadataReader();
            Assert.All(reader.Documents.Select(d => reader.GetString(reader.GetDocument(d).Name)), n => Assert.StartsWith("/_", n, StringComparison.Ordinal));
            // A tree without git has no commit to link to.
            if (!Path.Exists(Path.Combine(Repository.Root, ".git")))
                continue;
            var link = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation).Single(i => reader.GetGuid(i.Kind) == SourceLink);
            var text = Encoding.UTF8.GetString(reader.GetBlobBytes(link.Value));
            Assert.Matches($"\"/_/[*]\":\"{home.Replace("https://github.com/", "https://raw.githubusercontent.com/", StringComparison.Ordinal)}/[0-9a-f]{{40}}/[*]\"", text);
        }
    }

    [Fact]
    public async Task A_program_restores_it_from_a_folder_and_runs_the_example_of_its_readme()
    {
        var folder = Directory.CreateTempSubdirectory("consulmq-consumer-");
        try
        {
            var version = Path.GetFileNameWithoutExtension(Packages.Find(packages.Library, ".nupkg"))["ConsulMq.".Length..];
            var prefix = ConsulFixture.NewPrefix();
            var example = Example().Match(Encoding.UTF8.GetString(_package["README.md"])).Groups["code"].Value
                .Replace("FromEnvironment()))", $"FromEnvironment() with {{ Address = \"{consul.Address}\" }}), new ConnectionSettings {{ Prefix = \"{prefix}\" }})", StringComparison.Ordinal);
            Assert.Contains(prefix, example, StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "Program.cs"), example);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "consumer.csproj"), Project(version));
            // No other feed, and no package that an earlier run has left behind.
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "nuget.config"),
                $"""
                <configuration>
                  <config><add key="globalPackagesFolder" value="packages" /></config>
                  <packageSources><clear /><add key="folder" value="{packages.Library}" /></packageSources>
                  <fallbackPackageFolders><clear /></fallbackPackageFolders>
                </configuration>
                """);

            await Tool.RunAsync("dotnet", folder.FullName, "build", "-c", "Release", "--nologo", "-v", "quiet", "-p:NuGetAudit=false");
            var output = await Tool.RunAsync("dotnet", folder.FullName, Path.Combine("bin", "Release", "net10.0", "consumer.dll"));

            Assert.Matches("^[0-9a-f-]{36}: resize image.png\\s*$", output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Project(string version) =>
        $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <UseAppHost>false</UseAppHost>
            <RestorePackagesPath>packages</RestorePackagesPath>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="ConsulMq" Version="{version}" />
          </ItemGroup>
        </Project>
        """;

    [GeneratedRegex("(?s)```csharp\n(?<code>.*?)\n```")]
    private static partial Regex Example();
}
