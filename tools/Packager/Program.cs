namespace ConsulMq.Packager;

/// <summary>The command line.</summary>
internal static class Program
{
    private const string Usage =
        """
        usage: Packager pack ROOT MODULE OUT    packs the module that lies in folder MODULE, and the library that was built in the tree ROOT
               Packager install FEED MODULES    installs the module from the packages in folder FEED as PowerShell's clients do
        """;

    public static async Task<int> Main(string[] args)
    {
        try
        {
            switch (args)
            {
                case ["pack", var root, var module, var output]:
                    foreach (var file in await PackagingTask.PackAsync(Path.GetFullPath(root), Path.GetFullPath(module), Path.GetFullPath(output)))
                        Console.WriteLine(file);
                    return 0;
                case ["install", var feed, var modules]:
                    Console.WriteLine(await FolderFeed.InstallAsync(Path.GetFullPath(feed), Path.GetFullPath(modules)));
                    return 0;
                default:
                    Console.Error.WriteLine(Usage);
                    return 2;
            }
        }
        catch (PackagingException e)
        {
            Console.Error.WriteLine($"package: {e.Message}");
            return 1;
        }
    }
}
