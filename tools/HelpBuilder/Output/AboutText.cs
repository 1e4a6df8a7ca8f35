using System.Text;
using ConsulMq.HelpBuilder.Pages;
using ConsulMq.HelpBuilder.Text;
using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace ConsulMq.HelpBuilder.Output;

/// <summary>A topic as Get-Help shows it: text of 80 columns. The engine takes its fifth line as the synopsis.</summary>
internal static class AboutText
{
    private const int Width = 80;
    private const string Indent = "    ";

    public static string Of(AboutPage page)
    {
        var text = new StringBuilder();
        text.Append("TOPIC\n").Append(Indent).Append(page.Name).Append("\n\n");
        text.Append("SHORT DESCRIPTION\n").Append(Indent).Append(page.Summary).Append("\n\n");
        text.Append("LONG DESCRIPTION\n");
        Append(text, page.Description.Blocks);
        foreach (Section section in page.Description.Sections)
        {
            text.Append("  ").Append(section.Title).Append('\n');
            Append(text, section.Blocks);
        }

        text.Append("SEE ALSO\n");
        Append(text, page.SeeAlso.Blocks, bullets: false);
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void Append(StringBuilder text, IEnumerable<Block> blocks, bool bullets = true)
    {
        foreach (Block block in blocks)
        {
            switch (block)
            {
                case HtmlBlock:
                    continue;
                case ListBlock list:
                    foreach (ListItemBlock item in list.Cast<ListItemBlock>())
                    {
                        string marker = bullets ? PlainText.Marker(list, item) : "";
                        text.Append(Wrapping.Wrap(string.Join(" ", PlainText.Paragraphs(item)), Width, Indent + marker, Indent + new string(' ', marker.Length)));
                    }

                    break;
                case CodeBlock or Table:
                    foreach (string line in PlainText.Paragraphs([block]).Single().Split('\n'))
                        text.Append((Indent + Indent + line).TrimEnd()).Append('\n');
                    break;
                default:
                    foreach (string paragraph in PlainText.Paragraphs([block]))
                        text.Append(Wrapping.Wrap(paragraph, Width, Indent, Indent));
                    break;
            }

            text.Append('\n');
        }
    }
}
