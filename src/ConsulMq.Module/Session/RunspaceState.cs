using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using ConsulMq.Consul;

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
    private bool _hasFailed;
    private (ConsulOptions Options, ConsulMqConnection Connection)? _spare;

    /// <summary>The state of the runspace that this thread runs for.</summary>
    public static RunspaceState Current => Of(Runspace.DefaultRunspace);

    /// <summary>Whether the current connection is that of another runspace, which alone ends it.</summary>
    public bool IsLent { get; private set; }

    /// <summary>The state of a runspace.</summary>
    public static RunspaceState Of(Runspace key) => States.GetValue(key, static runspace =>
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
                (_connection, IsLent, _hasFailed) = (value, false, false);
        }
    }

    /// <summary>Makes a new connection the current one.</summary>
    /// <returns>The one before, if it was this runspace's own.</returns>
    public ConsulMqConnection? Replace(ConsulMqConnection connection)
    {
        lock (_gate)
        {
            var former = IsLent ? null : _connection;
            (_connection, IsLent, _hasFailed) = (connection, false, false);
            return former;
        }
    }

    /// <summary>Makes the connection of another runspace the current one of this.</summary>
    public void Lend(ConsulMqConnection connection)
    {
        lock (_gate)
            (_connection, IsLent, _hasFailed) = (connection, true, false);
    }

    /// <summary>
    /// A connection that somebody asked for was not made. Until one is, there is none: what is meant for that Consul must not go to another one, neither the one from
    /// before nor the one that the environment names.
    /// </summary>
    public void Fail()
    {
        lock (_gate)
            (_connection, IsLent, _hasFailed) = (null, false, true);
    }

    /// <summary>The current connection; made from Consul's environment variables if there is none. Nothing is sent.</summary>
    /// <param name="warn">Told what is not safe about a new one.</param>
    /// <exception cref="NotConnectedException">The last one that was asked for was not made.</exception>
    public ConsulMqConnection GetOrConnect(Action<string>? warn = null)
    {
        IReadOnlyList<string> warnings;
        ConsulMqConnection connection;
        lock (_gate)
        {
            if (_connection is { IsClosed: false })
                return _connection;
            if (_hasFailed)
                throw new NotConnectedException();
            var options = ConnectionFactory.Environment();
            warnings = options.Warnings();
            (_connection, IsLent) = (ConnectionFactory.Http(options, ConnectionFactory.Settings), false);
            connection = _connection;
        }

        foreach (var warning in warnings)
            warn?.Invoke(warning);
        return connection;
    }

    /// <summary>
    /// The current connection; where there is none, one to where the next command would connect, if it would, which nobody else ever gets: a key press decides
    /// nothing. Nothing is sent.
    /// </summary>
    public ConsulMqConnection? ForCompletion()
    {
        lock (_gate)
        {
            if (_connection is { IsClosed: false })
                return _connection;
            if (_hasFailed)
                return null;
            var options = ConnectionFactory.Environment();
            if (_spare is not { } spare || spare.Options != options)
            {
                DropSpare();
                _spare = spare = (options, ConnectionFactory.Http(options, ConnectionFactory.Settings));
            }

            return spare.Connection;
        }
    }

    private void DropSpare()
    {
        if (_spare is { Connection: { } connection })
            _ = Task.Run(connection.Dispose);
        _spare = null;
    }

    /// <summary>Ends all that lives here.</summary>
    public void Clear()
    {
        ConsulMqConnection? connection;
        lock (_gate)
        {
            connection = IsLent ? null : _connection;
            _connection = null;
            DropSpare();
        }

        connection?.Dispose();
        foreach (var agent in DevAgents.ToArray())
            agent.Stop();
        DevAgents.Clear();
    }
}
