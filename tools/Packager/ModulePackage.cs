using System.Text;
using NuGet.Packaging;
using NuGet.Versioning;

namespace ConsulMq.Packager;

/// <summary>The module, as the PowerShell Gallery takes it and as a zip archive.</summary>
internal sealed class ModulePackage
{
    /// <summary>The name of the module, and of its package.</summary>
    public const string Id = "ConsulMq";

    /// <summary>Marks a package URL as one of the Gallery.</summary>
    public const string Gallery = "?repository_url=https://www.powershellgallery.com/api/v2";

    private const string ManifestName = Id + ".psd1";

    private readonly ModuleManifest _manifest;
    private readonly Release _release;

    /// <param name="folder">Where the module lies as it is on a module path.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="release">What is packed.</param>
    /// <param name="packages">Whose assemblies it may ship besides its own, for Windows PowerShell.</param>
    /// <exception cref="PackagingException">There is an assembly in it that does not belong there.</exception>
    public ModulePackage(string folder, ModuleManifest manifest, Release release, IReadOnlyList<RestoredPackage> packages)
    {
        (_manifest, _release) = (manifest, release);
        foreach (var path in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
            Files[Path.GetRelativePath(folder, path).Replace('\\', '/')] = File.ReadAllBytes(path);
        foreach (var name in Files.Keys.Where(n => n.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)))
        {
            if (!IsOurs(name) && !packages.Any(p => p.Assemblies.Any(a => name == $"netstandard2.0/{a}")))
                throw new PackagingException($"{name} is neither of ConsulMq nor of a package that Windows PowerShell needs; it must not ship");
        }
        Files[ManifestName] = Encoding.UTF8.GetBytes(manifest.ForPackage(release, Files.Keys));
    }

    /// <summary>The files by their paths, with slashes.</summary>
    public SortedDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Writes the package.</summary>
    public void WritePackage(string path)
    {
        // Links and notes as the packed manifest has them.
        var packed = new ModuleManifest(Encoding.UTF8.GetString(Files[ManifestName]));
        var metadata = new ManifestMetadata
        {
            Id = Id,
            Version = NuGetVersion.Parse(_release.FullVersion),
            Authors = [packed.Author],
            Owners = [packed.CompanyName],
            Description = packed.Description,
            Copyright = packed.Copyright,
            ReleaseNotes = packed.ReleaseNotes,
            Tags = string.Join(' ', Tags()),
        };
        metadata.SetProjectUrl(packed.ProjectUri);
        // Not as an expression: the Gallery's own clients write the address.
        metadata.SetLicenseUrl(packed.LicenseUri);
        metadata.SetIconUrl(packed.IconUri);
        Archive.WritePackage(path, metadata, Files, _release.Time);
    }

    /// <summary>Writes the archive, whose one folder belongs on a module path.</summary>
    public void WriteZip(string path) => Archive.WriteZip(path, Id, Files, _release.Time);

    /// <summary>Those that PowerShellGet gives to a module, by which the Gallery and Find-Command find its commands.</summary>
    private IEnumerable<string> Tags() =>
        [.. _manifest.Tags, "PSModule", "PSIncludes_Cmdlet", .. _manifest.Cmdlets.SelectMany(c => new[] { $"PSCmdlet_{c}", $"PSCommand_{c}" })];

    private static bool IsOurs(string name) =>
        name is "net8.0/ConsulMq.dll" or "net8.0/ConsulMq.Module.dll" or "netstandard2.0/ConsulMq.dll" or "netstandard2.0/ConsulMq.Module.dll";
}
