using System.Management.Automation;
using System.Management.Automation.Runspaces;
using ConsulMq.Module.Tests.Help.StandIns;
using ConsulMq.TestSupport;
using Microsoft.PowerShell;

namespace ConsulMq.Module.Tests.Help;

/// <summary>What a reader has who tries out a page: a new PowerShell with the module, an empty folder, and a screen of 80 columns.</summary>
internal sealed class ExampleSession : IDisposable
{
    /// <summary>No example takes nearly as long.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("consulmq-example-").FullName;
    private readonly ScreenHost _host = new();
    private readonly Runspace _runspace;

    /// <summary>Opens it.</summary>
    public ExampleSession()
    {
        ModulePath.Add();
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        state.ImportPSModule([Path.Combine(Repository.ModuleFolder, "ConsulMq.psd1")]);
        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.Open();
        _runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(_folder));
    }

    /// <summary>Connects as the reader is expected to have done, to a place where there is no queue.</summary>
    public void Connect(string address) => RunUnseen($"$null = Connect-ConsulMq '{address}' -Prefix '{ConsulFixture.NewPrefix()}'");

    /// <summary>Runs what a page does not show. It has no output.</summary>
    public void RunUnseen(string script) => Assert.Equal("", Run(script).Trim());

    /// <summary>Runs what a page shows, and returns what the reader sees. There is no error and no warning.</summary>
    public string Run(string script)
    {
        using var shell = PowerShell.Create(_runspace);
        shell.AddScript(script, useLocalScope: false).AddCommand("Out-Default");
        IAsyncResult running = shell.BeginInvoke();
        if (!running.AsyncWaitHandle.WaitOne(Limit))
        {
            shell.Stop();
            throw new TimeoutException($"It takes more than {Limit.TotalSeconds} seconds. So far it wrote:\n{_host.TakeText()}");
        }

        shell.EndInvoke(running);
        Assert.Equal("", string.Join("\n", shell.Streams.Error.Select(error => $"{error.FullyQualifiedErrorId}: {error}")));
        Assert.Equal("", string.Join("\n", shell.Streams.Warning.Select(warning => warning.Message)));
        return _host.TakeText();
    }

    /// <summary>Ends it, with everything that runs in it.</summary>
    public void Dispose()
    {
        _runspace.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
