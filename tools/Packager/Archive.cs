using System.Globalization;
using System.IO.Compression;
using NuGet.Packaging;

namespace ConsulMq.Packager;

/// <summary>Files, by their paths with slashes, as archives whose bytes depend on nothing else but the time that is given.</summary>
internal static class Archive
{
    /// <summary>A regular file that everyone may read, in the upper half as Unix writes it.</summary>
    private const int Attributes = 0x81A4 << 16;

    /// <summary>Writes a zip archive whose entries lie in one folder.</summary>
    public static void WriteZip(string path, string folder, IReadOnlyDictionary<string, byte[]> files, DateTimeOffset time)
    {
        using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (name, content) in files.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            var entry = zip.CreateEntry($"{folder}/{name}", CompressionLevel.SmallestSize);
            entry.LastWriteTime = time;
            entry.ExternalAttributes = Attributes;
            using var stream = entry.Open();
            stream.Write(content);
        }
    }

    /// <summary>Writes a NuGet package.</summary>
    public static void WritePackage(string path, ManifestMetadata metadata, IReadOnlyDictionary<string, byte[]> files, DateTimeOffset time)
    {
        var builder = new PackageBuilder(deterministic: true) { DeterministicTimestamp = time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) };
        builder.Populate(metadata);
        foreach (var (name, content) in files.OrderBy(f => f.Key, StringComparer.Ordinal))
            builder.Files.Add(new PackedFile(name, content, time));
        using var stream = File.Create(path);
        builder.Save(stream);
    }

    /// <summary>Writes a NuGet package once more: the SDK's are not yet the same each time.</summary>
    /// <returns>Its files.</returns>
    public static async Task<SortedDictionary<string, byte[]>> RewritePackageAsync(string path, DateTimeOffset time)
    {
        ManifestMetadata metadata;
        SortedDictionary<string, byte[]> files;
        using (var package = new PackageArchiveReader(path))
        {
            using var nuspec = package.GetNuspec();
            metadata = Manifest.ReadFrom(nuspec, validateSchema: false).Metadata;
            files = await ReadPackageAsync(package);
        }
        WritePackage(path, metadata, files, time);
        return files;
    }

    /// <summary>The files of a package, without what every package has for itself.</summary>
    public static async Task<SortedDictionary<string, byte[]>> ReadPackageAsync(PackageArchiveReader package)
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in package.GetFiles().Where(IsContent))
        {
            using var content = new MemoryStream();
            await package.GetStream(name).CopyToAsync(content);
            files[name] = content.ToArray();
        }
        return files;
    }

    private static bool IsContent(string name) =>
        name is not ("[Content_Types].xml" or "_rels/.rels") && !name.StartsWith("package/", StringComparison.Ordinal)
        && (name.Contains('/') || !name.EndsWith(".nuspec", StringComparison.OrdinalIgnoreCase));
}
