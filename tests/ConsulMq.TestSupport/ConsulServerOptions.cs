namespace ConsulMq.TestSupport;

/// <summary>How to run a <see cref="ConsulServer"/>.</summary>
public sealed record ConsulServerOptions
{
    /// <summary>One server with its data on disk, as in production; otherwise a development agent that keeps everything in memory.</summary>
    public bool OnDisk { get; init; }

    /// <summary>More configuration in Consul's JSON; it goes over the settings made here.</summary>
    public string? Configuration { get; init; }

    /// <summary>A token that may write keys, where the configuration turns access control on.</summary>
    public string? Token { get; init; }

    /// <summary>TLS alone, with these certificates, and asking clients for theirs; null: plain HTTP.</summary>
    public ConsulCertificates? Certificates { get; init; }

    /// <summary>How long to wait for the first successful write.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
