using System.Management.Automation;
using ConsulMq.Consul;
using ConsulMq.DevAgent;
using ConsulMq.Parameters;
using ConsulMq.Session;

namespace ConsulMq.Commands;

/// <summary>
/// Starts a Consul for development on this machine, on free ports, with its data in memory, and connects this runspace to it. It ends with
/// <c>Stop-ConsulMqDevAgent</c>, and in any case with this PowerShell.
/// </summary>
[Cmdlet(VerbsLifecycle.Start, "ConsulMqDevAgent")]
[OutputType(typeof(ConsulMqDevAgent))]
public sealed class StartDevAgentCommand : ConsulMqCmdlet
{
    /// <summary>The consul program. Default: the one that the variable <c>CONSULMQ_CONSUL</c> names, else the one in PATH.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The port for HTTP. Default: any free one.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int Port { get; set; }

    /// <summary>How long Consul may take to come up: a TimeSpan, seconds, or like <c>30s</c>. Default: 30 seconds.</summary>
    [Parameter]
    [Duration]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Start it only; the current connection stays as it is.</summary>
    [Parameter]
    public SwitchParameter NoConnect { get; set; }

    private protected override object? Target => Path;

    private protected override void Begin()
    {
        var program = Program();
        WriteVerbose($"Starting Consul {program.Version} from {program.Path}.");
        var agent = Start(program);
        var state = RunspaceState.Current;
        state.DevAgents.Add(agent);
        if (!NoConnect)
            state.Connection = Connect(agent);
        WriteVerbose($"Consul is ready at {agent.Address}; its UI is there too.");
        WriteObject(agent);
    }

    private ConsulMqDevAgent Start(ConsulProgram program)
    {
        var starting = AgentStart.StartAsync(program, Port, Timeout, StopToken);
        try
        {
            return Await(starting);
        }
        catch (PipelineStoppedException)
        {
            _ = starting.ContinueWith(static started => started.Result.Stop(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
        catch (InvalidOperationException e) when (starting.IsFaulted)
        {
            ThrowTerminatingError(ErrorRecords.Of("DevAgentFailed", ErrorCategory.OpenError, e.Message, program.Path, e));
            throw;
        }
    }

    private ConsulMqConnection Connect(ConsulMqDevAgent agent)
    {
        var connection = ConnectionFactory.Http(new ConsulOptions { Address = agent.Address }, ConnectionFactory.Settings);
        Await(connection.SelfAsync(StopToken));
        return connection;
    }

    private ConsulProgram Program()
    {
        var path = Path is null ? ConsulProgram.Find() : GetUnresolvedProviderPathFromPSPath(Path);
        if (path is null || !File.Exists(path))
        {
            ThrowTerminatingError(ErrorRecords.Of("ConsulNotFound", ErrorCategory.ObjectNotFound,
                path is null ? "No consul program was found, neither by the variable CONSULMQ_CONSUL nor in PATH." : $"There is no program '{path}'.", path ?? "consul",
                action: "Get Consul from https://developer.hashicorp.com/consul/install and name it with -Path, or use Connect-ConsulMq -InMemory, which needs none."));
        }

        var program = ConsulProgram.Ask(path!);
        if (program is null)
            ThrowTerminatingError(ErrorRecords.Of("ConsulNotFound", ErrorCategory.ObjectNotFound, $"'{path}' is not a consul program that runs on this machine: it does not tell its version.", path));
        return program!;
    }
}
