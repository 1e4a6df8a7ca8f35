using System.Text.Json;
using NuGet.Packaging;

namespace ConsulMq.Packager;

/// <summary>A package that the restore of a project chose.</summary>
/// <param name="Id">Its ID.</param>
/// <param name="Version">Its version.</param>
/// <param name="License">An SPDX expression.</param>
/// <param name="Assemblies">The names of the files that it gives to a program.</param>
/// <param name="Needs">The IDs of the packages that it asks for.</param>
internal sealed record RestoredPackage(string Id, string Version, string License, IReadOnlyList<string> Assemblies, IReadOnlyList<string> Needs)
{
    // Packages from before there were expressions; what stands at the address is the MIT licence.
    private const string OldLicense = "https://github.com/dotnet/corefx/blob/master/LICENSE.TXT";

    /// <summary>Where others find it.</summary>
    public string PackageUrl => $"pkg:nuget/{Id}@{Version}";

    /// <summary>Those that give a program something to run with on netstandard2.0, by ID; on net8.0 there are none.</summary>
    /// <param name="project">The project's folder. It was restored.</param>
    /// <exception cref="PackagingException">The licence of one is not known.</exception>
    public static IReadOnlyList<RestoredPackage> Of(string project)
    {
        using var assets = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(project, "obj", "project.assets.json")));
        var target = assets.RootElement.GetProperty("targets").EnumerateObject()
            .First(t => t.Name is "netstandard2.0" or ".NETStandard,Version=v2.0").Value;
        string[] folders = [.. assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(f => f.Name)];
        return [.. target.EnumerateObject().Where(p => p.Value.GetProperty("type").GetString() == "package" && AssembliesOf(p).Any())
            .Select(p => Read(p, folders)).OrderBy(p => p.Id, StringComparer.Ordinal)];
    }

    private static RestoredPackage Read(JsonProperty package, string[] folders)
    {
        var parts = package.Name.Split('/');
        return new(parts[0], parts[1], LicenseOf(parts[0], parts[1], folders), [.. AssembliesOf(package)], [.. Names(package.Value, "dependencies")]);
    }

    private static IEnumerable<string> AssembliesOf(JsonProperty package) =>
        Names(package.Value, "runtime").Where(n => n.EndsWith(".dll", StringComparison.Ordinal)).Select(n => n[(n.LastIndexOf('/') + 1)..]);

    private static IEnumerable<string> Names(JsonElement package, string property) =>
        package.TryGetProperty(property, out var items) ? items.EnumerateObject().Select(i => i.Name) : [];

    private static string LicenseOf(string id, string version, string[] folders)
    {
        var name = id.ToLowerInvariant();
        var nuspec = folders.Select(f => Path.Combine(f, name, version.ToLowerInvariant(), $"{name}.nuspec")).First(File.Exists);
        var reader = new NuspecReader(nuspec);
        return reader.GetLicenseMetadata() is { Type: LicenseType.Expression } license ? license.License
            : reader.GetLicenseUrl() == OldLicense ? "MIT"
            : throw new PackagingException($"the licence of {id} {version} is not known: {reader.GetLicenseUrl()}");
    }
}
