namespace ConsulMq.TestSupport;

/// <summary>The folders of the project that the running assembly was built from.</summary>
public static class Repository
{
    /// <summary>The folder of <c>ConsulMq.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>
    /// The folder of the module that is tested, as a user would have it on the module path: <c>CONSULMQ_TEST_MODULE</c>, else what was built last.
    /// </summary>
    public static string ModuleFolder { get; } = Environment.GetEnvironmentVariable("CONSULMQ_TEST_MODULE") is { Length: > 0 } folder
        ? Path.GetFullPath(folder)
        : Path.Combine(Root, "out", "ConsulMq");

    /// <summary>The folder that finds the module by its name when it is on the module path: above <c>ConsulMq</c>, or above <c>ConsulMq/VERSION</c>.</summary>
    public static string ModulePath => Path.GetDirectoryName(
        Version.TryParse(Path.GetFileName(ModuleFolder), out _) ? Path.GetDirectoryName(ModuleFolder)! : ModuleFolder)!;

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ConsulMq.sln")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds ConsulMq.sln.");
    }
}
