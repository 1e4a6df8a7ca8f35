using System.Text;
using ConsulMq.Consul;

namespace ConsulMq.Tests.Consul;

/// <summary>What exactly goes out.</summary>
public class HttpConsulRequestTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly ReadOptions Blocking = new(ReadConsistency.Consistent, 7, TimeSpan.FromSeconds(1.5));

    [Fact]
    public async Task Reads_name_their_key_scope_consistency_and_wait()
    {
        var (consul, handler) = Make("[\"a\"]");
        await consul.KeysAsync("a b/ü/", "/", Blocking, None);
        Assert.Equal(new SentRequest("GET", "/v1/kv/a%20b/%C3%BC/?keys&separator=%2F&consistent&index=7&wait=1500ms", "", null, null), handler.Last);
        await consul.KeysAsync("", null, new ReadOptions(ReadConsistency.Stale), None);
        Assert.Equal("/v1/kv/?keys&stale", handler.Last.Target);

        (consul, handler) = Make("[]");
        await consul.ListAsync("p/%+", new ReadOptions(default, 9), None);
        Assert.Equal("/v1/kv/p/%25%2B?recurse&index=9", handler.Last.Target);
    }

    [Fact]
    public async Task Datacenter_namespace_partition_and_token_go_with_every_request()
    {
        var (consul, handler) = Make(
            "true",
            new ConsulOptions { Address = "https://consul.example:8501/proxy/", Token = "s3cret", Datacenter = "dc 1", Namespace = "n&s", Partition = "p", TlsServerName = "server.dc1.consul" });
        Assert.Equal("https://consul.example:8501/proxy", consul.Address);
        await consul.PutAsync("k", "v"u8.ToArray(), None);
        Assert.Equal(new SentRequest("PUT", "/proxy/v1/kv/k?dc=dc%201&ns=n%26s&partition=p", "v", "s3cret", "server.dc1.consul"), handler.Last);
        await consul.DeleteAsync("k", None);
        Assert.Equal(new SentRequest("DELETE", "/proxy/v1/kv/k?dc=dc%201&ns=n%26s&partition=p", "", "s3cret", "server.dc1.consul"), handler.Last);
        await consul.DestroySessionAsync("id", None);
        Assert.Equal("/proxy/v1/session/destroy/id?dc=dc%201&ns=n%26s&partition=p", handler.Last.Target);
    }

    [Fact]
    public async Task A_transaction_is_written_as_Consul_reads_it()
    {
        var (consul, handler) = Make("""{"Results":[{"KV":{"Key":"k","ModifyIndex":3}}],"Errors":null}""");
        await consul.TransactAsync(
            [
                KvOperation.Set("a", Encoding.UTF8.GetBytes("hello")),
                KvOperation.Set("", default),
                KvOperation.Cas("a/ü\"\\\u0001\u007f😀", 0, new byte[] { 255 }),
                KvOperation.Cas("b", ulong.MaxValue, default),
                KvOperation.Lock("l", "s-1", default),
                new KvOperation(KvVerb.Unlock, "l", default, 0, "s-1"),
                new KvOperation(KvVerb.CheckSession, "l", default, 0, "s-1"),
                KvOperation.CheckIndex("c", 12),
                KvOperation.CheckNotExists("d"),
                KvOperation.Delete("e"),
                KvOperation.DeleteTree("f/"),
                new KvOperation(KvVerb.DeleteCas, "g", default, 5),
            ],
            ReadConsistency.Consistent,
            None);
        Assert.Equal(("PUT", "/v1/txn"), (handler.Last.Method, handler.Last.Target));
        Assert.Equal(
            """
            [{"KV":{"Verb":"set","Key":"a","Value":"aGVsbG8="}},
            {"KV":{"Verb":"set","Key":"","Value":""}},
            {"KV":{"Verb":"cas","Key":"a/ü\u0022\u005c\u0001\u007f😀","Value":"/w==","Index":0}},
            {"KV":{"Verb":"cas","Key":"b","Value":"","Index":18446744073709551615}},
            {"KV":{"Verb":"lock","Key":"l","Value":"","Session":"s-1"}},
            {"KV":{"Verb":"unlock","Key":"l","Value":"","Session":"s-1"}},
            {"KV":{"Verb":"check-session","Key":"l","Session":"s-1"}},
            {"KV":{"Verb":"check-index","Key":"c","Index":12}},
            {"KV":{"Verb":"check-not-exists","Key":"d"}},
            {"KV":{"Verb":"delete","Key":"e"}},
            {"KV":{"Verb":"delete-tree","Key":"f/"}},
            {"KV":{"Verb":"delete-cas","Key":"g","Index":5}}]
            """.ReplaceLineEndings(""),
            handler.Last.Body);
    }

    [Theory]
    [InlineData(ReadConsistency.Default, "/v1/txn?dc=x")]
    [InlineData(ReadConsistency.Consistent, "/v1/txn?dc=x&consistent")]
    [InlineData(ReadConsistency.Stale, "/v1/txn?dc=x&stale")]
    public async Task Only_a_transaction_of_reads_asks_for_a_consistency(ReadConsistency consistency, string target)
    {
        var (consul, handler) = Make("""{"Results":[],"Errors":null}""", new ConsulOptions { Datacenter = "x" });
        await consul.TransactAsync([KvOperation.GetTree("a/"), KvOperation.CheckIndex("b", 1)], consistency, None);
        Assert.Equal(("PUT", target), (handler.Last.Method, handler.Last.Target));
    }

    [Fact]
    public async Task Sessions_and_checks_are_written_as_Consul_reads_them()
    {
        var (consul, handler) = Make("""{"ID":"abc"}""");
        Assert.Equal("abc", await consul.CreateSessionAsync(new SessionRequest { Name = "n", Ttl = TimeSpan.FromSeconds(90), Behavior = SessionBehavior.Delete }, None));
        Assert.Equal(new SentRequest("PUT", "/v1/session/create", """{"Name":"n","TTL":"90s","Behavior":"delete","LockDelay":"0s"}""", null, null), handler.Last);
        await consul.CreateSessionAsync(new SessionRequest { Name = "n", LockDelay = TimeSpan.FromMilliseconds(1500) }, None);
        Assert.Equal("""{"Name":"n","Behavior":"release","LockDelay":"1500ms"}""", handler.Last.Body);

        await consul.RegisterServiceAsync(
            new ServiceRegistration
            {
                Id = "i",
                Name = "n",
                Tags = ["t"],
                Meta = new Dictionary<string, string> { ["k"] = "v" },
                Checks =
                [
                    new TtlCheck { Id = "c", Ttl = TimeSpan.FromSeconds(30), DeregisterCriticalAfter = TimeSpan.FromMinutes(2) },
                    new TtlCheck { Id = "d", Name = "D", Notes = "why", Ttl = TimeSpan.FromSeconds(1), Status = CheckStatus.Passing },
                ],
            },
            None);
        Assert.Equal(
            """{"ID":"i","Name":"n","Tags":["t"],"Meta":{"k":"v"},"Checks":[{"CheckID":"c","TTL":"30s","Status":"critical","DeregisterCriticalServiceAfter":"120s"},{"CheckID":"d","Name":"D","Notes":"why","TTL":"1s","Status":"passing"}]}""",
            handler.Last.Body);
        await consul.UpdateCheckAsync("c/1", CheckStatus.Critical, "out", None);
        Assert.Equal(new SentRequest("PUT", "/v1/agent/check/update/c%2F1", """{"Status":"critical","Output":"out"}""", null, null), handler.Last);
    }

    private static (HttpConsul Consul, FakeHandler Handler) Make(string body, ConsulOptions? options = null)
    {
        var handler = new FakeHandler(200, body, 1);
        return (new HttpConsul(options ?? new ConsulOptions(), handler), handler);
    }
}
