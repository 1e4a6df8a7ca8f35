using System.Text.RegularExpressions;
using ConsulMq.HelpBuilder.Text;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace ConsulMq.HelpBuilder.Pages;

/// <summary>The page of a cmdlet.</summary>
internal sealed partial class CmdletPage
{
    private CmdletPage()
    {
    }

    public required string File { get; init; }

    public required string Name { get; init; }

    public required string Synopsis { get; init; }

    public required IReadOnlyList<Block> Description { get; init; }

    public required IReadOnlyList<Example> Examples { get; init; }

    /// <summary>Headed by their names, with the dash.</summary>
    public required Section Parameters { get; init; }

    public required IReadOnlyList<Section> Inputs { get; init; }

    public required IReadOnlyList<Section> Outputs { get; init; }

    /// <summary>A list: an item begins with the IDs of errors.</summary>
    public required IReadOnlyList<Block> Errors { get; init; }

    public required IReadOnlyList<Block> Notes { get; init; }

    /// <summary>The texts of the links to other pages.</summary>
    public required IReadOnlyList<string> Links { get; init; }

    /// <summary>Reads a page.</summary>
    /// <exception cref="PageException">The page has another form.</exception>
    public static CmdletPage Read(string file) => Parse(file, System.IO.File.ReadAllText(file));

    /// <inheritdoc cref="Read" />
    public static CmdletPage Parse(string file, string text)
    {
        MarkdownPage page = MarkdownPage.Parse(file, text);
        Section[] sections = page.Sections("Description", "Examples", "Parameters", "Inputs", "Outputs", "Errors", "Notes", "Links");
        if (page.Root.Title != Path.GetFileNameWithoutExtension(file))
            throw new PageException(file, page.Root.Line, $"the title is '{page.Root.Title}', and not the name of the file");
        if (page.Root.Blocks is not [ParagraphBlock synopsis])
            throw new PageException(file, page.Root.Line, "one paragraph, the synopsis, has to stand below the title");
        foreach (Section section in sections)
            RequireText(file, section);

        return new CmdletPage
        {
            File = file,
            Name = page.Root.Title,
            Synopsis = PlainText.Of(synopsis.Inline),
            Description = sections[0].Blocks,
            Examples = [.. sections[1].Sections.Select((section, i) => ExampleReader.Read(file, section, i + 1))],
            Parameters = sections[2],
            Inputs = sections[3].Sections,
            Outputs = sections[4].Sections,
            Errors = sections[5].Blocks,
            Notes = sections[6].Blocks,
            Links = [.. LinksOf(file, sections[7])],
        };
    }

    /// <summary>What a page says of the default of a parameter: the sentence that begins with "Default:".</summary>
    public static string? DefaultOf(Section parameter) =>
        DefaultPattern().Match(string.Join(" ", PlainText.Paragraphs(parameter.Blocks))) is { Success: true } match ? match.Groups[1].Value : null;

    private static void RequireText(string file, Section section)
    {
        // 'None' needs no more words.
        if (section.Blocks.Count == 0 && section.Sections.Count == 0 && section.Title != "Parameters")
            throw new PageException(file, section.Line, $"nothing stands under '{section.Title}'");
        foreach (Section inner in section.Sections)
        {
            if (inner.Blocks.Count == 0 && inner.Title != "None")
                throw new PageException(file, inner.Line, $"nothing stands under '{inner.Title}'");
        }
    }

    private static IEnumerable<string> LinksOf(string file, Section section)
    {
        foreach (Block block in section.Blocks)
        {
            if (block is not ListBlock list)
                throw new PageException(file, block.Line + 1, "links are a list");
            foreach (LinkInline link in list.Descendants<LinkInline>())
            {
                string target = Path.Combine(Path.GetDirectoryName(file) ?? "", link.Url ?? "");
                if (link.Url?.Contains(':') != true && !System.IO.File.Exists(target))
                    throw new PageException(file, block.Line + 1, $"the link '{link.Url}' leads nowhere");
                yield return PlainText.Of(link);
            }
        }
    }

    [GeneratedRegex(@"(?<=^|\s)Default: (.+?)\.(?=\s|$)", RegexOptions.Singleline)]
    private static partial Regex DefaultPattern();
}
