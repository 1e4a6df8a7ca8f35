using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests;

/// <summary>A PowerShell session with the built module imported through its manifest.</summary>
public sealed class ModuleRunspace : IDisposable
{
    /// <summary>So many objects of a script's output are looked through for secrets.</summary>
    private const int MostKept = 50;

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
    public PowerShell CreateShell()
    {
        var shell = PowerShell.Create(_runspace);
        Keep(shell.Streams.Error);
        Keep(shell.Streams.Warning);
        Keep(shell.Streams.Verbose);
        Keep(shell.Streams.Debug);
        Keep(shell.Streams.Information);
        Keep(shell.Streams.Progress);
        return shell;
    }

    /// <summary>Runs a script. Its parameters, if it has any, are given by name.</summary>
    /// <exception cref="RuntimeException">The script ended with a terminating error.</exception>
    public ScriptResult Run(string script, IDictionary? parameters = null, IEnumerable? input = null)
    {
        using PowerShell shell = CreateShell();
        shell.AddScript(script, useLocalScope: true);
        if (parameters is not null)
            shell.AddParameters(parameters);
        var output = input is null ? shell.Invoke() : shell.Invoke(input);
        foreach (var item in output.Take(MostKept))
            TestOutput.Keep(Dump.Of(item));
        return new ScriptResult(
            output,
            [.. shell.Streams.Error],
            [.. shell.Streams.Warning.Select(w => w.Message)],
            [.. shell.Streams.Verbose.Select(v => v.Message)]);
    }

    /// <inheritdoc />
    public void Dispose() => _runspace.Dispose();

    /// <summary>What is written to a stream is looked through for secrets in the end.</summary>
    private static void Keep<T>(PSDataCollection<T> stream)
    {
        var count = 0;
        stream.DataAdded += (_, added) =>
        {
            if (Interlocked.Increment(ref count) <= MostKept * 10)
                TestOutput.Keep(Dump.Of(stream[added.Index]));
        };
    }

    private void Import()
    {
        string manifest = Path.Combine(Repository.ModuleFolder, "ConsulMq.psd1");
        if (!File.Exists(manifest))
            throw new FileNotFoundException($"There is no {manifest}. Run ./build.sh first: it lays the module out.");
        using PowerShell shell = CreateShell();
        shell.AddCommand("Import-Module").AddParameter("Name", manifest).AddParameter("ErrorAction", ActionPreference.Stop).Invoke();
    }
}
