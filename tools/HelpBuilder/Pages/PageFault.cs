namespace ConsulMq.HelpBuilder.Pages;

/// <summary>What is wrong with a page, and where.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Text">What is wrong.</param>
internal sealed record PageFault(string File, int Line, string Text)
{
    /// <summary>As compilers write it.</summary>
    public override string ToString() => $"{File}:{Line}: {Text}";
}
