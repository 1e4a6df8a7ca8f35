using System.Diagnostics;
using ConsulMq.Consul;
using ConsulMq.Tests.Consul;
using ConsulMq.Tests.Queueing;
using ConsulMq.TestSupport.Soaking;

namespace ConsulMq.Tests.Hostile;

/// <summary>A server that is not Consul, or has gone mad: the user hears so, in time, and it costs little memory.</summary>
[Collection(nameof(AloneCollection))]
[Trait("Category", Soak.Category)]
public sealed class HostileServerTests
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromMilliseconds(700);

    /// <summary>Far more than it takes: a hang, not a busy machine.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private static readonly KvOperation[] Write = [KvOperation.Set("a", default)];

    private static readonly Figures Figures = new("Hostile input");

    private static readonly (string Name, Func<IConsul, CancellationToken, Task> Ask)[] Asks =
    [
        ("get", static (c, stop) => c.GetAsync("a", default, stop)),
        ("list", static (c, stop) => c.ListAsync("a", default, stop)),
        ("keys", static (c, stop) => c.KeysAsync("a", null, default, stop)),
        ("snapshot", static (c, stop) => c.TransactAsync([KvOperation.GetTree("a")], ReadConsistency.Consistent, stop)),
        ("write", static (c, stop) => c.TransactAsync(Write, default, stop)),
        ("put", static (c, stop) => c.PutAsync("a", default, stop)),
        ("block", static (c, stop) => c.KeysAsync("a", null, new ReadOptions(ReadConsistency.Default, 5, TimeSpan.FromMilliseconds(200)), stop)),
        ("session", static (c, stop) => c.CreateSessionAsync(new SessionRequest { Name = "x" }, stop)),
        ("renew", static (c, stop) => c.RenewSessionAsync("s", stop)),
        ("self", static (c, stop) => c.SelfAsync(stop)),
        ("service", static (c, stop) => c.ListServiceAsync("s", default, stop)),
    ];

    public static TheoryData<string> Names => [.. HostileAnswers.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task EveryRequestFailsInTimeAndInLittleMemory(string name)
    {
        using var server = new HostileServer(HostileAnswers.All[name]);
        using var consul = new HttpConsul(new ConsulOptions { Address = server.Address, RequestTimeout = RequestTimeout, Token = "secret-token" });
        var before = GC.GetTotalAllocatedBytes(true);
        foreach (var some in Asks.Chunk(4))
            await Task.WhenAll(some.Select(ask => FailsAsync(name, ask.Name, stop => ask.Ask(consul, stop))));
        var allocated = GC.GetTotalAllocatedBytes(true) - before;
        // A megabyte of answer is written here too, for each of them.
        Assert.InRange(allocated, 0, 250L * 1024 * 1024);
        Figures.Write($"server: {name}", $"{Asks.Length} requests: {server.Sent / 1024.0 / 1024.0:N1} MiB sent, {allocated / 1024.0 / 1024.0:N1} MiB of memory on both sides");
    }

    [Theory]
    [InlineData("[", "null,")]
    [InlineData("[{\"Key\":\"", "aaaaaaaa")]
    [InlineData("", "        ")]
    public async Task AnEndlessListingEndsAtTheLimit(string head, string piece)
    {
        using var server = new HostileServer(HostileAnswers.EndlessListing(head, piece));
        var limit = Soak.IsOn ? new ConsulOptions().MaxResponseBytes : 32 * 1024 * 1024;
        using var consul = new HttpConsul(new ConsulOptions { Address = server.Address, RequestTimeout = TimeSpan.FromSeconds(60), MaxResponseBytes = limit });
        var before = GC.GetTotalAllocatedBytes(true);
        var error = await Assert.ThrowsAsync<ConsulException>(() => consul.KeysAsync("a", null, default, default));
        Assert.Equal(ConsulFault.BadReply, error.Fault);
        Assert.Contains("too large", error.Message, StringComparison.Ordinal);
        // Doubled each time: the last two are three times the limit, rounded up to the pool's sizes.
        Assert.InRange(GC.GetTotalAllocatedBytes(true) - before, 0, 5L * limit);
        // One about a single thing ends at once.
        before = GC.GetTotalAllocatedBytes(true);
        await Assert.ThrowsAsync<ConsulException>(() => consul.GetAsync("a", default, default));
        Assert.InRange(GC.GetTotalAllocatedBytes(true) - before, 0, 80L * 1024 * 1024);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task ARedirectIsNotFollowedAndTheTokenStays(int status)
    {
        using var elsewhere = new HostileServer(HostileAnswers.WithIndex("1", "[]"));
        foreach (var location in (string[])[$"http://{elsewhere.Address}/v1/kv/a", $"https://{elsewhere.Address}/", $"//{elsewhere.Address}/", "/v1/kv/b", "file:///etc/passwd", "::"])
        {
            using var server = new HostileServer(HostileAnswers.Redirect(status, location));
            using var consul = new HttpConsul(new ConsulOptions { Address = server.Address, RequestTimeout = RequestTimeout, Token = "secret-token" });
            foreach (var (name, ask) in Asks)
            {
                var error = await FailsAsync($"{status} {location}", name, stop => ask(consul, stop));
                Assert.Equal(ConsulFault.BadReply, error.Fault);
                Assert.Contains("redirects elsewhere", error.Message, StringComparison.Ordinal);
            }
        }

        Assert.Equal(0, elsewhere.Connections);
    }

    [Fact]
    public async Task TlsWhereItIsNotExpectedIsAnError()
    {
        using var files = new TestCertificates();
        using var server = new HostileServer(HostileAnswers.Tls(files.In("client.pfx")), listens: false);
        using var plain = new HttpConsul(new ConsulOptions { Address = server.Address, RequestTimeout = TimeSpan.FromSeconds(5) });
        foreach (var (name, ask) in Asks)
            await FailsAsync("TLS", name, stop => ask(plain, stop));
        foreach (var answer in (string[])["web", "nothing"])
        {
            using var other = new HostileServer(answer == "web" ? HostileAnswers.All["a web page"] : static (_, _) => Task.CompletedTask, listens: false);
            using var tls = new HttpConsul(new ConsulOptions { Address = "https://" + other.Address, RequestTimeout = TimeSpan.FromSeconds(5) });
            foreach (var (name, ask) in Asks)
            {
                var error = await FailsAsync("no TLS", name, stop => ask(tls, stop));
                Assert.True(error.Fault is ConsulFault.TlsFailure or ConsulFault.ConnectionLost or ConsulFault.Unreachable, error.ToString());
            }
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("18446744073709551615")]
    [InlineData("18446744073709551616")]
    [InlineData("x")]
    public async Task AnIndexThatIsNoneIsTakenForNone(string index)
    {
        using var server = new HostileServer(HostileAnswers.WithIndex(index, "[]"));
        using var consul = new HttpConsul(new ConsulOptions { Address = server.Address, RequestTimeout = TimeSpan.FromSeconds(5) });
        var listing = await consul.KeysAsync("a", null, new ReadOptions(ReadConsistency.Default, 5, TimeSpan.FromMilliseconds(100)), default);
        Assert.Equal((0, index == "18446744073709551615" ? ulong.MaxValue : 0), (listing.Keys.Count, listing.Index));
    }

    /// <summary>Every operation of a queue, over all that a connection does to get an answer.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public async Task EveryOperationFailsForTheUserWithinItsTimeout(string name)
    {
        using var server = new HostileServer(HostileAnswers.All[name]);
        using var connection = new ConsulMqConnection(
            new HttpConsul(new ConsulOptions { Address = server.Address, RequestTimeout = RequestTimeout }), new ConnectionSettings { Timeout = TimeSpan.FromSeconds(1), FirstChores = 0 });
        var queue = connection.Queue("jobs");
        using var consumer = queue.OpenConsumer();
        var watch = Stopwatch.StartNew();
        foreach (var operation in (Func<Task>[])
        [
            () => queue.PushAsync(new MessageDraft { Body = MessageBody.FromText("x") }, default),
            () => consumer.PopAsync(1, default),
            () => queue.Browse().NextAsync(default),
            () => queue.SummaryAsync(default),
            () => connection.QueueNamesAsync(default),
            () => connection.NodesAsync(default),
        ])
        {
            watch.Restart();
            var error = await Assert.ThrowsAsync<ConsulMqException>(() => operation().WaitAsync(Grace + Grace));
            Assert.True(
                error.Error is ConsulMqError.ConsulUnreachable or ConsulMqError.Timeout or ConsulMqError.ConsulError or ConsulMqError.OutcomeUnknown or ConsulMqError.NoLeader, $"{name}: {error}");
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, Grace);
        }
    }

    /// <summary>Ctrl-C has to come back within 100 ms; here it may be ten times as long on a busy machine.</summary>
    [Theory]
    [InlineData("says nothing")]
    [InlineData("a byte a second")]
    public async Task ARequestIsStoppedAtOnce(string name)
    {
        using var server = new HostileServer(HostileAnswers.All[name]);
        using var consul = new HttpConsul(new ConsulOptions { Address = server.Address });
        var longest = TimeSpan.Zero;
        foreach (var (_, ask) in Asks)
        {
            using var stop = new CancellationTokenSource();
            var asked = ask(consul, stop.Token);
            await Task.Delay(100);
            var watch = Stopwatch.StartNew();
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.WaitAsync(Grace));
            longest = watch.Elapsed > longest ? watch.Elapsed : longest;
        }

        Assert.InRange(longest, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Figures.Write($"server: {name}, until a request was stopped", $"{longest.TotalMilliseconds:N1} ms at most");
    }

    private static async Task<ConsulException> FailsAsync(string server, string request, Func<CancellationToken, Task> ask)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            await ask(default).WaitAsync(Grace);
        }
        catch (ConsulException e)
        {
            Assert.InRange(e.Message.Length, 1, 1_000);
            Assert.DoesNotContain("secret-token", e.ToString(), StringComparison.Ordinal);
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, Grace);
            return e;
        }
        catch (Exception e)
        {
            throw new Xunit.Sdk.XunitException($"{request}, {server}: {e}");
        }

        // What is well-formed by chance: a listing of nothing, a session's renewal.
        return server is "too short a length" or "too long a length" or "404 without an index"
            ? new ConsulException(ConsulFault.BadReply, "", false, "none")
            : throw new Xunit.Sdk.XunitException($"{request}, {server}: no error");
    }
}
