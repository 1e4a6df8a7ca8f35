using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConsulMq.Packager;

/// <summary>
/// What is in a package, in CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). It has neither a time nor a serial number: the same package,
/// the same text.
/// </summary>
internal sealed class BillOfMaterials
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly string _packageUrl;
    private readonly JsonObject _package;
    private readonly List<JsonObject> _components = [];
    private readonly List<JsonObject> _dependencies = [];

    /// <param name="manifest">Names the project.</param>
    /// <param name="version">With its label.</param>
    /// <param name="feed">The qualifier of a package URL for a feed that is not nuget.org; else empty.</param>
    /// <param name="files">The package's files.</param>
    /// <param name="packages">What it ships of others, or asks for.</param>
    public BillOfMaterials(ModuleManifest manifest, string version, string feed, IReadOnlyDictionary<string, byte[]> files, IReadOnlyList<RestoredPackage> packages)
    {
        _packageUrl = $"pkg:nuget/{ModulePackage.Id}@{version}{feed}";
        _package = Component("library", _packageUrl, ModulePackage.Id);
        _package["version"] = version;
        _package["description"] = manifest.Description;
        _package["licenses"] = License("MIT");
        _package["copyright"] = manifest.Copyright;
        _package["purl"] = _packageUrl;
        _package["externalReferences"] = new JsonArray(new JsonObject { ["type"] = "vcs", ["url"] = manifest.ProjectUri });
        AddFiles(files, packages);
        AddPackages(files, packages);
    }

    /// <summary>The text, with a line feed at the end of each line.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(
        new JsonObject
        {
            ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["version"] = 1,
            ["metadata"] = new JsonObject
            {
                ["lifecycles"] = new JsonArray(new JsonObject { ["phase"] = "build" }),
                ["component"] = _package.DeepClone(),
            },
            ["components"] = new JsonArray([.. _components.Select(c => c.DeepClone())]),
            ["dependencies"] = new JsonArray([.. _dependencies.Select(d => d.DeepClone())]),
        },
        Format);

    // What a package of others brought stands with that package.
    private void AddFiles(IReadOnlyDictionary<string, byte[]> files, IReadOnlyList<RestoredPackage> packages)
    {
        foreach (var name in files.Keys.Where(n => !packages.Any(p => Owns(p, n))).Order(StringComparer.Ordinal))
        {
            var file = FileComponent(name, files[name]);
            file["licenses"] = License("MIT");
            _components.Add(file);
        }
    }

    private void AddPackages(IReadOnlyDictionary<string, byte[]> files, IReadOnlyList<RestoredPackage> packages)
    {
        _dependencies.Add(Dependency(_packageUrl, packages.Where(p => !packages.Any(other => other.Needs.Contains(p.Id)))));
        foreach (var package in packages)
        {
            var component = Component("library", package.PackageUrl, package.Id);
            component["version"] = package.Version;
            component["licenses"] = License(package.License);
            component["purl"] = package.PackageUrl;
            JsonNode[] own = [.. files.Keys.Where(n => Owns(package, n)).Order(StringComparer.Ordinal).Select(n => FileComponent(n, files[n]))];
            if (own.Length > 0)
                component["components"] = new JsonArray(own);
            _components.Add(component);
            _dependencies.Add(Dependency(package.PackageUrl, packages.Where(p => package.Needs.Contains(p.Id))));
        }
    }

    private static bool Owns(RestoredPackage package, string file) => package.Assemblies.Contains(Path.GetFileName(file));

    private static JsonObject Component(string type, string reference, string name) => new() { ["type"] = type, ["bom-ref"] = reference, ["name"] = name };

    private static JsonObject FileComponent(string name, byte[] content)
    {
        var component = Component("file", $"file:{name}", name);
        component["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-256", ["content"] = Convert.ToHexStringLower(SHA256.HashData(content)) });
        return component;
    }

    private static JsonArray License(string expression) => new(new JsonObject { ["expression"] = expression });

    private static JsonObject Dependency(string reference, IEnumerable<RestoredPackage> on) => new()
    {
        ["ref"] = reference,
        ["dependsOn"] = new JsonArray([.. on.Select(p => JsonValue.Create(p.PackageUrl))]),
    };
}
