using ConsulMq.HelpBuilder.Text;
using Markdig;
using Markdig.Syntax;

namespace ConsulMq.HelpBuilder.Pages;

/// <summary>A page by its headings: one of the first level, sections, and sections in them.</summary>
internal sealed class MarkdownPage
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UsePreciseSourceLocation().Build();

    private MarkdownPage(string file, Section root) => (File, Root) = (file, root);

    public string File { get; }

    /// <summary>The heading of the first level.</summary>
    public Section Root { get; }

    /// <summary>Parses a page.</summary>
    /// <exception cref="PageException">A fence is open, or a heading is where none can be.</exception>
    public static MarkdownPage Parse(string file, string text)
    {
        var path = new List<Section>();
        foreach (Block block in Markdown.Parse(text, Pipeline))
        {
            int line = block.Line + 1;
            if (block is FencedCodeBlock fence && IsOpen(fence))
                throw new PageException(file, line, "this fence is not closed");
            if (block is not HeadingBlock heading)
            {
                if (path.Count == 0)
                    throw new PageException(file, line, "the page does not begin with its title");
                path[^1].Blocks.Add(block);
                continue;
            }

            if (heading.Level is > 3 || heading.Level - 1 > path.Count || (heading.Level == 1 && path.Count > 0))
                throw new PageException(file, line, $"a heading of level {heading.Level} has no place here");
            var section = new Section(PlainText.Of(heading.Inline), line, [], []);
            path.RemoveRange(heading.Level - 1, path.Count - heading.Level + 1);
            if (path.Count > 0)
                path[^1].Sections.Add(section);
            path.Add(section);
        }

        return path.Count > 0 ? new MarkdownPage(file, path[0]) : throw new PageException(file, 1, "the page is empty");
    }

    // Where the end of a block is missing, the beginning of the next one is a line of it.
    private static bool IsOpen(FencedCodeBlock fence) =>
        fence.ClosingFencedCharCount == 0 || fence.Lines.Lines.Take(fence.Lines.Count).Any(line => line.Slice.AsSpan().StartsWith("```"));

    /// <summary>The sections, if they are these, in this order.</summary>
    /// <exception cref="PageException">They are others.</exception>
    public Section[] Sections(params string[] titles)
    {
        for (int i = 0; i < titles.Length; i++)
        {
            if (i >= Root.Sections.Count)
                throw new PageException(File, 1, $"the section '{titles[i]}' is missing");
            if (Root.Sections[i].Title != titles[i])
                throw new PageException(File, Root.Sections[i].Line, $"the section '{titles[i]}' has to stand here, not '{Root.Sections[i].Title}'");
        }

        return Root.Sections.Count == titles.Length
            ? [.. Root.Sections]
            : throw new PageException(File, Root.Sections[titles.Length].Line, $"there is no section '{Root.Sections[titles.Length].Title}'");
    }
}
