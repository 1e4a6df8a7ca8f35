using System.Text.RegularExpressions;
using ConsulMq.HelpBuilder.Output;
using Markdig.Syntax;

namespace ConsulMq.HelpBuilder.Pages;

/// <summary>
/// Reads what stands under the heading of an example: a comment with a setup or with the reason why it does not run, the code, and text and output in any order.
/// </summary>
internal static partial class ExampleReader
{
    /// <summary>Get-Help puts four blanks in front, and 80 columns are usual.</summary>
    public const int Widest = 76;

    /// <exception cref="PageException">It has another form.</exception>
    public static Example Read(string file, Section section, int number)
    {
        if (TitlePattern().Match(section.Title) is not { Success: true } title || title.Groups[1].Value != $"{number}")
            throw new PageException(file, section.Line, $"the heading of this example has to be '{number}. ' and a title");

        if (MamlWriter.Title(number, title.Groups[2].Value).Length > Widest)
            throw new PageException(file, section.Line, $"this title is too long for Get-Help to show it in one line of {Widest} characters");

        string setup = "", comment = "";
        FencedCodeBlock? code = null, output = null;
        var remarks = new List<Block>();
        foreach (Block block in section.Blocks)
        {
            if (block is HtmlBlock html)
                (setup, comment) = Setup(html) is { } script ? (script, comment) : (setup, html.Lines.ToString());
            else if (block is FencedCodeBlock { Info: "powershell" } fence)
                code = code is null ? fence : throw new PageException(file, block.Line + 1, "an example has one block of code");
            else if (code is null)
                throw new PageException(file, block.Line + 1, "an example begins with its code");
            else
                remarks.Add(block);
            if (block is FencedCodeBlock { Info: "text" } text)
                output = output is null ? text : throw new PageException(file, block.Line + 1, "an example has one block of output");
        }

        if (code is null)
            throw new PageException(file, section.Line, "the example has no ```powershell block");
        bool runs = code.Arguments != "norun";
        if (!runs && comment.Length == 0)
            throw new PageException(file, code.Line + 1, "a comment has to say why this does not run");
        for (int i = 0; i < code.Lines.Count; i++)
        {
            if (code.Lines.Lines[i].Slice.Length > Widest)
                throw new PageException(file, code.Line + 2 + i, $"a line of code has {Widest} characters at most, so that Get-Help shows it in 80 columns");
        }

        return new Example(number, title.Groups[2].Value, section.Line, setup, code.Lines.ToString(), runs, output?.Lines.ToString(), remarks);
    }

    /// <summary>The script of a comment that is a setup.</summary>
    public static string? Setup(HtmlBlock block) =>
        SetupPattern().Match(block.Lines.ToString()) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"^([0-9]+)\. (.+)$")]
    private static partial Regex TitlePattern();

    [GeneratedRegex(@"^<!-- setup\r?\n(.*?)-->", RegexOptions.Singleline)]
    private static partial Regex SetupPattern();
}
