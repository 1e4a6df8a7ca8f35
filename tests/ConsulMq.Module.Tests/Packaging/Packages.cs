using System.IO.Compression;
using ConsulMq.Packager;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Packaging;

/// <summary>What is published, packed from the module and the library that were built last, in a folder that ends with the tests.</summary>
public sealed class Packages : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("consulmq-packages-");

    /// <summary>The folder of the packages.</summary>
    public string Folder => Path.Combine(_folder.FullName, "package");

    /// <summary>The folder of the library's.</summary>
    public string Library => Path.Combine(Folder, "library");

    /// <summary>The module installed from them, in a folder named for its version.</summary>
    public string Installed { get; private set; } = "";

    /// <summary>The folder for the module path.</summary>
    public string Modules => Path.Combine(_folder.FullName, "Modules");

    /// <summary>The one file of a folder with this ending.</summary>
    public static string Find(string folder, string ending) => Assert.Single(Directory.GetFiles(folder, $"*{ending}"));

    /// <summary>What is in an archive, by path.</summary>
    public static SortedDictionary<string, byte[]> Read(string archive)
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        using var zip = ZipFile.OpenRead(archive);
        foreach (var entry in zip.Entries)
        {
            using var stream = entry.Open();
            using var content = new MemoryStream();
            stream.CopyTo(content);
            files.Add(entry.FullName, content.ToArray());
        }
        return files;
    }

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        await PackagingTask.PackAsync(Repository.Root, Path.Combine(Repository.Root, "out", "ConsulMq"), Folder);
        Installed = await FolderFeed.InstallAsync(Folder, Modules);
    }

    /// <inheritdoc />
    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }
}

/// <summary>Tests of one packing. They start processes and compilers: after the tests that look at the clock.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PackagesCollection : ICollectionFixture<Packages>, ICollectionFixture<ConsulFixture>
{
    public const string Name = "Packages";
}
