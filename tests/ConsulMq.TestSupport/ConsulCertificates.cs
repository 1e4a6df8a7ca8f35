using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConsulMq.TestSupport;

/// <summary>
/// The certificates of a Consul and its clients, as <c>consul tls</c> makes them, in a folder of their own. What <c>consul tls</c> will not make, an expired
/// certificate, is made here and signed by the same authority.
/// </summary>
public sealed class ConsulCertificates : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private static readonly Lock Gate = new();

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("consulmq-tls-");
    private readonly string _binary;

    private ConsulCertificates(string binary) => _binary = binary;

    /// <summary>The authority's certificate.</summary>
    public string Authority => In("consul-agent-ca.pem");

    /// <summary>The server's certificate, for <c>server.dc1.consul</c>, <c>localhost</c> and 127.0.0.1.</summary>
    public string Server => In("dc1-server-consul-0.pem");

    /// <summary>Its key.</summary>
    public string ServerKey => In("dc1-server-consul-0-key.pem");

    /// <summary>A client's certificate.</summary>
    public string Client => In("dc1-client-consul-0.pem");

    /// <summary>Its key.</summary>
    public string ClientKey => In("dc1-client-consul-0-key.pem");

    /// <summary>Makes an authority, and a certificate for a server and for a client.</summary>
    public static async Task<ConsulCertificates> CreateAsync()
    {
        var certificates = new ConsulCertificates(await ConsulSource.GetBinaryAsync());
        await certificates.RunAsync("ca", "create");
        await certificates.RunAsync("cert", "create", "-server", "-dc", "dc1");
        await certificates.RunAsync("cert", "create", "-client");
        return certificates;
    }

    /// <summary>The path of a file.</summary>
    public string In(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>The request of a certificate of a server or a client, for 127.0.0.1 and a name.</summary>
    public static CertificateRequest RequestFor(string name, ECDsa key) => RequestFor(name, key, ServerUse, ClientUse);

    private static CertificateRequest RequestFor(string name, ECDsa key, params string[] uses)
    {
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. uses.Select(static use => new Oid(use))], false));
        return request;
    }

    /// <summary>Makes a certificate of the same authority, for 127.0.0.1 and a name, that has expired an hour ago; its key is beside it, in <c>NAME-key.pem</c>.</summary>
    public string CreateExpired(string name, string file) => Create(name, file, -3, -1, ServerUse, ClientUse);

    /// <summary>Makes one for a client alone, which <c>consul tls</c> does not: its clients' certificates are good for servers too.</summary>
    public string CreateForClient(string name, string file) => Create(name, file, -3, 3, ClientUse);

    private string Create(string name, string file, int fromHours, int toHours, params string[] uses)
    {
        using var authority = X509Certificate2.CreateFromPemFile(Authority, In("consul-agent-ca-key.pem"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = RequestFor(name, key, uses);
        // Not before its authority: that is seconds old.
        var generator = X509SignatureGenerator.CreateForECDsa(authority.GetECDsaPrivateKey()!);
        using var certificate = request.Create(authority.SubjectName, generator, DateTimeOffset.UtcNow.AddHours(fromHours), DateTimeOffset.UtcNow.AddHours(toHours), Guid.NewGuid().ToByteArray());
        File.WriteAllText(In(file + ".pem"), certificate.ExportCertificatePem());
        File.WriteAllText(In(file + "-key.pem"), key.ExportPkcs8PrivateKeyPem());
        Protect(In(file + "-key.pem"));
        return In(file + ".pem");
    }

    /// <summary>A certificate and its key in one file beside them, without a password.</summary>
    public static string ToPfx(string certificate, string key)
    {
        var file = Path.ChangeExtension(certificate, ".pfx");
        // Sessions connect at once, and one may read what another one would write.
        lock (Gate)
        {
            if (File.Exists(file))
                return file;
            using var pem = X509Certificate2.CreateFromPemFile(certificate, key);
            File.WriteAllBytes(file, pem.Export(X509ContentType.Pfx));
            Protect(file);
            return file;
        }
    }

    /// <summary>A client that shows the client's certificate and trusts the authority.</summary>
    public HttpClient CreateClient()
    {
        using var pem = X509Certificate2.CreateFromPemFile(Client, ClientKey);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(Authority);
        var handler = new SocketsHttpHandler
        {
            SslOptions =
            {
                CertificateChainPolicy = policy,
                ClientCertificates = [X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null)],
            },
        };
        return new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(10) };
    }

    /// <inheritdoc />
    public void Dispose() => _folder.Delete(true);

    private static void Protect(string key)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private async Task RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(_binary, ["tls", .. arguments])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new ConsulUnavailableException($"consul tls {string.Join(' ', arguments)} failed: {await output}{errors}");
        // Some versions leave keys to be read by all.
        foreach (var key in Directory.GetFiles(_folder.FullName, "*-key.pem"))
            Protect(key);
    }
}
