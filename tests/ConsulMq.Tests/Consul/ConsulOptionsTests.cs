using ConsulMq.Consul;

namespace ConsulMq.Tests.Consul;

public sealed class ConsulOptionsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Without_variables_all_is_default() => Assert.Equal(new ConsulOptions(), Read());

    [Fact]
    public void Every_variable_of_Consuls_own_clients_counts()
    {
        var options = Read(
            ("CONSUL_HTTP_ADDR", "consul:1234"),
            ("CONSUL_HTTP_TOKEN", "t"),
            ("CONSUL_HTTP_SSL", "TRUE"),
            ("CONSUL_HTTP_SSL_VERIFY", "0"),
            ("CONSUL_CACERT", "ca"),
            ("CONSUL_CAPATH", "cas"),
            ("CONSUL_CLIENT_CERT", "cert"),
            ("CONSUL_CLIENT_KEY", "key"),
            ("CONSUL_TLS_SERVER_NAME", "name"),
            ("CONSUL_NAMESPACE", "ns"),
            ("CONSUL_PARTITION", "part"));
        Assert.Equal(
            new ConsulOptions
            {
                Address = "consul:1234",
                Token = "t",
                UseTls = true,
                SkipCertificateCheck = true,
                CaFile = "ca",
                CaPath = "cas",
                ClientCertificate = "cert",
                ClientKey = "key",
                TlsServerName = "name",
                Namespace = "ns",
                Partition = "part",
            },
            options);
    }

    [Fact]
    public void A_token_file_goes_before_the_token_unless_it_is_empty()
    {
        Assert.Equal("t", Read(("CONSUL_HTTP_TOKEN", "t"), ("CONSUL_HTTP_TOKEN_FILE", _file)).Token);
        File.WriteAllText(_file, " from-file\r\n");
        Assert.Equal("from-file", Read(("CONSUL_HTTP_TOKEN", "t"), ("CONSUL_HTTP_TOKEN_FILE", _file)).Token);
        Assert.Contains("CONSUL_HTTP_TOKEN_FILE", Assert.Throws<ArgumentException>(() => Read(("CONSUL_HTTP_TOKEN_FILE", _file + ".none"))).Message);
    }

    [Fact]
    public void A_flag_that_is_none_names_its_variable() =>
        Assert.Contains("CONSUL_HTTP_SSL", Assert.Throws<ArgumentException>(() => Read(("CONSUL_HTTP_SSL", "yes"))).Message);

    [Theory]
    [InlineData("", false, "http://127.0.0.1:8500")]
    [InlineData(" consul:1234 ", false, "http://consul:1234")]
    [InlineData(":8501", false, "http://127.0.0.1:8501")]
    [InlineData("[::1]:8500", false, "http://[::1]:8500")]
    [InlineData("http://consul:1234/", false, "http://consul:1234")]
    [InlineData("HTTPS://consul:1234", false, "https://consul:1234")]
    [InlineData("consul:1234", true, "https://consul:1234")]
    [InlineData("http://consul:1234", true, "https://consul:1234")]
    [InlineData("https://consul.example/behind/proxy", false, "https://consul.example/behind/proxy")]
    [InlineData("unix:///run/consul.sock", false, "unix:///run/consul.sock")]
    public void An_address_is_read_as_Consuls_own_clients_read_it(string address, bool tls, string expected)
    {
        using var consul = new HttpConsul(new ConsulOptions { Address = address, UseTls = tls });
        Assert.Equal(expected, consul.Address);
    }

    [Theory]
    [InlineData("ftp://consul:1")]
    [InlineData("http://")]
    [InlineData("unix://relative")]
    [InlineData("unix://")]
    [InlineData("consul:99999")]
    [InlineData("consul:abc")]
    [InlineData("consul:")]
    [InlineData("http://consul:/")]
    [InlineData("consul:0")]
    [InlineData("http:/consul")]
    [InlineData("HTTPS//consul:8501")]
    [InlineData("unix:/run/consul.sock")]
    [InlineData("con sul:8500")]
    [InlineData("consul:8500#1")]
    public void An_address_that_makes_no_sense_is_named(string address) =>
        Assert.Contains(address, Assert.Throws<ArgumentException>(() => new HttpConsul(new ConsulOptions { Address = address })).Message);

    [Fact]
    public void Secrets_are_never_shown()
    {
        Assert.DoesNotContain("s3cret", new ConsulOptions { Token = "s3cret", ClientCertificatePassword = "s3cret", Address = "http://u:s3cret@c:1" }.ToString());
        Assert.DoesNotContain("s3cret", Assert.Throws<ArgumentException>(() => new HttpConsul(new ConsulOptions { Address = "http://u:s3cret@c:1" })).Message);
        Assert.DoesNotContain("s3cret", Assert.Throws<ArgumentException>(() => new HttpConsul(new ConsulOptions { Address = "ftp://u:s3cret@c:1" })).Message);
        Assert.Contains("consul:8500?(hidden)", Assert.Throws<ArgumentException>(() => new HttpConsul(new ConsulOptions { Address = "consul:8500?token=s3cret" })).Message);
        Assert.DoesNotContain("s3cret", Assert.Throws<ArgumentException>(() => new HttpConsul(new ConsulOptions { Token = "s3cret\r\nX-Evil: 1" })).Message);
    }

    [Fact]
    public void Files_of_certificates_that_are_none_are_named()
    {
        File.WriteAllText(_file, "no certificate");
        foreach (var options in new[] { new ConsulOptions { CaFile = _file }, new ConsulOptions { ClientCertificate = _file }, new ConsulOptions { CaFile = _file + ".none" }, new ConsulOptions { CaPath = _file + ".none" } })
            Assert.Contains(_file, Assert.Throws<ArgumentException>(() => new HttpConsul(options with { UseTls = true })).Message);
    }

    private static ConsulOptions Read(params (string Name, string Value)[] variables) =>
        ConsulOptions.FromEnvironment(name => variables.FirstOrDefault(v => v.Name == name).Value);
}
