using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Integrations;

/// <summary>Where a step takes the module from.</summary>
public sealed class ModuleTests(ConsulFixture consul) : IClassFixture<ConsulFixture>
{
    /// <summary>Stands for the Gallery: what is installed comes from the folder of the build.</summary>
    private const string Gallery =
        """
        function Install-PSResource($Name, $Version, $Repository, $Scope, [switch] $TrustRepository, [switch] $Quiet, [switch] $Prerelease, [switch] $Reinstall) {
            [Console]::WriteLine("installing $Name $Version from $Repository for $Scope$(if ($Prerelease) { ', a candidate' })$(if ($Reinstall) { ', again' })")
            $env:PSModulePath = $env:TEST_MODULES + [IO.Path]::PathSeparator + $env:PSModulePath
        }
        """;

    [Fact]
    public async Task What_is_not_installed_is_installed_in_the_version_of_the_action()
    {
        using var runner = Runner.Create("GitHub", consul);
        runner.Common["module-path"] = "";

        var result = (await runner.RunAsync([("operation", "count"), ("queue", "jobs")], Nothing(runner), Gallery)).Succeeded();

        Assert.Contains($"installing ConsulMq {Version} from PSGallery for CurrentUser", result.Log, StringComparison.Ordinal);
        Assert.Equal("0", result["count"]);
    }

    [Fact]
    public async Task A_candidate_of_a_release_can_be_asked_for()
    {
        using var runner = Runner.Create("GitHub", consul);
        runner.Common["module-path"] = "";

        var result = await runner.RunAsync([("operation", "count"), ("queue", "jobs"), ("version", $"{Version}-rc1")], Nothing(runner), Gallery);

        Assert.Contains($"installing ConsulMq {Version}-rc1 from PSGallery for CurrentUser, a candidate", result.Succeeded().Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_candidate_that_is_asked_for_takes_the_place_of_what_is_installed_with_the_same_numbers()
    {
        using var runner = Runner.Create("GitHub", consul);
        runner.Common["module-path"] = "";

        var result = await runner.RunAsync(
            [("operation", "count"), ("queue", "jobs"), ("version", $"{Version}-rc99")],
            new Dictionary<string, string> { ["PSModulePath"] = Repository.ModulePath, ["TEST_MODULES"] = Repository.ModulePath },
            Gallery);

        Assert.Contains($"installing ConsulMq {Version}-rc99 from PSGallery for CurrentUser, a candidate, again", result.Succeeded().Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_installed_is_used_as_it_is()
    {
        using var runner = Runner.Create("GitHub", consul);
        runner.Common["module-path"] = "";

        var result = await runner.RunAsync(
            [("operation", "count"), ("queue", "jobs")],
            new Dictionary<string, string> { ["PSModulePath"] = Repository.ModulePath },
            Gallery);

        Assert.DoesNotContain("installing", result.Succeeded().Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_may_be_installed_the_error_says_what_to_do()
    {
        using var runner = Runner.Create("GitHub", consul);
        runner.Common["module-path"] = "";

        var error = (await runner.RunAsync([("operation", "count"), ("queue", "jobs"), ("install", "false")], Nothing(runner), Gallery)).Failed();
        var elsewhere = (await runner.RunAsync(("operation", "count"), ("queue", "jobs"), ("module-path", "nowhere"))).Failed();

        Assert.Equal("ModuleNotInstalled", error.Id);
        Assert.Contains("set 'install' to true", error.Data, StringComparison.Ordinal);
        Assert.Equal("ModuleNotInstalled", elsewhere.Id);
    }

    private static string Version => System.Text.RegularExpressions.Regex.Match(File.ReadAllText(Path.Combine(Repository.Root, "ConsulMq.psd1")), "ModuleVersion\\s*=\\s*'([0-9.]+)'").Groups[1].Value;

    /// <summary>A module path with nothing on it; the engine adds the user's own folders, which are in an empty home.</summary>
    private static Dictionary<string, string> Nothing(Runner runner) => new()
    {
        ["PSModulePath"] = runner.Folder,
        ["XDG_DATA_HOME"] = runner.Folder,
        ["TEST_MODULES"] = Repository.ModulePath,
    };
}
