using System.Security.Cryptography;
using System.Text.Json;

namespace ConsulMq.Module.Tests.Packaging;

/// <summary>The rules are those of CycloneDX 1.6 that concern what these bills use.</summary>
[Collection(PackagesCollection.Name)]
public sealed class BillOfMaterialsTests(Packages packages)
{
    private static readonly string[] AllowedOfComponent =
        ["type", "bom-ref", "name", "version", "description", "hashes", "licenses", "copyright", "purl", "externalReferences", "components"];

    public static TheoryData<string> Folders => ["", "library"];

    [Theory]
    [MemberData(nameof(Folders))]
    public void It_is_of_the_form_that_CycloneDX_asks_for(string folder)
    {
        var bill = Read(folder);

        Assert.Equal(["$schema", "bomFormat", "specVersion", "version", "metadata", "components", "dependencies"], Names(bill));
        Assert.Equal("CycloneDX", Text(bill, "bomFormat"));
        Assert.Equal("1.6", Text(bill, "specVersion"));
        Assert.True(bill.GetProperty("version").GetInt32() >= 1);
        Assert.Equal(["lifecycles", "component"], Names(bill.GetProperty("metadata")));
        foreach (var component in All(bill))
        {
            Assert.Empty(Names(component).Except(AllowedOfComponent));
            Assert.Contains(Text(component, "type"), (string[])["library", "file"]);
            Assert.NotEmpty(Text(component, "name"));
            if (component.TryGetProperty("hashes", out var hashes))
                Assert.Matches("^[0-9a-f]{64}$", Text(Assert.Single(hashes.EnumerateArray()), "content"));
            if (component.TryGetProperty("licenses", out var licenses))
                Assert.Equal(["expression"], Names(Assert.Single(licenses.EnumerateArray())));
            if (Text(component, "type") == "library")
                Assert.Matches("^pkg:nuget/[A-Za-z0-9.]+@[0-9A-Za-z.-]+([?]repository_url=.+)?$", Text(component, "purl"));
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void What_depends_on_what_is_complete(string folder)
    {
        var bill = Read(folder);
        string[] references = [.. All(bill).Select(c => Text(c, "bom-ref"))];
        string[] libraries = [.. All(bill).Where(c => Text(c, "type") == "library").Select(c => Text(c, "bom-ref"))];
        var dependencies = bill.GetProperty("dependencies").EnumerateArray()
            .ToDictionary(d => Text(d, "ref"), d => d.GetProperty("dependsOn").EnumerateArray().Select(r => r.GetString()!).ToList());

        Assert.Equal(references.Distinct(), references);
        Assert.Equal(libraries.Order(), dependencies.Keys.Order());
        Assert.All(dependencies.Values, on => Assert.Empty(on.Except(libraries)));
        // Everything is there for the package's sake.
        Assert.Equal(libraries.Order(), Reached(libraries[0], dependencies).Order());
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Each_file_of_the_package_is_in_it_with_its_hash_and_nothing_else(string folder)
    {
        var package = Packages.Read(Packages.Find(Path.Combine(packages.Folder, folder), ".nupkg"));
        var expected = package.Where(f => !IsOfEveryPackage(f.Key)).Select(f => $"{Convert.ToHexStringLower(SHA256.HashData(f.Value))} {f.Key}");

        var listed = All(Read(folder)).Where(c => Text(c, "type") == "file")
            .Select(c => $"{Text(Assert.Single(c.GetProperty("hashes").EnumerateArray()), "content")} {Text(c, "name")}");

        Assert.Equal(expected.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Assemblies_of_others_stand_with_their_package()
    {
        var json = All(Read("")).Single(c => Text(c, "name") == "System.Text.Json");

        Assert.Matches("^pkg:nuget/System.Text.Json@[0-9.]+$", Text(json, "purl"));
        Assert.Equal("MIT", Text(Assert.Single(json.GetProperty("licenses").EnumerateArray()), "expression"));
        Assert.Equal("netstandard2.0/System.Text.Json.dll", Text(Assert.Single(json.GetProperty("components").EnumerateArray()), "name"));
    }

    private static bool IsOfEveryPackage(string name) =>
        name is "[Content_Types].xml" or "ConsulMq.nuspec" || name.StartsWith("_rels/", StringComparison.Ordinal) || name.StartsWith("package/", StringComparison.Ordinal);

    private static IEnumerable<JsonElement> All(JsonElement bill) =>
        [bill.GetProperty("metadata").GetProperty("component"), .. bill.GetProperty("components").EnumerateArray().SelectMany(WithParts)];

    private static IEnumerable<JsonElement> WithParts(JsonElement component) =>
        component.TryGetProperty("components", out var parts) ? [component, .. parts.EnumerateArray().SelectMany(WithParts)] : [component];

    private static HashSet<string> Reached(string from, Dictionary<string, List<string>> dependencies)
    {
        HashSet<string> reached = [];
        Stack<string> open = new([from]);
        while (open.TryPop(out var next))
        {
            if (reached.Add(next))
                dependencies[next].ForEach(open.Push);
        }
        return reached;
    }

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(p => p.Name)];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private JsonElement Read(string folder) =>
        JsonDocument.Parse(File.ReadAllBytes(Packages.Find(Path.Combine(packages.Folder, folder), ".cdx.json"))).RootElement;
}
