using System.Management.Automation;
using ConsulMq.Module.Tests.Commands;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Access;

/// <summary>Certificates of <c>consul tls</c>, the right ones and all kinds of wrong ones. What is wrong is said, and what to do.</summary>
[Collection(LockedCollection.Name)]
public sealed class TlsTests(LockedConsul consul) : CommandTests("")
{
    private const string TlsFailure = "TlsFailure,ConsulMq.Commands.ConnectCommand";

    [Fact]
    public void The_right_certificates_let_in()
    {
        var result = Connect(static _ => { });

        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Equal(["x"], Run("$null = 'x' | Push-ConsulMqItem tls; (Pop-ConsulMqItem tls).Body"));
    }

    [Fact]
    public async Task The_environment_says_it_too()
    {
        using var process = ScriptHostProcess.Start(
            """
            $env:CONSUL_HTTP_ADDR, $env:CONSUL_CACERT, $env:CONSUL_CLIENT_CERT, $env:CONSUL_CLIENT_KEY, $env:CONSUL_HTTP_TOKEN_FILE = $args
            Import-Module ConsulMq
            $null = 'x' | Push-ConsulMqItem tls-environment
            [Console]::WriteLine((Pop-ConsulMqItem tls-environment).Body)
            Disconnect-ConsulMq
            $env:CONSUL_TLS_SERVER_NAME = 'elsewhere'
            'a', 'b' | Push-ConsulMqItem tls-environment
            """, consul.Address, consul.Certificates.Authority, consul.Client.Certificate, consul.Client.Key, TokenFile());

        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();

        Assert.Equal("x", (await output).Trim());
        Assert.Contains(errors.Split('\n'), static line => line.Contains(TestedBuild.IsDesktop ? "a name other than the address's" : "is not for 'elsewhere'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unknown_authority_is_refused()
    {
        using var other = await ConsulCertificates.CreateAsync();

        var message = Refused(p => p["CaCertificate"] = other.Authority);
        Assert.Contains("an authority that is not trusted", message, StringComparison.Ordinal);
        Assert.Contains("-CaCertificate", message, StringComparison.Ordinal);
        Assert.Contains("an authority that is not trusted", Refused(static p => p.Remove("CaCertificate")), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_name_is_refused()
    {
        if (TestedBuild.IsDesktop)
            return; // it says so: UnsupportedTests

        var message = Refused(static p => p["TlsServerName"] = "server.dc2.consul");

        Assert.Contains("is not for 'server.dc2.consul', but for 'server.dc1.consul', 'localhost', '127.0.0.1'", message, StringComparison.Ordinal);
        Assert.Contains("-TlsServerName", message, StringComparison.Ordinal);
        Assert.Empty(Connect(static p => p["TlsServerName"] = "server.dc1.consul").Errors);
    }

    [Fact]
    public async Task A_server_whose_certificate_has_expired_is_refused()
    {
        var expired = consul.Certificates.CreateExpired("server.dc1.consul", "expired-server");
        await using var server = await TlsServer.StartAsync(expired, expired.Replace(".pem", "-key.pem", StringComparison.Ordinal));

        var message = Refused(p => p["Address"] = server.Address);

        Assert.Contains("the server's certificate has expired", message, StringComparison.Ordinal);
        Assert.Contains($"to {DateTime.UtcNow.AddHours(-1):yyyy-MM-dd HH:}", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_of_the_same_authority_does_not_pass_for_a_server()
    {
        var client = consul.Certificates.CreateForClient("server.dc1.consul", "client-alone");
        await using var server = await TlsServer.StartAsync(client, client.Replace(".pem", "-key.pem", StringComparison.Ordinal));

        Assert.Contains("the server's certificate is not valid: NotValidForUsage", Refused(p => p["Address"] = server.Address), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_whose_certificate_has_expired_is_refused()
    {
        var expired = consul.Certificates.CreateExpired("client.dc1.consul", "expired-client");

        var message = Refused(p => LockedConsul.Show(p, expired, expired.Replace(".pem", "-key.pem", StringComparison.Ordinal)));

        Assert.Contains("Consul refuses the client certificate", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_of_another_authority_is_refused()
    {
        using var other = await ConsulCertificates.CreateAsync();

        Assert.Contains("Consul refuses the client certificate", Refused(p => LockedConsul.Show(p, other.Client, other.ClientKey)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_without_a_certificate_is_refused() =>
        Assert.Contains("Consul asks for a client certificate", Refused(static p =>
        {
            p.Remove("ClientCertificate");
            p.Remove("ClientKey");
        }), StringComparison.Ordinal);

    [Fact]
    public void Plain_HTTP_to_a_port_of_TLS_is_refused() =>
        Assert.Contains("use https:// in the address", Refused(p => p["Address"] = consul.Address.Replace("https:", "http:", StringComparison.Ordinal)), StringComparison.Ordinal);

    [Fact]
    public async Task TLS_to_a_plain_port_is_refused()
    {
        var shared = await ConsulSource.StartAsync();
        await using var end = shared as IAsyncDisposable;

        Assert.Contains("the port does not speak TLS", Refused(p => p["Address"] = shared.Address.Replace("http:", "https:", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_check_of_the_certificate_there_is_a_warning()
    {
        var result = Connect(static p =>
        {
            p.Remove("CaCertificate");
            p["SkipCertificateCheck"] = true;
        });

        Assert.Empty(result.Errors);
        Assert.Contains("is not checked", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    private string TokenFile()
    {
        var file = consul.Certificates.In("token");
        File.WriteAllText(file, consul.MasterToken + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead);
        return file;
    }

    private Dictionary<string, object> Parameters(Action<Dictionary<string, object>> change)
    {
        var parameters = consul.Parameters;
        parameters["Token"] = consul.MasterToken;
        parameters["Timeout"] = 3;
        change(parameters);
        return new() { ["server"] = parameters };
    }

    private ScriptResult Connect(Action<Dictionary<string, object>> change) => Session.Run("param($server) $null = Connect-ConsulMq @server", Parameters(change));

    private string Refused(Action<Dictionary<string, object>> change)
    {
        ErrorRecord error;
        try
        {
            error = Assert.Single(Connect(change).Errors);
        }
        catch (RuntimeException e)
        {
            error = e.ErrorRecord;
        }

        Assert.Equal((TlsFailure, ErrorCategory.SecurityError), (error.FullyQualifiedErrorId, error.CategoryInfo.Category));
        return error.ToString();
    }
}
