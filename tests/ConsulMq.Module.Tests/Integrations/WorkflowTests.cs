using System.Text.RegularExpressions;
using ConsulMq.TestSupport;
using YamlDotNet.RepresentationModel;

namespace ConsulMq.Module.Tests.Integrations;

/// <summary>What every workflow of the project keeps to: pinned actions, least permissions, an end in time, and no expression in a command.</summary>
public sealed partial class WorkflowTests
{
    private const string Folder = ".github/workflows";

    public static TheoryData<string> Files => [.. Yaml.Files(Folder)];

    [Theory]
    [MemberData(nameof(Files))]
    public void No_command_has_an_expression_in_it(string file) =>
        // 'shell' is one of a matrix of constants.
        Assert.All(Yaml.Load(file).Under("run", "working-directory"), static command => Assert.DoesNotContain("${{", command, StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_action_is_pinned_to_a_commit_and_says_which_version_that_is(string file)
    {
        foreach (Match use in Uses().Matches(File.ReadAllText(Path.Combine(Repository.Root, file))))
        {
            var what = use.Groups[1].Value;
            Assert.True(what.StartsWith("./", StringComparison.Ordinal) ? Path.Exists(Path.Combine(Repository.Root, what)) : Pinned().IsMatch(what), $"{file} uses {what}");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_job_ends_in_time_and_runs_stand_in_nobody_s_way(string file)
    {
        Assert.NotNull(Yaml.Load(file).Find("concurrency"));
        Assert.All(Jobs(file).Where(static job => job.Find("uses") is null), static job => Assert.InRange(int.Parse(job.Text("timeout-minutes")!), 1, 360));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Only_the_job_that_publishes_may_write_and_it_alone_has_secrets(string file)
    {
        Assert.NotNull(Yaml.Load(file).Find("permissions"));
        Assert.DoesNotContain(Yaml.Load(file).Find("permissions").Texts(), static permission => permission.Value != "read");
        foreach (var job in Jobs(file).Where(static job => job.Text("environment") is null))
        {
            Assert.DoesNotContain(job.Find("permissions").Texts(), static permission => permission.Value != "read");
            Assert.DoesNotContain(Texts(job), static text => text.Contains("secrets.", StringComparison.Ordinal));
            Assert.All(job.List("steps").Where(static step => step.Text("uses")?.StartsWith("actions/checkout@", StringComparison.Ordinal) == true),
                static step => Assert.Equal("false", step.Find("with")?.Text("persist-credentials")));
        }
    }

    [Fact]
    public void The_one_artifact_is_tested_on_every_system_and_with_every_Consul()
    {
        var jobs = Yaml.Load(Folder + "/ci.yml").Map("jobs");

        Assert.Equal(
            ["macos-latest pwsh", "ubuntu-latest pwsh", "windows-latest powershell", "windows-latest pwsh"],
            Matrix(jobs.Map("test")).Select(static entry => $"{entry.Text("os")} {entry.Text("shell")}").Order());
        Assert.Equal(["1.8", "1.14", "1.18", "newest"], Matrix(jobs.Map("consul")).Select(static entry => entry.Text("version")));
        Assert.All(["test", "consul", "action"], name => Assert.Equal("build", jobs.Map(name).Text("needs")));
        Assert.Single(jobs.SelectMany(static job => job.Value.Under("run")), static command => command.Contains("build.sh package", StringComparison.Ordinal));

        static IEnumerable<YamlNode> Matrix(YamlNode job) => job.Map("strategy").Map("matrix").List("include");
    }

    [Fact]
    public void Nothing_is_published_before_all_was_tested_and_built_a_second_time()
    {
        var jobs = Yaml.Load(Folder + "/release.yml").Map("jobs");

        Assert.Equal("./.github/workflows/ci.yml", jobs.Map("ci").Text("uses"));
        Assert.Equal(("ci", "reproduce"), (jobs.Map("reproduce").Text("needs"), jobs.Map("publish").Text("needs")));
    }

    // A process that has loaded one version of the client cannot load another.
    [Fact]
    public void What_publishes_to_the_Gallery_was_installed_by_a_step_before()
    {
        var commands = Yaml.Load(Folder + "/release.yml").Under("run").ToList();
        var publish = commands.FindIndex(static command => command.Contains("Publish-PSResource", StringComparison.Ordinal));

        Assert.DoesNotContain("Install-PSResource", commands[publish], StringComparison.Ordinal);
        Assert.Contains(commands[..publish], static command => command.Contains("Install-PSResource -Name Microsoft.PowerShell.PSResourceGet", StringComparison.Ordinal));
    }

    private static IEnumerable<YamlNode> Jobs(string file) => Yaml.Load(file).Map("jobs").Select(static job => job.Value);

    private static IEnumerable<string> Texts(YamlNode node) => node switch
    {
        YamlMappingNode map => map.SelectMany(static pair => Texts(pair.Value)),
        YamlSequenceNode list => list.SelectMany(Texts),
        _ => [((YamlScalarNode)node).Value ?? ""],
    };

    [GeneratedRegex(@"uses: (.+)")]
    private static partial Regex Uses();

    [GeneratedRegex("^[a-z-]+/[a-z-]+@[0-9a-f]{40} # v[0-9]+[.][0-9]+[.][0-9]+$")]
    private static partial Regex Pinned();
}
