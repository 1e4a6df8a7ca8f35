using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests;

/// <summary>Which of the module's builds is tested.</summary>
internal static class TestedBuild
{
    /// <summary>The folder of the build for Windows PowerShell.</summary>
    public const string Desktop = "netstandard2.0";

    /// <summary>The folder of the build for PowerShell 7.</summary>
    public const string Core = "net8.0";

    /// <summary>The name of a trait, for tests that come out the same whichever build is there: <see cref="Any"/>.</summary>
    public const string Trait = "Build";

    /// <summary>They run once.</summary>
    public const string Any = "Any";

    /// <summary>Whether it is the build for Windows PowerShell, alone in its folder.</summary>
    public static bool IsDesktop { get; } = !Directory.Exists(Path.Combine(Repository.ModuleFolder, Core));

    /// <summary>The folder of the one that is loaded.</summary>
    public static string Folder => Path.Combine(Repository.ModuleFolder, IsDesktop ? Desktop : Core);
}
