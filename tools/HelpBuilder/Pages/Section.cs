using Markdig.Syntax;

namespace ConsulMq.HelpBuilder.Pages;

/// <summary>A heading and what follows it, up to the next one of its level.</summary>
/// <param name="Title">The text of the heading.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Blocks">What stands before the first heading of the next level.</param>
/// <param name="Sections">The headings of the next level.</param>
internal sealed record Section(string Title, int Line, List<Block> Blocks, List<Section> Sections);
