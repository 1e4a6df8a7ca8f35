using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace ConsulMq.Session;

/// <summary>
/// What the module remembers between commands, one for each runspace: two runspaces never share a connection unless the user passes it. It goes
/// with the runspace.
/// </summary>
internal sealed class RunspaceState
{
    private static readonly ConditionalWeakTable<Runspace, RunspaceState> States = new();

    private readonly object _gate = new();
    private ConsulMqConnection? _connection;

    /// <summary>The state of the runspace that this thread runs for.</summary>
    public static RunspaceState Current => States.GetValue(Runspace.DefaultRunspace, static runspace =>
    {
        var state = new RunspaceState();
        runspace.StateChanged += (_, change) =>
        {
            if (change.RunspaceStateInfo.State is System.Management.Automation.Runspaces.RunspaceState.Closed or System.Management.Automation.Runspaces.RunspaceState.Broken)
                state.Clear();
        };
        return state;
    });

    /// <summary>The local Consuls that were started here and still run, as far as is known.</summary>
    public List<ConsulMqDevAgent> DevAgents { get; } = [];

    /// <summary>The current connection, if there is one.</summary>
    public ConsulMqConnection? Connection
    {
        get
        {
            lock (_gate)
                return _connection;
        }

        set
        {
            // The one before is not disposed: the user may hold it in a variable.
            lock (_gate)
                _connection = value;
        }
    }

    /// <summary>The current connection; made from Consul's environment variables if there is none. Nothing is sent.</summary>
    public ConsulMqConnection GetOrConnect()
    {
        lock (_gate)
            return _connection is { IsClosed: false } ? _connection : _connection = ConnectionFactory.FromEnvironment();
    }

    /// <summary>Ends all that lives here.</summary>
    public void Clear()
    {
        ConsulMqConnection? connection;
        lock (_gate)
            (connection, _connection) = (_connection, null);
        connection?.Dispose();
        foreach (var agent in DevAgents.ToArray())
            agent.Stop();
        DevAgents.Clear();
    }
}
