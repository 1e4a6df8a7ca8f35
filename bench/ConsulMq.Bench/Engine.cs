using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ConsulMq.Bench;

/// <summary>The PowerShell engine with the built module in it, loaded as users load it.</summary>
internal sealed class Engine : IDisposable
{
    private readonly Runspace _runspace;

    public Engine(string manifest)
    {
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;
        _runspace = RunspaceFactory.CreateRunspace(state);
        _runspace.Open();
        Run("param($path) Import-Module $path", ("path", manifest));
    }

    /// <summary>Runs a script and gives what it gave. Its first error is an exception.</summary>
    public IReadOnlyList<PSObject> Run(string script, params (string Name, object Value)[] arguments)
    {
        using var shell = PowerShell.Create(_runspace);
        shell.AddScript(script);
        foreach (var (name, value) in arguments)
            shell.AddParameter(name, value);
        var output = shell.Invoke();
        return shell.Streams.Error.Count == 0 ? output : throw new InvalidOperationException(shell.Streams.Error[0].ToString(), shell.Streams.Error[0].Exception);
    }

    public void Dispose() => _runspace.Dispose();
}
