using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Microsoft.PowerShell;

namespace ConsulMq.HelpBuilder;

/// <summary>A built module, imported through its manifest as users do.</summary>
/// <param name="Cmdlets">What it exports, by name.</param>
/// <param name="Project">The address of the project that the manifest names; null: it names none.</param>
internal sealed record ModuleShape(IReadOnlyDictionary<string, CmdletShape> Cmdlets, string? Project)
{
    /// <summary>The one file in which the engine looks for the help of all cmdlets.</summary>
    public string HelpFile => Cmdlets.Values.Select(cmdlet => cmdlet.HelpFile).Distinct().Single();

    /// <summary>The page of a cmdlet on the web; null: nobody knows where.</summary>
    public string? PageOf(string name) => Project is null ? null : $"{Project.TrimEnd('/')}/blob/main/docs/cmdlets/{name}.md";

    /// <summary>Imports a module and looks at its cmdlets.</summary>
    /// <param name="folder">The folder of the module, with its one manifest.</param>
    public static ModuleShape Read(string folder)
    {
        string manifest = Directory.GetFiles(Path.GetFullPath(folder), "*.psd1").Single();
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        using Runspace runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        var module = (PSModuleInfo)shell.AddCommand("Import-Module")
            .AddParameter("Name", manifest)
            .AddParameter("PassThru").AddParameter("ErrorAction", ActionPreference.Stop)
            .Invoke().Single().BaseObject;
        return new ModuleShape(
            module.ExportedCmdlets.Values.ToDictionary(cmdlet => cmdlet.Name, cmdlet => new CmdletShape(cmdlet), StringComparer.Ordinal),
            ((module.PrivateData as Hashtable)?["PSData"] as Hashtable)?["ProjectUri"] as string);
    }
}
