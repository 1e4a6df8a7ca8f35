namespace ConsulMq.Packager;

/// <summary>All that is published.</summary>
internal static class PackagingTask
{
    /// <summary>Packs the module, and the library in a folder of its own: the two have one name, and go to two feeds.</summary>
    /// <param name="root">The tree; it was built.</param>
    /// <param name="module">The module as it lies on a module path.</param>
    /// <param name="output">Is emptied first.</param>
    /// <returns>The paths of what it wrote.</returns>
    public static async Task<IEnumerable<string>> PackAsync(string root, string module, string output)
    {
        var manifest = new ModuleManifest(await File.ReadAllTextAsync(Path.Combine(root, "ConsulMq.psd1")));
        var release = await Release.OfAsync(root, manifest.Version);
        await RequireChangesAsync(root, release);
        if (Directory.Exists(output))
            Directory.Delete(output, recursive: true);
        var library = Path.Combine(output, "library");
        Directory.CreateDirectory(library);

        var packages = RestoredPackage.Of(Path.Combine(root, "src", "ConsulMq.Module"));
        var package = new ModulePackage(module, manifest, release, packages);
        var name = $"{ModulePackage.Id}.{release.FullVersion}";
        package.WritePackage(Path.Combine(output, $"{name}.nupkg"));
        package.WriteZip(Path.Combine(output, $"{name}.zip"));
        Write(output, new(manifest, release.FullVersion, ModulePackage.Gallery, package.Files, packages));

        var files = await LibraryPackage.WriteAsync(root, release, library);
        Write(library, new(manifest, release.FullVersion, "", files, RestoredPackage.Of(Path.Combine(root, LibraryPackage.Project))));
        Checksums.Write(output);
        return Directory.GetFiles(output, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

        void Write(string folder, BillOfMaterials materials) => File.WriteAllBytes(Path.Combine(folder, $"{name}.cdx.json"), materials.ToBytes());
    }

    // A release says what it brings.
    private static async Task RequireChangesAsync(string root, Release release)
    {
        if (release is { Tag: not null, Label: "" }
            && !(await File.ReadAllTextAsync(Path.Combine(root, "CHANGELOG.md"))).Contains($"\n## [{release.Version}]", StringComparison.Ordinal))
            throw new PackagingException($"CHANGELOG.md has no section for {release.Version}, which {release.Tag} releases");
    }
}
