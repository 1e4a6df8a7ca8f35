using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using ConsulMq.Consul;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Consul;

/// <summary>Tokens, TLS and sockets, each on a Consul that asks for them.</summary>
public sealed class HttpConsulSecurityTests
{
    private static readonly string Token = Secrets.New();
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly KvOperation[] Write = [KvOperation.Set("a", default)];

    [Fact]
    public async Task Without_the_right_token_all_is_denied_and_said_in_Consuls_words()
    {
        await using var server = await ConsulServer.StartAsync(new ConsulServerOptions
        {
            Configuration = $$$"""{"acl": {"enabled": true, "default_policy": "deny", "tokens": {"master": "{{{Token}}}" } } }""",
            Token = Token,
        });
        using (var known = new HttpConsul(new ConsulOptions { Address = server.Address, Token = Token }))
            Assert.True((await known.TransactAsync(Write, default, None)).Committed);

        using var none = new HttpConsul(new ConsulOptions { Address = server.Address });
        foreach (var run in new Func<Task>[] { () => none.TransactAsync(Write, default, None), () => none.PutAsync("a", default, None), () => none.SelfAsync(None) })
            await Fails(run, ConsulFault.AclDenied, false, "Permission denied");
        var unknown = Secrets.New();
        using var wrong = new HttpConsul(new ConsulOptions { Address = server.Address, Token = unknown });
        var error = await Fails(() => wrong.GetAsync("a", default, None), ConsulFault.AclDenied, false, "ACL not found");
        Assert.DoesNotContain(unknown, error.ToString());
    }

    [Fact]
    public async Task TLS_takes_the_authority_and_the_client_certificate_that_options_name()
    {
        using var files = new TestCertificates();
        var port = FreePort();
        await using var server = await ConsulServer.StartAsync(new ConsulServerOptions
        {
            Configuration = JsonSerializer.Serialize(new
            {
                ca_file = files.Authority,
                cert_file = files.In("server.pem"),
                key_file = files.In("server-key.pem"),
                verify_incoming_https = true,
                ports = new { https = port },
            }),
        });
        var trusting = new ConsulOptions { Address = $"https://127.0.0.1:{port}", CaFile = files.Authority };
        var full = trusting with { ClientCertificate = files.In("client.pem"), ClientKey = files.In("client-key.pem") };
        foreach (var good in new[]
        {
            full,
            full with { CaFile = null, CaPath = OnlyAuthority(files) },
            full with { ClientCertificate = files.In("client.pfx"), ClientKey = null, ClientCertificatePassword = "pw" },
            full with { TlsServerName = "server.dc1.consul" },
            full with { CaFile = null, SkipCertificateCheck = true },
        })
        {
            using var consul = new HttpConsul(good);
            Assert.True((await consul.TransactAsync(Write, default, None)).Committed);
        }

        using var untrusting = new HttpConsul(full with { CaFile = null });
        await Fails(() => untrusting.TransactAsync(Write, default, None), ConsulFault.TlsFailure, false, "certificate");
        using var misnamed = new HttpConsul(full with { TlsServerName = "other.dc1.consul" });
        await Fails(() => misnamed.TransactAsync(Write, default, None), ConsulFault.TlsFailure, false, "certificate");
        // With TLS 1.3 this shows only when the request is already on its way.
        using var anonymous = new HttpConsul(trusting);
        await Fails(() => anonymous.TransactAsync(Write, default, None), ConsulFault.TlsFailure, true, "client certificate");
        using var plain = new HttpConsul(new ConsulOptions { Address = $"127.0.0.1:{port}" });
        await Fails(() => plain.TransactAsync(Write, default, None), ConsulFault.TlsFailure, false, "https://");
    }

    [Fact]
    public async Task A_unix_socket_is_an_address_like_any_other()
    {
        var folder = Directory.CreateTempSubdirectory("consulmq-sock-");
        try
        {
            var socket = Path.Combine(folder.FullName, "c.sock");
            await using var server = await ConsulServer.StartAsync(new ConsulServerOptions
            {
                Configuration = JsonSerializer.Serialize(new { addresses = new { http = $"127.0.0.1 unix://{socket}" } }),
            });
            using var consul = new HttpConsul(new ConsulOptions { Address = "unix://" + socket });
            Assert.Equal("unix://" + socket, consul.Address);
            Assert.True((await consul.TransactAsync(Write, default, None)).Committed);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    private static async Task<ConsulException> Fails(Func<Task> run, ConsulFault fault, bool mayHaveCommitted, string words)
    {
        var error = await Assert.ThrowsAsync<ConsulException>(run);
        Assert.Equal((fault, mayHaveCommitted), (error.Fault, error.MayHaveCommitted));
        Assert.Contains(words, error.Message);
        return error;
    }

    private static string OnlyAuthority(TestCertificates files)
    {
        var folder = Directory.CreateDirectory(files.In("authorities")).FullName;
        File.Copy(files.Authority, Path.Combine(folder, "one.pem"), true);
        return folder;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
