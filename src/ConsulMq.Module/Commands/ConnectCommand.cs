using System.Management.Automation;
using System.Security;
using ConsulMq.Consul;
using ConsulMq.Parameters;
using ConsulMq.Session;

namespace ConsulMq.Commands;

/// <summary>
/// Connects to a Consul and makes that the current connection of this runspace. What is not given comes from Consul's own environment variables
/// (<c>CONSUL_HTTP_ADDR</c>, <c>CONSUL_HTTP_TOKEN</c>, ...), then from Consul's defaults. One request tells at once whether address and token are right,
/// another one registers this process with the Consul agent, so that others can see who is connected.
/// </summary>
[Cmdlet(VerbsCommunications.Connect, "ConsulMq", DefaultParameterSetName = "Consul")]
[OutputType(typeof(ConsulMqConnection))]
public sealed class ConnectCommand : ConsulMqCmdlet
{
    /// <summary>How long an agent that does not answer may keep the command. Usually a few milliseconds are enough.</summary>
    private static readonly TimeSpan AgentPatience = TimeSpan.FromSeconds(2);

    /// <summary>Where Consul is: <c>host:port</c>, a host alone (port 8500), a URL, <c>unix:///path</c>, or what <c>Start-ConsulMqDevAgent</c> returned. Default: <c>CONSUL_HTTP_ADDR</c>, else <c>127.0.0.1:8500</c>.</summary>
    [Parameter(Position = 0, ParameterSetName = "Consul")]
    [ValidateNotNullOrEmpty]
    [Address]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public string? Address { get; set; }

    /// <summary>The ACL token: a SecureString, a credential (its password), or a string. Default: what is in the file that <c>CONSUL_HTTP_TOKEN_FILE</c> names, else <c>CONSUL_HTTP_TOKEN</c>.</summary>
    [Parameter(ParameterSetName = "Consul")]
    [Secret]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    /// <summary>A file that holds the ACL token and nothing else. That others can read it is a warning. Default: <c>CONSUL_HTTP_TOKEN_FILE</c>.</summary>
    [Parameter(ParameterSetName = "Consul")]
    [ValidateNotNullOrEmpty]
    public string? TokenFile { get; set; }

    /// <summary>The datacenter whose queues to use. Default: that of the agent.</summary>
    [Parameter(ParameterSetName = "Consul")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public string? Datacenter { get; set; }

    /// <summary>The namespace (Consul Enterprise). Default: <c>CONSUL_NAMESPACE</c>.</summary>
    [Parameter(ParameterSetName = "Consul")]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>The admin partition (Consul Enterprise). Default: <c>CONSUL_PARTITION</c>.</summary>
    [Parameter(ParameterSetName = "Consul")]
    [ValidateNotNullOrEmpty]
    public string? Partition { get; set; }

    /// <summary>A file with the certificates of the authorities to trust, in PEM. Default: <c>CONSUL_CACERT</c>, else those of the system.</summary>
    [Parameter(ParameterSetName = "Consul")]
    [ValidateNotNullOrEmpty]
    public string? CaCertificate { get; set; }

    /// <summary>A file with the client certificate: PEM, or PFX (<c>.pfx</c>, <c>.p12</c>; the only one for Windows PowerShell 5.1). Default: <c>CONSUL_CLIENT_CERT</c>.</summary>
    [Parameter(ParameterSetName = "Consul")]
    [ValidateNotNullOrEmpty]
    public string? ClientCertificate { get; set; }

    /// <summary>A file with the client certificate's key, in PEM. Default: <c>CONSUL_CLIENT_KEY</c>, else the certificate's own file.</summary>
    [Parameter(ParameterSetName = "Consul")]
    [ValidateNotNullOrEmpty]
    public string? ClientKey { get; set; }

    /// <summary>The password of a PFX file: a SecureString, a credential, or a string.</summary>
    [Parameter(ParameterSetName = "Consul")]
    [Secret]
    [ValidateNotNull]
    public SecureString? ClientCertificatePassword { get; set; }

    /// <summary>The name to expect in the server's certificate. Default: <c>CONSUL_TLS_SERVER_NAME</c>, else the host of the address.</summary>
    [Parameter(ParameterSetName = "Consul")]
    [ValidateNotNullOrEmpty]
    public string? TlsServerName { get; set; }

    /// <summary>Trust any certificate of the server: for trying out only.</summary>
    [Parameter(ParameterSetName = "Consul")]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>A new Consul inside this process, without any other: for trying out and for testing scripts. Its queues go with the connection.</summary>
    [Parameter(ParameterSetName = "InMemory", Mandatory = true)]
    public SwitchParameter InMemory { get; set; }

    /// <summary>The key prefix under which all queues lie. Default: <c>consulmq</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public string? Prefix { get; set; }

    /// <summary>The queue that commands mean when they name none. Default: <c>consulmq</c>.</summary>
    [Parameter]
    [QueueName]
    [ArgumentCompleter(typeof(QueueNameCompleter))]
    public string? DefaultQueue { get; set; }

    /// <summary>How long a command keeps trying while Consul does not answer: a TimeSpan, seconds, or like <c>30s</c>. Default: 15 seconds.</summary>
    [Parameter]
    [Duration]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan? Timeout { get; set; }

    /// <summary>
    /// How soon leased messages come back after this process has died: within two of these times. 10 seconds to 24 hours, as a TimeSpan, seconds, or like
    /// <c>30s</c>. A connection that is cut off for longer loses its leases. Default: 15 seconds.
    /// </summary>
    [Parameter]
    [Duration]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public TimeSpan? SessionTtl { get; set; }

    /// <summary>
    /// Do not register this process as an instance of service <c>consulmq</c> at the Consul agent, where <c>Get-ConsulMqNode</c> and Consul's own UI show who is
    /// connected. Right for an address behind which there is not always the same agent.
    /// </summary>
    [Parameter]
    public SwitchParameter NoRegister { get; set; }

    private protected override object? Target => Address is null ? null : Consul.Http.ConsulEndpoint.WithoutSecrets(Address);

    private protected override void Begin()
    {
        ConsulMqConnection connection;
        try
        {
            connection = Connect();
        }
        catch when (!StopToken.IsCancellationRequested)
        {
            RunspaceState.Current.Fail();
            throw;
        }

        // The same process in the same place: it is listed once, as it is connected now. Whoever holds the former connection can go on using it.
        if (RunspaceState.Current.Replace(connection) is { } former && !InMemory && former.ToString() == connection.ToString())
            Await(Task.Run(former.UnregisterNode));
        WriteObject(connection);
    }

    private ConsulMqConnection Connect()
    {
        var settings = Settings();
        var options = InMemory ? null : Options();
        foreach (var warning in options?.Warnings() ?? [])
            WriteWarning(warning);
        var connection = options is null ? ConnectionFactory.InMemory(settings) : ConnectionFactory.Http(options, settings);
        try
        {
            _ = connection.Queue();
            Greet(connection);
            if (!NoRegister)
                Register(connection);
        }
        catch
        {
            // An agent that does not answer holds up the end for a moment, which Ctrl-C does not wait for.
            if (StopToken.IsCancellationRequested)
                _ = Task.Run(connection.Dispose);
            else
                connection.Dispose();
            throw;
        }

        return connection;
    }

    private void Greet(ConsulMqConnection connection)
    {
        try
        {
            var self = Await(connection.SelfAsync(StopToken));
            WriteVerbose($"Connected to Consul {self.Version} at {connection.Address}, node '{self.Node}', datacenter '{self.Datacenter}'.");
            // The agent knows itself. Whether it knows a way to another datacenter shows at the keys.
            if (connection.Datacenter != self.Datacenter)
                Await(connection.ProveTokenAsync(StopToken));
        }
        catch (ConsulMqException e) when (e.Error == ConsulMqError.AclDenied)
        {
            // A token for keys alone may not ask the agent who it is, and needs not. Whether it is a token at all shows at the keys.
            Await(connection.ProveTokenAsync(StopToken));
            WriteVerbose($"Connected to Consul at {connection.Address}. The token may not read the agent (agent:read), so its version and datacenter are unknown.");
        }
    }

    /// <summary>Tells who is here. Not to be able to is no reason not to work.</summary>
    private void Register(ConsulMqConnection connection)
    {
        try
        {
            if (!Await(connection.RegisterNodeAsync(ThisNode.Describe(this), AgentPatience, StopToken)))
                WriteWarning($"The agent at {connection.Address} has not yet registered this process as a node, which is tried on. The queues can be used. Without it: -NoRegister.");
        }
        catch (ConsulMqException e)
        {
            WriteWarning($"This process is not registered as a node, so Get-ConsulMqNode does not show it; the queues can be used. {e.Message} Without it: -NoRegister.");
        }
    }

    private ConnectionSettings Settings()
    {
        var settings = ConnectionFactory.Settings;
        if (Timeout <= TimeSpan.Zero)
            ThrowTerminatingError(ErrorRecords.Of("InvalidTimeout", ErrorCategory.InvalidArgument, "-Timeout has to be longer than zero.", Timeout));
        if (SessionTtl < TimeSpan.FromSeconds(10) || SessionTtl > TimeSpan.FromHours(24))
            ThrowTerminatingError(ErrorRecords.Of("InvalidSessionTtl", ErrorCategory.InvalidArgument, "-SessionTtl has to be 10 seconds to 24 hours: Consul allows no others.", SessionTtl));
        return settings with
        {
            Prefix = Prefix?.Trim('/') ?? settings.Prefix,
            DefaultQueue = DefaultQueue ?? settings.DefaultQueue,
            Timeout = Timeout ?? settings.Timeout,
            SessionTtl = SessionTtl ?? settings.SessionTtl,
        };
    }

    private ConsulOptions Options()
    {
        if (Token is not null && TokenFile is not null)
            ThrowTerminatingError(ErrorRecords.Of("InvalidConnectionSettings", ErrorCategory.InvalidArgument, "-Token and -TokenFile exclude each other.", TokenFile));
        // Where a token is given, those of the environment are not looked at, right or wrong.
        var options = ConnectionFactory.Environment(Token is null && TokenFile is null);
        if (Path(TokenFile) is { } file)
            options = ConnectionFactory.WithTokenFile(options, file, "-TokenFile");
        return options with
        {
            Address = Address ?? options.Address,
            Token = Token is null ? options.Token : SecretAttribute.Reveal(Token),
            Datacenter = Datacenter ?? options.Datacenter,
            Namespace = Namespace ?? options.Namespace,
            Partition = Partition ?? options.Partition,
            CaFile = Path(CaCertificate) ?? options.CaFile,
            ClientCertificate = Path(ClientCertificate) ?? options.ClientCertificate,
            ClientKey = Path(ClientKey) ?? options.ClientKey,
            ClientCertificatePassword = ClientCertificatePassword is null ? null : SecretAttribute.Reveal(ClientCertificatePassword),
            TlsServerName = TlsServerName ?? options.TlsServerName,
            SkipCertificateCheck = MyInvocation.BoundParameters.ContainsKey(nameof(SkipCertificateCheck)) ? SkipCertificateCheck : options.SkipCertificateCheck,
        };
    }

    /// <summary>The user's location is PowerShell's, which .NET does not know.</summary>
    private string? Path(string? path) => path is null ? null : GetUnresolvedProviderPathFromPSPath(path);
}
