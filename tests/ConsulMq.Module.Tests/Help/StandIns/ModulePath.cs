namespace ConsulMq.Module.Tests.Help.StandIns;

/// <summary>Where the stand-ins are found as what they stand in for is: as a module, by the name of a command, also in the runspaces of a worker.</summary>
internal static class ModulePath
{
    private static readonly Lazy<bool> Added = new(() =>
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Help", "StandIns");
        Environment.SetEnvironmentVariable("PSModulePath", $"{Environment.GetEnvironmentVariable("PSModulePath")}{Path.PathSeparator}{folder}");
        return true;
    });

    /// <summary>Puts them at the end of the module path of this process.</summary>
    public static void Add() => _ = Added.Value;
}
