using System.Diagnostics;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Packaging;

/// <summary>The package as a user has it: installed from a feed, into a folder that is new, imported by its name.</summary>
[Collection(PackagesCollection.Name)]
public sealed class InstalledModuleTests(Packages packages)
{
    [Fact]
    public async Task It_is_found_and_imported_by_its_name()
    {
        var (output, errors) = await RunAsync("-Command", "Import-Module ConsulMq; (Get-Module ConsulMq).ModuleBase; (Get-Module -ListAvailable ConsulMq)[0].Version.ToString()");

        Assert.Empty(errors);
        Assert.Equal([packages.Installed, Path.GetFileName(packages.Installed)], output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    [Fact]
    public async Task The_quickstart_runs_with_it_on_a_real_Consul()
    {
        var examples = Path.Combine(Repository.Root, "examples");

        var (output, errors) = await RunAsync(Path.Combine(examples, "quickstart.ps1"), "-Folder", examples);

        Assert.Empty(errors);
        Assert.Contains("for this script alone", output, StringComparison.Ordinal);
        Assert.Matches("Each of [0-9]+ files came back once, with the right hash", output);
    }

    // The program itself and not 'dotnet' with it: the script starts its workers with what runs it.
    private async Task<(string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var host = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "ConsulMq.ScriptHost.exe" : "ConsulMq.ScriptHost");
        using var process = Process.Start(new ProcessStartInfo(host, ["--module-path", packages.Modules, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["CONSULMQ_CONSUL"] = await ConsulSource.GetBinaryAsync(),
                ["CONSULMQ_TRANSCRIPTS"] = TestOutput.Transcripts,
                ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..")),
                // Nothing but what was installed.
                ["PSModulePath"] = packages.Modules,
            },
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"Exit code {process.ExitCode}: {output}{await errors}");
        return (output, await errors);
    }
}
