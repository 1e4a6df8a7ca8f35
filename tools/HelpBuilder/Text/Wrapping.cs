using System.Text;

namespace ConsulMq.HelpBuilder.Text;

/// <summary>Breaks text between words.</summary>
internal static class Wrapping
{
    /// <summary>Lines of this width at most, each with its indentation. A word that is longer has a line of its own.</summary>
    /// <param name="text">One paragraph.</param>
    /// <param name="width">With the indentation.</param>
    /// <param name="first">What stands in front of the first line.</param>
    /// <param name="rest">What stands in front of the others.</param>
    public static string Wrap(string text, int width, string first, string rest)
    {
        var result = new StringBuilder();
        var line = new StringBuilder(first);
        bool isEmpty = true;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!isEmpty && line.Length + 1 + word.Length > width)
            {
                result.Append(line).Append('\n');
                line.Clear().Append(rest);
                isEmpty = true;
            }

            if (!isEmpty)
                line.Append(' ');
            line.Append(word);
            isEmpty = false;
        }

        return result.Append(line).Append('\n').ToString();
    }
}
