using ConsulMq.HelpBuilder.Pages;
using ConsulMq.TestSupport;
using Markdig;
using Markdig.Syntax;

namespace ConsulMq.Module.Tests.Help;

/// <summary>
/// The code of a document runs from its beginning to its end in one session: every block of <c>powershell</c> that does not say <c>norun</c>, and the setup
/// in a comment in front of it. What stands in a block of <c>text</c> right behind it, or behind words about it, is what is seen.
/// </summary>
public sealed class DocumentTests(ConsulFixture consul) : IClassFixture<ConsulFixture>
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/guide.md")]
    [InlineData("docs/operating.md")]
    [InlineData("docs/errors.md")]
    [InlineData("docs/about/about_ConsulMq.md")]
    [InlineData("docs/about/about_ConsulMq_Delivery.md")]
    [InlineData("docs/about/about_ConsulMq_Storage.md")]
    public void The_code_of_a_document_runs(string file)
    {
        using var session = new ExampleSession();
        session.Connect(consul.Address);
        string? seen = null;
        foreach (Block block in Markdown.Parse(File.ReadAllText(Path.Combine(Repository.Root, file))))
        {
            try
            {
                if (block is HtmlBlock comment && ExampleReader.Setup(comment) is { } setup)
                    session.RunUnseen(setup);
                else if (block is FencedCodeBlock { Info: "powershell" } code)
                    seen = code.Arguments == "norun" ? null : session.Run(code.Lines.ToString());
                else if (block is FencedCodeBlock { Info: "text" } text && seen is not null)
                    Assert.Equal(SeenText.Of(text.Lines.ToString()), SeenText.Of(seen));
                else if (block is HeadingBlock)
                    seen = null;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{file}:{block.Line + 1}: {e.Message}", e);
            }
        }
    }
}
