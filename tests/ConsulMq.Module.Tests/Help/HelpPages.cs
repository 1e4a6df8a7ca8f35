using ConsulMq.HelpBuilder.Pages;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Help;

/// <summary>The pages that the help is made of.</summary>
internal static class HelpPages
{
    private static readonly Lazy<IReadOnlyDictionary<string, CmdletPage>> Read = new(() =>
        Directory.GetFiles(Path.Combine(Repository.Root, "docs", "cmdlets"), "*.md").Order(StringComparer.Ordinal)
            .Select(CmdletPage.Read).ToDictionary(page => page.Name, StringComparer.Ordinal));

    /// <summary>Those of the cmdlets, by name.</summary>
    public static IReadOnlyDictionary<string, CmdletPage> Cmdlets => Read.Value;

    /// <summary>Those of the topics.</summary>
    public static IEnumerable<AboutPage> Topics =>
        Directory.GetFiles(Path.Combine(Repository.Root, "docs", "about"), "*.md").Order(StringComparer.Ordinal).Select(AboutPage.Read);
}
