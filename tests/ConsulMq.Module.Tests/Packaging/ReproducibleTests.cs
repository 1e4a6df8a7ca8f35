using System.Security.Cryptography;
using ConsulMq.Packager;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Packaging;

/// <summary>Two clones of one commit, in folders of different depth, are compiled and packed; the rest of the module is what was laid out last.</summary>
[Collection(PackagesCollection.Name)]
public sealed class ReproducibleTests
{
    [Fact]
    public async Task The_same_commit_gives_the_same_bytes_in_another_folder()
    {
        // Where there is no history there is no commit to compare; the packages of such a tree are not for others.
        if (!Path.Exists(Path.Combine(Repository.Root, ".git")))
            return;
        var folder = Directory.CreateTempSubdirectory("consulmq-clones-");
        try
        {
            var first = await PackCloneAsync(Path.Combine(folder.FullName, "a"));
            var second = await PackCloneAsync(Path.Combine(folder.FullName, "further", "down", "b"));

            Assert.Equal(first, second);
        }
        finally
        {
            Delete(folder);
        }
    }

    private static async Task<string> PackCloneAsync(string clone)
    {
        await Tool.RunAsync("git", Repository.Root, "clone", "--quiet", "--shared", ".", clone);
        // Analyzers change no byte, and take most of the time.
        await Tool.RunAsync("dotnet", clone, "build", Path.Combine("src", "ConsulMq.Module"), "-c", "Release", "--nologo", "-v", "quiet", "-p:RunAnalyzers=false");
        var layout = Path.Combine(clone, "out", "ConsulMq");
        var built = Path.Combine(Repository.Root, "out", "ConsulMq");
        foreach (var file in Directory.GetFiles(built, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(built, file);
            var compiled = Path.Combine(clone, "src", "ConsulMq.Module", "bin", "Release", name);
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(layout, name))!);
            File.Copy(File.Exists(compiled) ? compiled : file, Path.Combine(layout, name));
        }
        var packages = Path.Combine(clone, "out", "package");
        await PackagingTask.PackAsync(clone, layout, packages);
        return string.Join('\n', Directory.GetFiles(packages, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(f => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(f)))}  {Path.GetRelativePath(packages, f)}"));
    }

    // On Windows git's files are read-only, and stay.
    private static void Delete(DirectoryInfo folder)
    {
        foreach (var file in folder.EnumerateFiles("*", SearchOption.AllDirectories).Where(f => f.IsReadOnly))
            file.IsReadOnly = false;
        folder.Delete(recursive: true);
    }
}
