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
    public Dictionary<string, object> Parameters => new()
    {
        ["Address"] = Address,
        ["CaCertificate"] = Certificates.Authority,
        ["ClientCertificate"] = Certificates.Client,
        ["ClientKey"] = Certificates.ClientKey,
    };

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
