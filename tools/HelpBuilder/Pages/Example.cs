using Markdig.Syntax;

namespace ConsulMq.HelpBuilder.Pages;

/// <summary>An example of a page.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Title">Without the number.</param>
/// <param name="Line">The line of its heading, from 1.</param>
/// <param name="Setup">What has to run before it, unseen; empty: nothing.</param>
/// <param name="Code">What a user types.</param>
/// <param name="Runs">Whether it can run anywhere; otherwise a comment says why not.</param>
/// <param name="Output">What it shows; null: the page does not say.</param>
/// <param name="Remarks">What stands behind the code, with the output in its place.</param>
internal sealed record Example(
    int Number, string Title, int Line, string Setup, string Code, bool Runs, string? Output, IReadOnlyList<Block> Remarks);
