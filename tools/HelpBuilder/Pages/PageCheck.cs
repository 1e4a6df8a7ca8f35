namespace ConsulMq.HelpBuilder.Pages;

/// <summary>Holds the pages against the cmdlets: each has the other, and the parameters of a page are those of its cmdlet.</summary>
internal static class PageCheck
{
    /// <summary>Adds what does not fit.</summary>
    public static void Compare(IEnumerable<CmdletPage> pages, ModuleShape module, string folder, List<PageFault> faults)
    {
        var missing = module.Cmdlets.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (CmdletPage page in pages)
        {
            missing.Remove(page.Name);
            if (module.Cmdlets.TryGetValue(page.Name, out CmdletShape? cmdlet))
                faults.AddRange(Compare(page, [.. cmdlet.Parameters.Where(p => !p.IsCommon).Select(p => p.Name)]));
            else
                faults.Add(new PageFault(page.File, 1, $"the module has no cmdlet {page.Name}"));
        }

        // A page that could not be read has said what is wrong with it.
        foreach (string name in missing.Where(name => !File.Exists(Path.Combine(folder, name + ".md"))).Order(StringComparer.Ordinal))
            faults.Add(new PageFault(Path.Combine(folder, name + ".md"), 1, "this page is missing"));
    }

    /// <summary>Compares a page with the names of the parameters of its cmdlet, those that all cmdlets have left out.</summary>
    public static IEnumerable<PageFault> Compare(CmdletPage page, IReadOnlyCollection<string> parameters)
    {
        string last = "";
        foreach (Section section in page.Parameters.Sections)
        {
            if (!section.Title.StartsWith('-') || !parameters.Contains(section.Title[1..], StringComparer.Ordinal))
                yield return new PageFault(page.File, section.Line, $"{page.Name} has no parameter {section.Title}");
            if (string.Compare(last, section.Title, StringComparison.OrdinalIgnoreCase) >= 0)
                yield return new PageFault(page.File, section.Line, $"{section.Title} does not stand in the order of the alphabet");
            last = section.Title;
        }

        foreach (string name in parameters.Where(name => page.Parameters.Sections.All(section => section.Title != $"-{name}")))
            yield return new PageFault(page.File, page.Parameters.Line, $"the parameter -{name} is missing");
    }
}
