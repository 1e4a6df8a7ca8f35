using System.Net.Http.Json;
using System.Text.Json;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Access;

/// <summary>A Consul as production has it: no access without a token, TLS alone, and clients show certificates, all of them made by <c>consul tls</c>.</summary>
public sealed class LockedConsul : IAsyncLifetime
{
    private static readonly string Master = Secrets.New();

    private ConsulServer? _server;
    private HttpClient? _http;

    public ConsulCertificates Certificates { get; private set; } = null!;

    public string Address => _server!.Address;

    public string MasterToken => Master;

    /// <summary>The parameters of <c>Connect-ConsulMq</c>, but for the token.</summary>
    public Dictionary<string, object> Parameters
    {
        get
        {
            var parameters = new Dictionary<string, object> { ["Address"] = Address, ["CaCertificate"] = Certificates.Authority };
            Show(parameters, Certificates.Client, Certificates.ClientKey);
            return parameters;
        }
    }

    /// <summary>The client's certificate and its key, as the tested build takes them.</summary>
    public (string Certificate, string Key) Client => Form(Certificates.Client, Certificates.ClientKey);

    /// <summary>Sets the parameters of <c>Connect-ConsulMq</c> to show a certificate, as the tested build takes it.</summary>
    public static void Show(Dictionary<string, object> parameters, string certificate, string key) =>
        (parameters["ClientCertificate"], parameters["ClientKey"]) = Form(certificate, key);

    public async Task InitializeAsync()
    {
        Certificates = await ConsulCertificates.CreateAsync();
        _server = await ConsulServer.StartAsync(new ConsulServerOptions
        {
            Configuration = $$"""{"acl":{"enabled":true,"default_policy":"deny","tokens":{"master":"{{Master}}","agent":"{{Master}}"} } }""",
            Token = Master,
            Certificates = Certificates,
        });
        _http = Certificates.CreateClient();
        _http.BaseAddress = new Uri(Address);
        _http.DefaultRequestHeaders.Add("X-Consul-Token", Master);
    }

    /// <summary>Windows PowerShell takes PFX alone, which has the key in it.</summary>
    private static (string Certificate, string Key) Form(string certificate, string key) =>
        TestedBuild.IsDesktop && ConsulCertificates.ToPfx(certificate, key) is var file ? (file, file) : (certificate, key);

    /// <summary>A new token with a policy of these rules; none: it allows nothing.</summary>
    public async Task<string> TokenAsync(string rules)
    {
        var name = "p" + Guid.NewGuid().ToString("n");
        (await _http!.PutAsJsonAsync("/v1/acl/policy", new { Name = name, Rules = rules })).EnsureSuccessStatusCode();
        var answer = await _http!.PutAsJsonAsync("/v1/acl/token", new { Policies = new[] { new { Name = name } } });
        return Secrets.Add((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("SecretID").GetString()!);
    }

    public async Task DisposeAsync()
    {
        _http?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        Certificates?.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class LockedCollection : ICollectionFixture<LockedConsul>
{
    public const string Name = "A Consul with locked doors";
}
