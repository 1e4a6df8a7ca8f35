namespace ConsulMq.Packager;

/// <summary>The core as a NuGet package, with its symbols.</summary>
internal static class LibraryPackage
{
    /// <summary>The project, from the root.</summary>
    public const string Project = "src/ConsulMq";

    /// <summary>Packs what was built.</summary>
    /// <returns>The files of the package.</returns>
    public static async Task<SortedDictionary<string, byte[]>> WriteAsync(string root, Release release, string folder)
    {
        await Tool.RunAsync("dotnet", root, "pack", Project, "-c", "Release", "--no-build", "--nologo", "-v", "quiet", "-o", folder,
            $"-p:PackageVersion={release.FullVersion}", $"-p:PackedReference={release.Tag ?? "main"}");
        var name = Path.Combine(folder, $"{ModulePackage.Id}.{release.FullVersion}");
        await Archive.RewritePackageAsync($"{name}.snupkg", release.Time);
        return await Archive.RewritePackageAsync($"{name}.nupkg", release.Time);
    }
}
