using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests;

/// <summary>A PowerShell session with the built module imported through its manifest.</summary>
public sealed class ModuleRunspace : IDisposable
{
    private readonly Runspace _runspace;

    /// <summary>Opens a session and imports the module.</summary>
    public ModuleRunspace()
    {
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;
        _runspace = RunspaceFactory.CreateRunspace(state);
        _runspace.Open();
        Import();
    }

    /// <summary>Creates a shell in the session, for tests that stop it or read its streams while it runs.</summary>
    public PowerShell CreateShell() => PowerShell.Create(_runspace);

    /// <summary>Runs a script. Its parameters, if it has any, are given by name.</summary>
    /// <exception cref="RuntimeException">The script ended with a terminating error.</exception>
    public ScriptResult Run(string script, IDictionary? parameters = null, IEnumerable? input = null)
    {
        using PowerShell shell = CreateShell();
        shell.AddScript(script, useLocalScope: true);
        if (parameters is not null)
            shell.AddParameters(parameters);
        return new ScriptResult(
            input is null ? shell.Invoke() : shell.Invoke(input),
            [.. shell.Streams.Error],
            [.. shell.Streams.Warning.Select(w => w.Message)],
            [.. shell.Streams.Verbose.Select(v => v.Message)]);
    }

    /// <inheritdoc />
    public void Dispose() => _runspace.Dispose();

    private void Import()
    {
        string manifest = Path.Combine(Repository.ModuleFolder, "ConsulMq.psd1");
        if (!File.Exists(manifest))
            throw new FileNotFoundException($"There is no {manifest}. Run ./build.sh first: it lays the module out.");
        using PowerShell shell = CreateShell();
        shell.AddCommand("Import-Module").AddParameter("Name", manifest).AddParameter("ErrorAction", ActionPreference.Stop).Invoke();
    }
}
