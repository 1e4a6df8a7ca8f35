using ConsulMq.HelpBuilder.Pages;

namespace ConsulMq.Module.Tests.Help;

/// <summary>A page that is wrong makes the build fail, and the message says where and what.</summary>
public sealed class PageTests
{
    private const string Page = """
        # Get-Thing

        Gets things.

        ## Description

        Gets `things`.

        ## Examples

        ### 1. One

        <!-- setup
        $x = 1
        -->
        ```powershell
        Get-Thing
        ```

        It is there.

        ```text
        thing
        ```

        ### 2. Another

        <!-- norun: nobody is there -->
        ```powershell norun
        Get-Thing -Name x
        ```

        ## Parameters

        ### -Name

        Its name. Default: `x.y`, as always. Wildcards find more.

        ## Inputs

        ### None

        ## Outputs

        ### System.Object

        A thing.

        ## Errors

        - `NoThing`: there is none.

        ## Notes

        Nothing.

        ## Links

        - [Elsewhere](https://example.org/elsewhere)

        """;

    [Fact]
    public void A_page_is_read_with_all_its_parts()
    {
        CmdletPage page = Read(Page);

        Assert.Equal(("Get-Thing", "Gets things."), (page.Name, page.Synopsis));
        Assert.Equal([("One", "Get-Thing", "$x = 1\n", "thing", true), ("Another", "Get-Thing -Name x", "", null, false)], page.Examples.Select(e => (e.Title, e.Code, e.Setup, e.Output, e.Runs)));
        Assert.Equal("x.y, as always", CmdletPage.DefaultOf(page.Parameters.Sections[0]));
        Assert.Equal(["None"], page.Inputs.Select(section => section.Title));
        Assert.Equal(["Elsewhere"], page.Links);
        Assert.Empty(PageCheck.Compare(page, ["Name"]));
    }

    [Fact]
    public void A_parameter_that_the_cmdlet_does_not_have_is_named() =>
        Assert.Equal(["Get-Thing.md:35: Get-Thing has no parameter -Name"], PageCheck.Compare(Read(Page), []).Select(fault => fault.ToString()));

    [Fact]
    public void A_parameter_that_the_page_does_not_have_is_named() =>
        Assert.Equal(["Get-Thing.md:33: the parameter -Size is missing"], PageCheck.Compare(Read(Page), ["Name", "Size"]).Select(fault => fault.ToString()));

    [Fact]
    public void Parameters_stand_in_the_order_of_the_alphabet() => Assert.Equal(
        ["Get-Thing.md:39: -All does not stand in the order of the alphabet"],
        PageCheck.Compare(Read(Page.Replace("## Inputs", "### -All\n\nAll.\n\n## Inputs")), ["All", "Name"]).Select(fault => fault.ToString()));

    [Theory]
    [InlineData("## Outputs\n\n### System.Object\n\nA thing.\n\n", "", "Get-Thing.md:43: the section 'Outputs' has to stand here, not 'Errors'")]
    [InlineData("\n## Links\n\n- [Elsewhere](https://example.org/elsewhere)\n", "", "Get-Thing.md:1: the section 'Links' is missing")]
    [InlineData("## Links", "## Tips\n\nNone.\n\n## Links", "Get-Thing.md:57: the section 'Links' has to stand here, not 'Tips'")]
    [InlineData("Nothing.\n", "", "Get-Thing.md:53: nothing stands under 'Notes'")]
    [InlineData("# Get-Thing", "# Get-Things", "Get-Thing.md:1: the title is 'Get-Things', and not the name of the file")]
    [InlineData("Gets things.", "", "Get-Thing.md:1: one paragraph, the synopsis, has to stand below the title")]
    [InlineData("thing\n```", "thing", "Get-Thing.md:22: this fence is not closed")]
    [InlineData("### 2. Another", "### 3. Another", "Get-Thing.md:26: the heading of this example has to be '2. ' and a title")]
    [InlineData("<!-- norun: nobody is there -->\n", "", "Get-Thing.md:28: a comment has to say why this does not run")]
    [InlineData("```powershell\nGet-Thing\n```\n", "", "Get-Thing.md:17: an example begins with its code")]
    [InlineData("https://example.org/elsewhere", "elsewhere.md", "Get-Thing.md:59: the link 'elsewhere.md' leads nowhere")]
    [InlineData("Get-Thing -Name x", "Get-Thing -Name xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "Get-Thing.md:30: a line of code has 76 characters at most")]
    public void A_wrong_page_says_where_and_what(string part, string wrong, string message)
    {
        string page = Page.Replace("\r", "").Replace(part, wrong);
        Assert.NotEqual(Page.Replace("\r", ""), page);

        Assert.StartsWith(message, Assert.Throws<PageException>(() => Read(page)).Message, StringComparison.Ordinal);
    }

    private static CmdletPage Read(string text) => CmdletPage.Parse("Get-Thing.md", text);
}
