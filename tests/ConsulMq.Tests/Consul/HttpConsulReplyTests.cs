using System.Text;
using ConsulMq.Consul;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace ConsulMq.Tests.Consul;

/// <summary>What is made of every kind of answer.</summary>
public class HttpConsulReplyTests
{
    private const string Committed = """
        {"Results":[{"KV":{"LockIndex":0,"Key":"a","Flags":0,"Value":null,"CreateIndex":13,"ModifyIndex":14}},
        {"KV":{"LockIndex":0,"Key":"b","Flags":0,"Value":"aGVsbG8=","Session":"s","CreateIndex":13,"ModifyIndex":17}}],"Errors":null,"Index":0,"KnownLeader":true}
        """;

    private const string Refused = """{"Results":null,"Errors":[{"OpIndex":0,"What":"no"},{"OpIndex":1,"What":"never"}],"Index":0}""";

    private const string Listing = """
        [{"LockIndex":2,"Key":"a\u0026b","Flags":18446744073709551615,"Value":"AP8=","Session":"s","CreateIndex":5,"ModifyIndex":9,"Future":{"x":[1,{}]}},
        {"LockIndex":0,"Key":"c","Flags":0,"Value":null,"CreateIndex":5,"ModifyIndex":9}]
        """;

    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly KvOperation[] Write = [KvOperation.Set("a", default), KvOperation.Set("b", default)];
    private static readonly KvOperation[] Read = [KvOperation.Get("a"), KvOperation.GetTree("b")];

    [Fact]
    public async Task All_of_a_pair_is_read()
    {
        using var consul = Answering(200, Listing, 77);
        var listing = await consul.ListAsync("", default, None);
        Assert.Equal(77ul, listing.Index);
        var (first, second) = (listing.Pairs[0], listing.Pairs[1]);
        Assert.Equal(("a&b", ulong.MaxValue, 5ul, 9ul, 2ul, "s"), (first.Key, first.Flags, first.CreateIndex, first.ModifyIndex, first.LockIndex, first.Session));
        Assert.Equal([0, 255], first.Value.ToArray());
        Assert.Equal((0, null), (second.Value.Length, second.Session));
    }

    [Fact]
    public async Task A_transaction_gives_the_highest_index_and_only_what_was_read()
    {
        using var consul = Answering(200, Committed);
        var written = await consul.TransactAsync(Write, default, None);
        Assert.Equal((true, 17ul, 0), (written.Committed, written.Index, written.Pairs.Count));
        var read = await consul.TransactAsync(Read, default, None);
        Assert.Equal((true, 0ul), (read.Committed, read.Index));
        Assert.Equal(["", "hello"], read.Pairs.Select(p => Encoding.UTF8.GetString(p.Value.Span)));
        using var refusing = Answering(409, Refused);
        var refused = await refusing.TransactAsync(Write, default, None);
        Assert.Equal([new OperationFailure(0, "no"), new OperationFailure(1, "never")], refused.Failures);
    }

    [Theory]
    [InlineData(200, "")]
    [InlineData(200, "<html><body>Welcome</body></html>")]
    [InlineData(200, "null")]
    [InlineData(200, "[]")]
    [InlineData(200, "{}")]
    [InlineData(200, "true")]
    [InlineData(200, "\"Results\"")]
    [InlineData(200, """{"Results":{}}""")]
    [InlineData(200, """{"Results":[1]}""")]
    [InlineData(200, """{"Results":[{}]}""")]
    [InlineData(200, """{"Results":[{"KV":null}]}""")]
    [InlineData(200, """{"Results":[{"KV":{"Key":"a"}}]}""")]
    [InlineData(200, """{"Results":[{"KV":{"Key":"a","ModifyIndex":-1}}]}""")]
    [InlineData(200, """{"Results":[{"KV":{"Key":"a","ModifyIndex":"1"}}]}""")]
    [InlineData(200, """{"Results":[{"KV":{"Key":"a","ModifyIndex":99999999999999999999999}}]}""")]
    [InlineData(200, """{"Results":[{"KV":{"Key":"a","ModifyIndex":1.5}}]}""")]
    [InlineData(200, """{"Results":[]} trailing""")]
    [InlineData(409, "")]
    [InlineData(409, "<html>Conflict</html>")]
    [InlineData(409, "{}")]
    [InlineData(409, """{"Errors":null}""")]
    [InlineData(409, """{"Errors":[]}""")]
    [InlineData(409, """{"Errors":[{"What":"x"}]}""")]
    [InlineData(409, """{"Errors":[{"OpIndex":-1,"What":"x"}]}""")]
    [InlineData(409, """{"Errors":[{"OpIndex":2,"What":"x"}]}""")]
    [InlineData(409, """{"Errors":[{"OpIndex":0,"What":5}]}""")]
    public async Task An_answer_that_is_not_Consuls_is_a_bad_reply_and_the_write_may_have_happened(int status, string body)
    {
        using var consul = Answering(status, body);
        var error = await Assert.ThrowsAsync<ConsulException>(() => consul.TransactAsync(Write, default, None));
        Assert.Equal((ConsulFault.BadReply, true), (error.Fault, error.MayHaveCommitted));
        error = await Assert.ThrowsAsync<ConsulException>(() => consul.TransactAsync([.. Read.Take(1)], default, None));
        Assert.Equal((ConsulFault.BadReply, false), (error.Fault, error.MayHaveCommitted));
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("[{}]")]
    [InlineData("[{\"Key\":null,\"ModifyIndex\":1}]")]
    [InlineData("[{\"Key\":\"a\",\"ModifyIndex\":1,\"Value\":\"a\"}]")]
    [InlineData("[{\"Key\":\"a\",\"ModifyIndex\":1,\"Value\":\"====\"}]")]
    [InlineData("[{\"Key\":\"a\",\"ModifyIndex\":1,\"Value\":\"a===\"}]")]
    [InlineData("[{\"Key\":\"a\",\"ModifyIndex\":1,\"Value\":\"!!!!\"}]")]
    [InlineData("[{\"Key\":\"a\",\"ModifyIndex\":1,\"Value\":\"\\u0021AAA\"}]")]
    [InlineData("[{\"Key\":\"a\",\"ModifyIndex\":1,\"Value\":3}]")]
    [InlineData("[{\"Key\":\"\\ud800\",\"ModifyIndex\":1}]")]
    [InlineData("{\"Key\":\"a\",\"ModifyIndex\":1}")]
    [InlineData("\"a\"")]
    public async Task A_listing_that_is_none_is_a_bad_reply(string body)
    {
        using var consul = Answering(200, body, 1);
        await BadReply(() => consul.ListAsync("", default, None));
        await BadReply(() => consul.GetAsync("a", default, None));
        if (!body.StartsWith('"'))
            await BadReply(() => consul.KeysAsync("", null, default, None));
        await BadReply(() => consul.ListSessionsAsync(default, None));
        await BadReply(() => consul.ListServiceAsync("s", default, None));
        await BadReply(() => consul.SelfAsync(None));
        await BadReply(() => consul.PutAsync("a", default, None));
    }

    [Theory]
    [InlineData(301, "", ConsulFault.BadReply, true)]
    [InlineData(400, "Missing key name", ConsulFault.Rejected, false)]
    [InlineData(400, "Client sent an HTTP request to an HTTPS server.", ConsulFault.TlsFailure, false)]
    [InlineData(401, "", ConsulFault.AclDenied, false)]
    [InlineData(403, "ACL not found", ConsulFault.AclDenied, false)]
    [InlineData(404, "<html>", ConsulFault.Rejected, false)]
    [InlineData(405, "method PUT not allowed", ConsulFault.Rejected, false)]
    [InlineData(413, "Request body too large", ConsulFault.TooLarge, false)]
    [InlineData(429, "", ConsulFault.TooManyRequests, false)]
    [InlineData(500, "No cluster leader", ConsulFault.NoLeader, true)]
    [InlineData(500, "rpc error making call: No cluster leader", ConsulFault.NoLeader, true)]
    [InlineData(500, "leadership lost while committing log", ConsulFault.NoLeader, true)]
    [InlineData(500, "node is not the leader", ConsulFault.NoLeader, true)]
    [InlineData(500, "rpc error making call: EOF", ConsulFault.NoLeader, true)]
    [InlineData(500, "rpc error making call: read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer", ConsulFault.NoLeader, true)]
    [InlineData(500, "rpc error getting client: failed to get conn: dial tcp 127.0.0.1:0->127.0.0.1:2: connect: connection refused", ConsulFault.NoLeader, true)]
    [InlineData(500, "No known Consul servers", ConsulFault.NoLeader, true)]
    [InlineData(500, "rpc error making call: invalid session", ConsulFault.ServerError, true)]
    [InlineData(500, "rpc error making call: Permission denied", ConsulFault.AclDenied, false)]
    [InlineData(500, "No path to datacenter", ConsulFault.Rejected, false)]
    [InlineData(500, "timed out enqueuing operation", ConsulFault.ServerError, true)]
    [InlineData(502, "<html>Bad gateway</html>", ConsulFault.ServerError, true)]
    [InlineData(503, "", ConsulFault.ServerError, true)]
    [InlineData(204, "", ConsulFault.BadReply, true)]
    public async Task A_status_says_why_and_whether_a_write_may_have_happened(int status, string body, ConsulFault fault, bool mayHaveCommitted)
    {
        using var consul = Answering(status, body);
        foreach (var write in new Func<Task>[] { () => consul.TransactAsync(Write, default, None), () => consul.PutAsync("a", default, None), () => consul.DeleteAsync("a", None) })
        {
            var error = await Assert.ThrowsAsync<ConsulException>(write);
            Assert.Equal((fault, mayHaveCommitted, consul.Address), (error.Fault, error.MayHaveCommitted, error.Address));
            if (body.Length > 0 && fault != ConsulFault.TlsFailure)
                Assert.Equal(!body.StartsWith('<'), error.Message.Contains(body, StringComparison.Ordinal));
        }
        foreach (var read in new Func<Task>[] { () => consul.TransactAsync(Read, default, None), () => consul.GetAsync("a", default, None), () => consul.SelfAsync(None) })
        {
            var error = await Assert.ThrowsAsync<ConsulException>(read);
            Assert.Equal((fault, false), (error.Fault, error.MayHaveCommitted));
        }
    }

    [Fact]
    public async Task A_transaction_refused_for_lack_of_permission_is_no_lost_race()
    {
        using var consul = Answering(409, """{"Errors":[{"OpIndex":1,"What":"Permission denied: token lacks 'key:write'"}]}""");
        var error = await Assert.ThrowsAsync<ConsulException>(() => consul.TransactAsync(Write, default, None));
        Assert.Equal((ConsulFault.AclDenied, false), (error.Fault, error.MayHaveCommitted));
        using var racing = Answering(409, """{"Errors":[{"OpIndex":1,"What":"key \"Permission denied\" doesn't exist"}]}""");
        Assert.True((await racing.TransactAsync(Write, default, None)).Failed(1));
    }

    [Fact]
    public async Task A_missing_key_is_one_only_if_Consul_says_so()
    {
        using var consul = Answering(404, "", 12);
        Assert.Equal(new KvGet(null, 12), await consul.GetAsync("a", default, None));
        Assert.Equal((0, 12ul), ((await consul.ListAsync("a", default, None)).Pairs.Count, (await consul.KeysAsync("a", null, default, None)).Index));
        using var other = Answering(404, "not found");
        Assert.Equal(ConsulFault.Rejected, (await Assert.ThrowsAsync<ConsulException>(() => other.GetAsync("a", default, None))).Fault);
    }

    [Fact]
    public async Task An_answer_over_the_limit_is_not_taken()
    {
        foreach (var known in new[] { true, false })
        {
            using var consul = new HttpConsul(
                new ConsulOptions { MaxResponseBytes = 1000 },
                new FakeHandler((_, _) => Task.FromResult(new HttpResponseMessage { Content = known ? new StringContent(new string(' ', 1001)) : new StreamContent(new EndlessStream()) })));
            await BadReply(() => consul.ListAsync("", default, None));
        }
    }

    [Property]
    public Property A_truncated_answer_is_a_bad_reply_and_nothing_else() => Prop.ForAll(
        Gen.Choose(0, 4).SelectMany(kind => Gen.Choose(0, 400).Select(cut => (kind, cut))).ToArbitrary(),
        x =>
        {
            var (status, whole) = x.kind switch { 0 or 1 => (200, Committed), 2 => (409, Refused), _ => (200, Listing) };
            whole = whole.Trim();
            using var consul = Answering(status, whole[..(x.cut % whole.Length)], 1);
            var run = x.kind switch
            {
                0 or 2 => (Func<Task>)(() => consul.TransactAsync(Write, default, None)),
                1 => () => consul.TransactAsync(Read, default, None),
                3 => () => consul.ListAsync("", default, None),
                _ => () => consul.ListSessionsAsync(default, None),
            };
            return Assert.ThrowsAsync<ConsulException>(run).GetAwaiter().GetResult().Fault == ConsulFault.BadReply;
        });

    [Property]
    public Property An_answer_with_a_byte_changed_is_read_or_a_bad_reply() => Prop.ForAll(
        Gen.Choose(0, 400).SelectMany(at => Gen.Choose(0, 255).Select(to => (at, to))).ToArbitrary(),
        x =>
        {
            var bytes = Encoding.UTF8.GetBytes(Listing.Trim());
            bytes[x.at % bytes.Length] = (byte)x.to;
            using var consul = new HttpConsul(new ConsulOptions(), new FakeHandler((_, _) => Task.FromResult(new HttpResponseMessage { Content = new ByteArrayContent(bytes) })));
            try
            {
                return consul.ListAsync("", default, None).GetAwaiter().GetResult().Pairs.Count == 2;
            }
            catch (ConsulException e)
            {
                return e.Fault == ConsulFault.BadReply;
            }
        });

    private static async Task BadReply(Func<Task> run) => Assert.Equal(ConsulFault.BadReply, (await Assert.ThrowsAsync<ConsulException>(run)).Fault);

    private static HttpConsul Answering(int status, string body, ulong index = 0) => new(new ConsulOptions(), new FakeHandler(status, body, index));

    private sealed class EndlessStream : MemoryStream
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)' ');
            return new(buffer.Length);
        }
    }
}
