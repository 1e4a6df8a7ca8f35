using ConsulMq.HelpBuilder.Text;
using Markdig.Syntax;

namespace ConsulMq.HelpBuilder.Pages;

/// <summary>The page of a topic.</summary>
/// <param name="Name">Its name, which begins with <c>about_</c>.</param>
/// <param name="Summary">One line.</param>
/// <param name="Description">What the page says.</param>
/// <param name="SeeAlso">The list of other pages.</param>
internal sealed record AboutPage(string Name, string Summary, Section Description, Section SeeAlso)
{
    /// <summary>Get-Help takes one line of the file as the synopsis of a topic, and that line is indented by 4.</summary>
    public const int LongestSummary = 76;

    /// <summary>Code is indented by 8.</summary>
    private const int WidestCode = 72;

    /// <summary>Reads a page.</summary>
    /// <exception cref="PageException">The page has another form.</exception>
    public static AboutPage Read(string file) => Parse(file, File.ReadAllText(file));

    /// <inheritdoc cref="Read" />
    public static AboutPage Parse(string file, string text)
    {
        MarkdownPage page = MarkdownPage.Parse(file, text);
        Section[] sections = page.Sections("Short description", "Long description", "See also");
        if (page.Root.Title != Path.GetFileNameWithoutExtension(file) || !page.Root.Title.StartsWith("about_", StringComparison.Ordinal))
            throw new PageException(file, page.Root.Line, $"the title is '{page.Root.Title}', and not the name of the file");
        string summary = string.Join(" ", PlainText.Paragraphs(sections[0].Blocks));
        if (summary.Length is 0 or > LongestSummary)
            throw new PageException(file, sections[0].Line, $"the short description has 1 to {LongestSummary} characters, not {summary.Length}");
        foreach (FencedCodeBlock code in sections[1].Sections.Prepend(sections[1]).SelectMany(section => section.Blocks).OfType<FencedCodeBlock>())
        {
            if (code.Lines.Lines.Take(code.Lines.Count).Any(line => line.Slice.Length > WidestCode))
                throw new PageException(file, code.Line + 1, $"a line of code has {WidestCode} characters at most, so that it fits in 80 columns");
        }

        return new AboutPage(page.Root.Title, summary, sections[1], sections[2]);
    }
}
