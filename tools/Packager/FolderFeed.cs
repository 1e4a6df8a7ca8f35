using NuGet.Common;
using NuGet.Packaging;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;

namespace ConsulMq.Packager;

/// <summary>A folder of packages as a feed, read with NuGet's own client.</summary>
internal static class FolderFeed
{
    /// <summary>Installs the newest version of the module as PowerShell's clients do: files under MODULES/ConsulMq/VERSION, the label left out.</summary>
    /// <returns>The folder.</returns>
    /// <exception cref="PackagingException">The feed has no such package.</exception>
    public static async Task<string> InstallAsync(string feed, string modules)
    {
        using var cache = new SourceCacheContext { NoCache = true, DirectDownload = true };
        var resource = await Repository.Factory.GetCoreV3(feed).GetResourceAsync<FindPackageByIdResource>()
            ?? throw new PackagingException($"{feed} is no feed");
        var versions = await resource.GetAllVersionsAsync(ModulePackage.Id, cache, NullLogger.Instance, default);
        var version = versions.Max() ?? throw new PackagingException($"{feed} has no package of {ModulePackage.Id}");

        using var content = new MemoryStream();
        if (!await resource.CopyNupkgToStreamAsync(ModulePackage.Id, version, content, cache, NullLogger.Instance, default))
            throw new PackagingException($"{feed} does not hand out {ModulePackage.Id} {version}");
        using var package = new PackageArchiveReader(content);
        var folder = Path.Combine(modules, ModulePackage.Id, version.Version.ToString(3));
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        foreach (var (name, bytes) in await Archive.ReadPackageAsync(package))
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, bytes);
        }
        return folder;
    }
}
