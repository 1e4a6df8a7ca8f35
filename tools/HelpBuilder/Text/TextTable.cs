using System.Text;
using Markdig.Extensions.Tables;

namespace ConsulMq.HelpBuilder.Text;

/// <summary>Tables as text.</summary>
internal static class TextTable
{
    /// <summary>A table of a page: columns with two blanks between them, and a line below the heads.</summary>
    public static string Of(Table table)
    {
        string[][] rows = [.. table.Cast<TableRow>().Select(row => row.Cast<TableCell>().Select(cell => string.Join(" ", PlainText.Paragraphs(cell))).ToArray())];
        int[] widths = [.. Enumerable.Range(0, rows.Max(row => row.Length)).Select(i => rows.Max(row => i < row.Length ? row[i].Length : 0))];
        var text = new StringBuilder();
        for (int i = 0; i < rows.Length; i++)
        {
            Append(text, rows[i], widths);
            if (i == 0)
                Append(text, [.. widths.Select(width => new string('-', width))], widths);
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <summary>Takes out columns that are blank in all lines and have a blank one behind them, until the text is narrow enough or there is none.</summary>
    public static string Narrow(string text, int width)
    {
        List<string> lines = [.. text.Split('\n').Select(line => line.TrimEnd())];
        while (lines.Max(line => line.Length) > width)
        {
            int column = Enumerable.Range(0, width).FirstOrDefault(i => lines.All(line => line.AsSpan(Math.Min(i, line.Length)) is [' ', ' ', ..] or []), -1);
            if (column < 0)
                break;
            lines = [.. lines.Select(line => column < line.Length ? line.Remove(column, 1) : line)];
        }

        return string.Join("\n", lines);
    }

    private static void Append(StringBuilder text, string[] cells, int[] widths)
    {
        for (int i = 0; i < cells.Length; i++)
            text.Append(i < cells.Length - 1 ? cells[i].PadRight(widths[i] + 2) : cells[i]);
        text.Append('\n');
    }
}
