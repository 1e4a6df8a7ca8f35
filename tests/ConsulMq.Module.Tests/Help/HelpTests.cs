using System.Management.Automation;
using ConsulMq.HelpBuilder.Pages;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Help;

/// <summary>What Get-Help says, and that it is what the pages and the cmdlets say.</summary>
public sealed class HelpTests : IDisposable
{
    private readonly ModuleRunspace _session = new();

    public static TheoryData<string> Cmdlets => [.. HelpPages.Cmdlets.Keys];

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Each_cmdlet_has_a_page_and_each_page_a_cmdlet()
    {
        object[] exported = [.. _session.Run("(Get-Module ConsulMq).ExportedCommands.Keys").Values.Order()];

        Assert.Equal(exported, HelpPages.Cmdlets.Keys.Order());
        Assert.Equal(exported, [.. _session.Run("(Get-Module ConsulMq).ExportedCmdlets.Keys").Values.Order()]);
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_page_names_the_parameters_of_its_cmdlet(string name)
    {
        var parameters = (string[])_session.Run(
            "param($name) , [string[]] @((Get-Command $name).Parameters.Keys)", new Dictionary<string, object> { ["name"] = name }).Values.Single();
        CmdletPage page = HelpPages.Cmdlets[name];

        Assert.Equal(
            parameters.Except(Cmdlet.CommonParameters).Except(Cmdlet.OptionalCommonParameters).Select(parameter => "-" + parameter).Order(StringComparer.OrdinalIgnoreCase),
            page.Parameters.Sections.Select(section => section.Title));
        Assert.True(page.Examples.Count >= 3, "Three examples are the least.");
        Assert.All(page.Examples, example => Assert.Contains(name, example.Code, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Get_Help_has_all_of_a_page(string name)
    {
        CmdletPage page = HelpPages.Cmdlets[name];
        PSObject help = Help(name);

        Assert.Equal(page.Synopsis, Text(help, "Synopsis"));
        Assert.NotEmpty(Text(help, "description"));
        Assert.Equal(page.Examples.Select(example => example.Code), List(help, "examples", "example").Select(example => Text(example, "code")));
        PSObject[] parameters = List(help, "parameters", "parameter");
        Assert.All(parameters, parameter => Assert.NotEmpty(Text(parameter, "description")));
        Assert.Superset(page.Parameters.Sections.Select(section => section.Title[1..]).ToHashSet(), parameters.Select(parameter => Text(parameter, "name")).ToHashSet());
        Assert.Equal(page.Inputs.Select(input => input.Title), List(help, "inputTypes", "inputType").Select(input => Text(input, "type")));
        Assert.Equal(page.Outputs.Select(output => output.Title), List(help, "returnValues", "returnValue").Select(output => Text(output, "type")));
        Assert.Equal(page.Links, List(help, "relatedLinks", "navigationLink").Select(link => Text(link, "linkText")).Where(link => link != "Online version:"));
    }

    [Fact]
    public void A_parameter_says_what_the_engine_knows_of_it()
    {
        PSObject queue = Parameter("Push-ConsulMqItem", "Queue"), input = Parameter("Push-ConsulMqItem", "InputObject"), path = Parameter("Push-ConsulMqItem", "Path");

        Assert.Equal(["false", "0", "False", "false"], Row(queue));
        Assert.Equal("the queue that Connect-ConsulMq -DefaultQueue named, else consulmq", Text(queue, "defaultValue"));
        Assert.Equal("True (ByValue)", Text(input, "pipelineInput"));
        Assert.Equal("true", Text(path, "globbing"));
        Assert.Equal("1", Text(Parameter("Pop-ConsulMqItem", "Count"), "defaultValue"));
        Assert.Equal("False", Text(Parameter("Pop-ConsulMqItem", "Wait"), "defaultValue"));
    }

    [Fact]
    public void Online_help_has_the_address_that_the_manifest_names()
    {
        object? project = _session.Run("$uri = (Get-Module ConsulMq).ProjectUri; if ($uri) { $uri.OriginalString }").Values.SingleOrDefault();
        string[] addresses = [.. List(Help("Pop-ConsulMqItem"), "relatedLinks", "navigationLink").Select(link => Text(link, "uri")).Where(uri => uri.Length > 0)];

        Assert.Equal(project is null ? [] : [$"{project}/blob/main/docs/cmdlets/Pop-ConsulMqItem.md"], addresses);
    }

    [Fact]
    public void Topics_are_found_by_name_and_by_word()
    {
        foreach (AboutPage topic in HelpPages.Topics)
        {
            ScriptResult found = _session.Run($"Get-Help {topic.Name} | Where-Object Name -eq {topic.Name}");
            Assert.Empty(found.Errors);
            string text = Assert.Single(found.Output).ToString();
            Assert.Contains(topic.Summary, text, StringComparison.Ordinal);
            Assert.All(text.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 80, line));
        }

        Assert.Equal(
            HelpPages.Topics.Select(topic => (topic.Name, topic.Summary)),
            _session.Run("Get-Help about_ConsulMq*").Output.Select(found => (Text(found, "Name"), Text(found, "Synopsis"))).Order());
        Assert.Equal(HelpPages.Cmdlets.Count, _session.Run("Get-Help consulmq -Category Cmdlet").Output.Count);
    }

    [Fact]
    public void The_same_pages_give_the_same_bytes_and_those_are_laid_out()
    {
        string folder = Directory.CreateTempSubdirectory("consulmq-help-").FullName;
        try
        {
            new HelpBuilder.Help(Repository.ModuleFolder, Path.Combine(Repository.Root, "docs")).Write(folder);

            string shipped = Path.Combine(Repository.ModuleFolder, "en-US");
            Assert.Equal(Directory.GetFiles(folder).Select(Path.GetFileName).Order(), Directory.GetFiles(shipped).Select(Path.GetFileName).Order());
            Assert.All(Directory.GetFiles(folder), file => Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(shipped, Path.GetFileName(file)))));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private PSObject Help(string name)
    {
        ScriptResult result = _session.Run("param($name) Get-Help $name -Full", new Dictionary<string, object> { ["name"] = name });
        Assert.Empty(result.Errors);
        return Assert.Single(result.Output);
    }

    private PSObject Parameter(string cmdlet, string name) =>
        Assert.Single(_session.Run("param($cmdlet, $name) Get-Help $cmdlet -Parameter $name", new Dictionary<string, object> { ["cmdlet"] = cmdlet, ["name"] = name }).Output);

    private static string[] Row(PSObject parameter) => [.. new[] { "required", "position", "pipelineInput", "globbing" }.Select(property => Text(parameter, property))];

    /// <summary>Of a list of paragraphs, or of a type, which is an object with a name.</summary>
    private static string Text(PSObject item, string property) => item.Properties[property]?.Value switch
    {
        PSObject[] paragraphs => string.Join("\n", paragraphs.Select(paragraph => Text(paragraph, "Text"))),
        PSObject nested when nested.Properties["Text"] is not null => Text(nested, "Text"),
        PSObject nested when nested.Properties["name"] is not null => Text(nested, "name"),
        var value => value?.ToString()?.Replace("\r", "", StringComparison.Ordinal) ?? "",
    };

    private static PSObject[] List(PSObject item, string group, string element) => (item.Properties[group]?.Value as PSObject)?.Properties[element]?.Value switch
    {
        PSObject[] many => many,
        PSObject one => [one],
        _ => [],
    };
}
