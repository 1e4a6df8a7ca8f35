namespace ConsulMq.Consul;

/// <summary>Where Consul is, and how to speak to it. The names and defaults are those of Consul's own clients.</summary>
public sealed record ConsulOptions
{
    /// <summary>Consul's own default address.</summary>
    public const string DefaultAddress = "127.0.0.1:8500";

    /// <summary>
    /// <c>host:port</c>, <c>http://host:port</c>, <c>https://host:port</c> (either with a path in front of <c>/v1</c>, for a reverse proxy), or
    /// <c>unix:///path</c>. Default: <see cref="DefaultAddress"/>.
    /// </summary>
    public string Address { get; init; } = DefaultAddress;

    /// <summary>Speak TLS whatever the address says, as <c>CONSUL_HTTP_SSL</c> asks.</summary>
    public bool UseTls { get; init; }

    /// <summary>The ACL token. Never shown.</summary>
    public string? Token { get; init; }

    /// <summary>The file that <see cref="Token"/> was read from; null: from none. Nothing is read from it again.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The datacenter; null: the agent's own.</summary>
    public string? Datacenter { get; init; }

    /// <summary>The namespace (Consul Enterprise); null: the token's own.</summary>
    public string? Namespace { get; init; }

    /// <summary>The admin partition (Consul Enterprise); null: the agent's own.</summary>
    public string? Partition { get; init; }

    /// <summary>A PEM file with the certificates of the authorities to trust; null: the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>A directory of such files; <see cref="CaFile"/> goes before it.</summary>
    public string? CaPath { get; init; }

    /// <summary>The client's certificate: PEM (with <see cref="ClientKey"/>), or PFX (<c>.pfx</c>, <c>.p12</c>). Windows PowerShell 5.1 takes PFX only.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>The PEM file of the client certificate's private key; null: it is in <see cref="ClientCertificate"/>.</summary>
    public string? ClientKey { get; init; }

    /// <summary>The password of a PFX file. Never shown.</summary>
    public string? ClientCertificatePassword { get; init; }

    /// <summary>The name the server's certificate must carry; null: the host of the address. Not on Windows PowerShell 5.1.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Accept any server certificate. Anyone in between can read and change all.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>How long one request may take; the wait of a blocking query comes on top. Default: 10 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The largest listing to take, in bytes; the names of three million keys are about as long as the default. Default: 256 MiB; at most 1 GiB. An answer
    /// about one thing may have 16 MiB in any case.
    /// </summary>
    public int MaxResponseBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>The options that the process's environment gives, by Consul's own variables.</summary>
    /// <exception cref="ArgumentException">A variable's value makes no sense; the message names the variable.</exception>
    public static ConsulOptions FromEnvironment() => FromEnvironment(Environment.GetEnvironmentVariable);

    /// <summary>The options that variables give.</summary>
    /// <param name="read">Gives a variable's value, or null.</param>
    /// <exception cref="ArgumentException">A variable's value makes no sense; the message names the variable.</exception>
    public static ConsulOptions FromEnvironment(Func<string, string?> read) => Http.ConsulEnvironment.Read(read);

    /// <summary>The same with the token that a file holds.</summary>
    /// <param name="file">The file. The blanks around the token do not count.</param>
    /// <param name="origin">What named it, for errors.</param>
    /// <exception cref="ArgumentException">The file cannot be read, or holds no token.</exception>
    public ConsulOptions WithTokenFile(string file, string origin) => this with
    {
        Token = Http.TokenFile.Read(file, origin) is { Length: > 0 } token ? token : throw new ArgumentException($"The token file '{file}' of {origin} is empty."),
        TokenFile = file,
    };

    /// <summary>What works, and is not safe, each in a sentence or two: files with secrets that others can read, a server that nobody proves.</summary>
    public IReadOnlyList<string> Warnings()
    {
        var warnings = new List<string>();
        if (TokenFile is { } token && Http.TokenFile.IsOpenToOthers(token))
            warnings.Add($"Others on this machine can read or change the token file '{token}'. Take that from them: chmod 600 '{token}'");
        if (ClientKey is { Length: > 0 } key && Http.TokenFile.IsOpenToOthers(key))
            warnings.Add($"Others on this machine can read or change the key of the client certificate, '{key}'. Take that from them: chmod 600 '{key}'");
        if (SkipCertificateCheck && (UseTls || Address.TrimStart().StartsWith("https:", StringComparison.OrdinalIgnoreCase)))
            warnings.Add("The server's certificate is not checked (-SkipCertificateCheck, or CONSUL_HTTP_SSL_VERIFY): whoever stands in between can read the token and all messages, and change them. Name the authority instead: -CaCertificate, or CONSUL_CACERT.");
        return warnings;
    }

    /// <summary>Where, without any secret.</summary>
    public override string ToString() => $"ConsulOptions {{ Address = {Http.ConsulEndpoint.WithoutSecrets(Address)}, Token = {(Token is null ? "(none)" : "(set)")} }}";
}
