using System.Management.Automation;
using ConsulMq.Parameters;
using ConsulMq.Session;

namespace ConsulMq.Commands;

/// <summary>Stops Consuls that <c>Start-ConsulMqDevAgent</c> started in this runspace. Their data was in memory and goes with them.</summary>
[Cmdlet(VerbsLifecycle.Stop, "ConsulMqDevAgent", DefaultParameterSetName = "All", SupportsShouldProcess = true)]
public sealed class StopDevAgentCommand : ConsulMqCmdlet
{
    /// <summary>What <c>Start-ConsulMqDevAgent</c> returned. Default: all of this runspace.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Agent")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public ConsulMqDevAgent[] Agent { get; set; } = [];

    /// <summary>Process IDs of Consul.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Id")]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public int[] ProcessId { get; set; } = [];

    private protected override void Process()
    {
        var known = RunspaceState.Current.DevAgents;
        var agents = ParameterSetName switch
        {
            "Agent" => Agent,
            "Id" => ProcessId.Select(Find).OfType<ConsulMqDevAgent>(),
            _ => known,
        };
        foreach (var agent in agents.ToArray())
        {
            if (!ShouldProcess($"Consul at {agent.Address} (process {agent.ProcessId})", "Stop"))
                continue;
            Leave(agent);
            agent.Stop();
            known.Remove(agent);
            WriteVerbose($"Consul at {agent.Address} is stopped.");
        }
    }

    /// <summary>A current connection to it would only meet nobody; the next command shall make a new one.</summary>
    private static void Leave(ConsulMqDevAgent agent)
    {
        var state = RunspaceState.Current;
        if (state.Connection is { } connection && connection.Address == agent.Address)
        {
            state.Connection = null;
            connection.Dispose();
        }
    }

    private ConsulMqDevAgent? Find(int id)
    {
        var agent = RunspaceState.Current.DevAgents.FirstOrDefault(agent => agent.ProcessId == id);
        if (agent is null)
            WriteError(ErrorRecords.Of("DevAgentNotFound", ErrorCategory.ObjectNotFound, $"No Consul with process ID {id} was started in this runspace by Start-ConsulMqDevAgent.", id));
        return agent;
    }
}
