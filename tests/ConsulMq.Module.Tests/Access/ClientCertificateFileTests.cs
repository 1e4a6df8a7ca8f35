using System.Security.Cryptography.X509Certificates;
using ConsulMq.Module.Tests.Commands;

namespace ConsulMq.Module.Tests.Access;

/// <summary>A client certificate with its key in one file, under a password.</summary>
[Collection(LockedCollection.Name)]
public sealed class ClientCertificateFileTests(LockedConsul consul) : CommandTests("")
{
    private const string Password = "p ssw0rd'\"";

    [Fact]
    public void The_right_password_lets_in()
    {
        // The build for Windows PowerShell cannot do that, and says so: UnsupportedTests.
        var name = TestedBuild.IsDesktop ? "" : "-TlsServerName localhost";

        Assert.Equal(["x"], Run($"param($server, $file, $password) $null = Connect-ConsulMq @server -ClientCertificate $file -ClientCertificatePassword $password {name}; $null = 'x' | Push-ConsulMqItem pfx; (Pop-ConsulMqItem pfx).Body", Parameters(Password)));
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("")]
    public void A_wrong_password_is_said_and_never_shown(string password)
    {
        var error = Fail("param($server, $file, $password) Connect-ConsulMq @server -ClientCertificate $file -ClientCertificatePassword $password", Parameters(password));

        Assert.EndsWith(",ConsulMq.Commands.ConnectCommand", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("client.pfx", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", error.ToString(), StringComparison.Ordinal);
    }

    private Dictionary<string, object> Parameters(string password)
    {
        var file = consul.Certificates.In("client.pfx");
        using (var certificate = X509Certificate2.CreateFromPemFile(consul.Certificates.Client, consul.Certificates.ClientKey))
            File.WriteAllBytes(file, certificate.Export(X509ContentType.Pfx, Password));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var server = consul.Parameters;
        server["Token"] = consul.MasterToken;
        server.Remove("ClientCertificate");
        server.Remove("ClientKey");
        return new() { ["server"] = server, ["file"] = file, ["password"] = password };
    }
}
