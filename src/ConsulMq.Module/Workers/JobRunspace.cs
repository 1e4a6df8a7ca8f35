using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ConsulMq.Workers;

/// <summary>What the runspaces of a worker have in common.</summary>
/// <param name="Block">The script block.</param>
/// <param name="UsingValues">The values of its <c>$using:</c> variables.</param>
/// <param name="Variables">Variables that every runspace begins with: the caller's preferences.</param>
/// <param name="Location">Where the caller is.</param>
/// <param name="Connection">The connection that commands in the block use unless they name one.</param>
internal sealed record JobSetup(JobBlock Block, IDictionary UsingValues, IReadOnlyDictionary<string, object> Variables, string Location, ConsulMqConnection Connection)
{
    /// <summary>The module itself, as it was installed.</summary>
    public static string Module { get; } = FindModule();

    private static string FindModule()
    {
        var assembly = typeof(JobSetup).Assembly.Location;
        var manifest = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(assembly))!, "ConsulMq.psd1");
        return File.Exists(manifest) ? manifest : assembly;
    }
}

/// <summary>A runspace in which a worker's script block runs for one message after the other. Opened when it is first needed.</summary>
internal sealed class JobRunspace(JobSetup setup, Outlet outlet) : IDisposable
{
    private readonly object _gate = new();
    private readonly JobHost _host = new();
    private Runspace? _runspace;
    private PowerShell? _shell;
    private bool _isStopped;

    /// <summary>Runs the script block.</summary>
    /// <returns>Why it failed; null: it did not.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a script block throws is the failure of its message, and not of the worker.")]
    public ErrorRecord? Run(QueueObject item)
    {
        PowerShell? shell = null;
        try
        {
            shell = Prepare(item);
            if (shell is null)
                return Stopped();
            using var streams = new JobStreams(shell, item, outlet);
            shell.EndInvoke(shell.BeginInvoke<PSObject, PSObject>(null, streams.Output));
            // exit and exit 0 say that all is well, as they do to a shell.
            return _host.ExitCode is null or 0 ? null
                : ErrorRecords.Of("ScriptExit", ErrorCategory.OperationStopped, $"The script block called exit {_host.ExitCode}.", item);
        }
        catch (PipelineStoppedException)
        {
            return Stopped();
        }
        catch (Exception e)
        {
            return (e as IContainsErrorRecord)?.ErrorRecord ?? new ErrorRecord(e, e.GetType().Name, ErrorCategory.NotSpecified, item);
        }
        finally
        {
            lock (_gate)
                _shell = null;
            shell?.Dispose();
        }

        ErrorRecord Stopped() => ErrorRecords.Of("ScriptStopped", ErrorCategory.OperationStopped, "The script block was stopped before it had come to its end.", item);
    }

    /// <summary>Stops what runs, without waiting for it, and lets nothing begin any more.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            _shell?.BeginStop(null, null);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _runspace?.Dispose();

    private PowerShell? Prepare(QueueObject item)
    {
        if (_runspace?.RunspaceStateInfo.State != System.Management.Automation.Runspaces.RunspaceState.Opened)
            Open();
        _host.ExitCode = null;
        _runspace!.SessionStateProxy.PSVariable.Set("_", item);
        var shell = PowerShell.Create();
        shell.Runspace = _runspace;
        // Variables of one message are gone with it; global ones stay.
        shell.AddScript(setup.Block.Call, useLocalScope: true).AddArgument(setup.Block.Block).AddArgument(item);
        if (setup.UsingValues.Count > 0)
            shell.AddParameter(UsingValues.Parameter, setup.UsingValues);
        lock (_gate)
        {
            if (!_isStopped)
                return _shell = shell;
        }

        shell.Dispose();
        return null;
    }

    private void Open()
    {
        _runspace?.Dispose();
        var state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([JobSetup.Module]);
        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        _runspace.Open();
        Session.RunspaceState.Of(_runspace).Lend(setup.Connection);
        foreach (var variable in setup.Variables)
            _runspace.SessionStateProxy.SetVariable(variable.Key, variable.Value);
        try
        {
            _runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(setup.Location));
        }
        catch (Exception e) when (e is ProviderInvocationException or System.Management.Automation.DriveNotFoundException or ItemNotFoundException or ProviderNotFoundException)
        {
            // A drive of the caller's session alone. The block runs where PowerShell starts.
        }
    }
}
