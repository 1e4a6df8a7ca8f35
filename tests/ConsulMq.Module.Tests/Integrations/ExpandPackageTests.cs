using System.IO.Compression;
using System.Security.Cryptography;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Integrations;

/// <summary>How a job of the hosted CI gets the module out of the package that was built.</summary>
public sealed class ExpandPackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("consulmq-package-").FullName;

    [Fact]
    public async Task The_package_becomes_a_folder_with_the_module_in_it()
    {
        Pack();

        var (exitCode, log) = await ExpandAsync();

        Assert.True(exitCode == 0, log);
        Assert.True(File.Exists(Path.Combine(_folder, "module", "ConsulMq.psd1")));
        Assert.Contains(Path.Combine(_folder, "module"), log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_that_is_not_the_one_that_was_built_is_refused()
    {
        File.AppendAllText(Pack(), "x");

        var (exitCode, log) = await ExpandAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("does not have the checksum", log, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "module")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Pack()
    {
        var file = Path.Combine(_folder, "ConsulMq.0.1.0.nupkg");
        using (var package = ZipFile.Open(file, ZipArchiveMode.Create))
            package.CreateEntryFromFile(Path.Combine(Repository.ModuleFolder, "ConsulMq.psd1"), "ConsulMq.psd1");
        File.WriteAllText(Path.Combine(_folder, "SHA256SUMS"), $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}  ConsulMq.0.1.0.nupkg\n");
        return file;
    }

    private async Task<(int ExitCode, string Log)> ExpandAsync()
    {
        using var process = ScriptHostProcess.StartFile(
            Path.Combine(Repository.Root, ".github", "scripts", "Expand-Package.ps1"), "-Package", _folder, "-Folder", Path.Combine(_folder, "module"));
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }
}
