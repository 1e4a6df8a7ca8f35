using System.Net;
using ConsulMq.Consul;
using ConsulMq.Nodes;
using ConsulMq.Tests.Consul;

namespace ConsulMq.Tests.Hostile;

/// <summary>What is answered where Consul should be.</summary>
internal static class ReplyTargets
{
    private const string Pair = """{"LockIndex":2,"Key":"a\u0026b","Flags":18446744073709551615,"Value":"AP8=","Session":"s","CreateIndex":5,"ModifyIndex":9,"Future":{"x":[1,{}]}}""";

    private static readonly string[] Indexes = ["1", "0", "-1", "18446744073709551615", "18446744073709551616", "x", "1,2", ""];

    private static readonly int[] Statuses = [200, 404, 409, 500, 204, 301, 403, 429];

    private static readonly KvOperation[] Write = [KvOperation.Set("a", default), KvOperation.Delete("b")];
    private static readonly KvOperation[] Reads = [KvOperation.Get("a"), KvOperation.GetTree("b")];

    public static IReadOnlyList<Target> All { get; } =
    [
        Of("reply-get", [$"[{Pair}]"], static consul => consul.GetAsync("a", default, default)),
        Of("reply-raw", ["value"], static async consul => (await consul.GetRawAsync("a", default, default))?.Dispose()),
        Of("reply-list", [$"[{Pair},{Pair}]"], static consul => consul.ListAsync("a", default, default)),
        Of("reply-keys", ["""["a/b","a/c","a/\u00e9"]"""], static consul => consul.KeysAsync("a", "/", default, default)),
        Of("reply-write",
            [$$"""{"Results":[{"KV":{{Pair}}},{"KV":{{Pair}}}],"Errors":null,"Index":0,"KnownLeader":true}""", """{"Results":null,"Errors":[{"OpIndex":0,"What":"no"},{"OpIndex":1,"What":"never"}]}"""],
            static consul => consul.TransactAsync(Write, default, default)),
        Of("reply-read", ["""{"Results":[{"KV":{"Key":"a","ModifyIndex":3}},{"KV":{"Key":"b/1","ModifyIndex":4,"Value":"AA=="}}],"Errors":null}"""],
            static consul => consul.TransactAsync(Reads, default, default)),
        Of("reply-put", ["true"], static consul => consul.PutAsync("a", default, default)),
        Of("reply-delete", ["true"], static consul => consul.DeleteAsync("a", default)),
        Of("reply-session", ["""{"ID":"0a0b"}"""], static consul => consul.CreateSessionAsync(new SessionRequest { Name = "x" }, default)),
        Of("reply-renew", ["""[{"ID":"0a0b","Name":"x","Node":"n","TTL":"15s","Behavior":"release","CreateIndex":3,"NodeChecks":["serfHealth"]}]"""], static consul => consul.RenewSessionAsync("s", default)),
        Of("reply-sessions", ["""[{"ID":"0a0b","Name":"x","Node":"n","TTL":"1m30s","Behavior":"delete","CreateIndex":3,"NodeChecks":[]}]""", "null"], static consul => consul.ListSessionsAsync(default, default)),
        Of("reply-self", ["""{"Config":{"NodeName":"n","Datacenter":"dc1","Version":"1.8.7","Server":true},"Member":{"Tags":{}}}"""], static consul => consul.SelfAsync(default)),
        Of("reply-service",
            ["""[{"Node":{"Node":"n","Address":"10.0.0.1"},"Service":{"ID":"consulmq-1","Service":"consulmq","Tags":["t"],"Address":"","Port":0,"Meta":{"host":"h","process":"12","connected":"2026-11-23T07:44:07.0091234+00:00"}},"Checks":[{"Status":"passing","Output":"ok"}]}]"""],
            Nodes) with { Factor = 400 },
        Of("reply-register", [""], static consul => consul.RegisterServiceAsync(new ServiceRegistration { Id = "a", Name = "b" }, default)),
    ];

    private static async Task Nodes(HttpConsul consul)
    {
        foreach (var instance in (await consul.ListServiceAsync("consulmq", default, default)).Instances)
            Assert.NotNull(NodeRecord.Read(instance));
    }

    private static Target Of(string name, string[] seeds, Func<HttpConsul, Task> ask) => new(name, seeds, input => Ask(input, ask), static e => e is ConsulException);

    private static void Ask(byte[] input, Func<HttpConsul, Task> ask)
    {
        // The status and the index follow from the input, so that an input is all there is to a failure. Good input is answered as Consul does.
        var isGood = input.Length > 0 && input[^1] is (byte)']' or (byte)'}' or (byte)'e' or (byte)'l';
        var sum = input.Aggregate(7u, static (sum, b) => unchecked((sum * 31) + b));
        var status = isGood || sum % 4 > 0 ? (input.AsSpan().IndexOf("OpIndex"u8) >= 0 ? 409 : 200) : Statuses[(sum / 4) % Statuses.Length];
        using var handler = new FakeHandler((_, _) =>
        {
            var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(input) };
            response.Headers.TryAddWithoutValidation("X-Consul-Index", isGood ? "1" : Indexes[(sum / 32) % Indexes.Length]);
            return Task.FromResult(response);
        });
        using var consul = new HttpConsul(new ConsulOptions(), handler);
        try
        {
            ask(consul).GetAwaiter().GetResult();
        }
        catch (ConsulException e)
        {
            Assert.InRange(e.Message.Length, 1, 1_000);
            throw;
        }
    }
}
