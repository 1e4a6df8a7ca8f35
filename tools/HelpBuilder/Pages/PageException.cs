namespace ConsulMq.HelpBuilder.Pages;

/// <summary>Pages that help cannot be made of.</summary>
internal sealed class PageException(IReadOnlyList<PageFault> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    public PageException(string file, int line, string text)
        : this([new PageFault(file, line, text)])
    {
    }

    /// <summary>All that is wrong.</summary>
    public IReadOnlyList<PageFault> Faults => faults;
}
