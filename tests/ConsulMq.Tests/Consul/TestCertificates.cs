using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Consul;

/// <summary>An authority with a server's and a client's certificate, as PEM files in a folder of their own.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("consulmq-tls-");

    public TestCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        using var authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        File.WriteAllText(Authority, authority.ExportCertificatePem());
        Issue(authority, "server.dc1.consul", "server");
        Issue(authority, "client.dc1.consul", "client");
    }

    public string Folder => _folder.FullName;

    public string Authority => In("ca.pem");

    public string In(string name) => Path.Combine(Folder, name);

    public void Dispose() => _folder.Delete(true);

    private void Issue(X509Certificate2 authority, string name, string file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = ConsulCertificates.RequestFor(name, key);
        using var certificate = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), Guid.NewGuid().ToByteArray());
        using var whole = certificate.CopyWithPrivateKey(key);
        File.WriteAllText(In(file + ".pem"), certificate.ExportCertificatePem());
        File.WriteAllText(In(file + "-key.pem"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllBytes(In(file + ".pfx"), whole.Export(X509ContentType.Pfx, "pw"));
    }
}
