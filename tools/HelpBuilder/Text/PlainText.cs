using System.Text;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace ConsulMq.HelpBuilder.Text;

/// <summary>Markdown as people write text: no marks of code, emphasis and links.</summary>
internal static class PlainText
{
    /// <summary>One line.</summary>
    public static string Of(ContainerInline? inlines)
    {
        var text = new StringBuilder();
        foreach (Inline inline in inlines ?? [])
            Append(text, inline);
        return text.ToString();
    }

    /// <summary>A paragraph each: paragraphs, items of lists with a dash in front, code and tables as they are.</summary>
    /// <exception cref="NotSupportedException">There is something else.</exception>
    public static IEnumerable<string> Paragraphs(IEnumerable<Block> blocks, int width = int.MaxValue)
    {
        foreach (Block block in blocks)
        {
            switch (block)
            {
                case ParagraphBlock paragraph:
                    yield return Of(paragraph.Inline);
                    break;
                case ListBlock list:
                    foreach (ListItemBlock item in list.Cast<ListItemBlock>())
                        yield return Marker(list, item) + string.Join(" ", Paragraphs(item));
                    break;
                case Table table:
                    yield return TextTable.Of(table);
                    break;
                case CodeBlock code:
                    yield return TextTable.Narrow(code.Lines.ToString(), width);
                    break;
                case HtmlBlock: // a comment
                    break;
                default:
                    throw new NotSupportedException($"There is no text for a {block.GetType().Name} (line {block.Line + 1}).");
            }
        }
    }

    /// <summary>What stands in front of an item of a list.</summary>
    public static string Marker(ListBlock list, ListItemBlock item) => list.IsOrdered ? $"{item.Order}. " : "- ";

    private static void Append(StringBuilder text, Inline inline)
    {
        switch (inline)
        {
            case CodeInline code:
                // Without its marks, a dot that is meant would be taken for the end of the sentence.
                text.Append(code.Content.All(char.IsPunctuation) ? $"'{code.Content}'" : code.Content);
                break;
            case LineBreakInline:
                text.Append(' ');
                break;
            case LinkInline link:
                text.Append(Of(link));
                if (link.Url?.Contains("://", StringComparison.Ordinal) == true && link.Url != Of(link))
                    text.Append(" (").Append(link.Url).Append(')');
                break;
            case ContainerInline container:
                text.Append(Of(container));
                break;
            default:
                text.Append(inline); // literals, addresses, entities
                break;
        }
    }
}
