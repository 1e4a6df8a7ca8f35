using System.Collections.Concurrent;
using System.Text;
using ConsulMq.Consul;
using ConsulMq.Consul.Http;
using ConsulMq.InMemory;
using ConsulMq.Storage;
using ConsulMq.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace ConsulMq.Tests.Queueing;

/// <summary>Whatever a queue is called, and whatever a message, a handle or a file says: no request leaves the queue's own keys.</summary>
public sealed class Walls
{
    private const string Prefix = "team/queues";

    private static readonly CancellationToken None = CancellationToken.None;

    private static readonly string[] Pieces =
    [
        ".", "..", "/", "\\", "%", "%2e", "%2f", "%00", "\0", "\n", "\r", "\t", " ", "\u00a0", "\u2024", "\uff0e", "\uff0f", "\u2215", "\u202e", "\u200b", "\u0301", "\ud800", "\udc00",
        "\U0001f511", "é", "ß", "*", "?", "#", "&", "=", "+", ";", ":", "@", "'", "\"", "<", ">", "$(x)", "`", "|", "~", "jobs", "_system", "_index", "p", "r", "info", ".dead", "A", "-", "0",
    ];

    public static Arbitrary<string> Names { get; } =
        Gen.Elements(Pieces).ArrayOf().Select(static pieces => string.Concat(pieces)).Where(static name => name.Length <= 400).ToArbitrary();

    [Property(MaxTest = 300)]
    public Property A_queue_writes_and_reads_only_its_own_keys() => Prop.ForAll(Names, static name =>
    {
        using var consul = new RecordingConsul(new InMemoryConsul());
        using var connection = new ConsulMqConnection(consul, new ConnectionSettings { Prefix = Prefix });
        MessageQueue queue;
        try
        {
            queue = connection.Queue(name);
        }
        catch (ConsulMqException e)
        {
            Assert.Equal((ConsulMqError.InvalidQueueName, false), (e.Error, QueueName.IsValid(name)));
            Assert.DoesNotContain(e.Message, char.IsControl);
            Assert.Empty(consul.Keys);
            return;
        }

        UseAsync(queue).GetAwaiter().GetResult();

        Assert.NotEmpty(consul.Keys);
        var own = new[] { $"{Prefix}/{name}/", $"{Prefix}/{name}.dead/" };
        Assert.All(consul.Keys, key => Assert.True(Array.Exists(own, root => key.StartsWith(root, StringComparison.Ordinal)), $"'{key}' is not of '{name}'."));
        Assert.All(consul.Keys, TravelsWhole);
    });

    [Property(MaxTest = 300)]
    public Property A_handle_that_was_written_by_hand_leads_nowhere_else() => Prop.ForAll(Names, Names, static (session, entry) =>
    {
        var keys = new QueueKeys(Prefix, "jobs");
        foreach (var text in new[] { $"{session}/{entry}/0", $"{session}/00{entry}.1.9/0", $"{session}/00{entry}.1.9/0/30", $"../../other/i/{session}/00{entry}.1.9/0" })
        {
            if (ReceiptHandle.TryParse(keys, text) is not { } handle)
                continue;
            Assert.StartsWith(keys.InFlight, handle.Lease.Key, StringComparison.Ordinal);
            Assert.Equal(handle.Session, Uri.EscapeDataString(handle.Session));
            Assert.DoesNotContain('.', handle.Session);
            Assert.DoesNotContain('/', handle.Session);
        }
    });

    [Theory]
    [InlineData("s/../0")]
    [InlineData("../00aa.1.9/0")]
    [InlineData("./00aa.1.9/0")]
    [InlineData("..%2f/00aa.1.9/0")]
    [InlineData("self?x=/00aa.1.9/0")]
    [InlineData("/00aa.1.9/0")]
    [InlineData("a/b/00aa.1.9/0")]
    [InlineData("s/00aa.1.9/1")]
    [InlineData("s/00aa.1.9/-1")]
    [InlineData("s/00aa.1.9/0/0")]
    public void This_is_no_handle(string text) => Assert.Null(ReceiptHandle.TryParse(new QueueKeys(Prefix, "jobs"), text));

    [Property(MaxTest = 300)]
    public Property A_prefix_keeps_to_the_same_rule() => Prop.ForAll(Names, static prefix =>
    {
        using var consul = new RecordingConsul(new InMemoryConsul());
        try
        {
            using var connection = new ConsulMqConnection(consul, new ConnectionSettings { Prefix = prefix });
            connection.Queue("jobs").PushAsync(new MessageDraft { Body = MessageBody.FromText("x") }, None).GetAwaiter().GetResult();
        }
        catch (ArgumentException)
        {
            Assert.Empty(consul.Keys);
            return;
        }

        Assert.All(consul.Keys, key => Assert.StartsWith(prefix + "/jobs/", key, StringComparison.Ordinal));
        Assert.All(consul.Keys, TravelsWhole);
    });

    [Property(MaxTest = 200)]
    public Property A_file_names_no_queue_but_a_valid_one() => Prop.ForAll(Names, static name =>
    {
        using var consul = new RecordingConsul(new InMemoryConsul());
        using var connection = new ConsulMqConnection(consul, new ConnectionSettings { Prefix = Prefix });
        var json = System.Text.Json.JsonSerializer.Serialize(name);
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(
            "{\"consulmq\":1,\"export\":\"01a208f4-df49-7000-8d18-4b3a6f3c8f21\",\"queue\":" + json + """
            ,"exportedAt":"2026-11-23T15:07:21.545Z","settings":{}}
            {"id":"01a20872-bdeb-7000-afbf-e012c110b0c7","text":"x"}
            {"consulmq":1,"end":"01a208f4-df49-7000-8d18-4b3a6f3c8f21","messages":1}

            """.Trim() + "\n"));
        try
        {
            using var import = connection.OpenImport(file, "file");
            while (import.NextAsync(None).GetAwaiter().GetResult())
            {
            }
        }
        catch (ConsulMqException e)
        {
            Assert.Contains(e.Error, new[] { ConsulMqError.InvalidQueueName, ConsulMqError.InvalidImportLine });
            Assert.DoesNotContain(e.Message, char.IsControl);
        }

        // JSON has no halves of surrogate pairs.
        var root = $"{Prefix}/{System.Text.Json.JsonSerializer.Deserialize<string>(json)}/";
        Assert.All(consul.Keys, key => Assert.StartsWith(root, key, StringComparison.Ordinal));
    });

    /// <summary>What a key becomes in a URL is the key again at the other end, and no part of it means anything to HTTP.</summary>
    private static void TravelsWhole(string key)
    {
        var path = KeyPath.Encode(key)!;
        Assert.NotNull(path);
        Assert.Equal(key, Uri.UnescapeDataString(path));
        Assert.All(path, static c => Assert.True(char.IsAsciiLetterOrDigit(c) || "-._~%/".Contains(c, StringComparison.Ordinal), $"'{c}' is in a path."));
        Assert.DoesNotContain(path.TrimEnd('/').Split('/'), static segment => segment is "" or "." or "..");
        var uri = new RequestUris(ConsulEndpoint.Parse("127.0.0.1:8500", false), new ConsulOptions()).Make("v1/kv/" + path);
        Assert.Equal("/v1/kv/" + path, uri.PathAndQuery);
    }

    private static async Task UseAsync(MessageQueue queue)
    {
        static MessageDraft Text(string text) => new() { Body = MessageBody.FromText(text) };
        await queue.CreateAsync(new QueueSettings { MaxDeliveries = 1 }, None);
        for (var i = 0; i < 4; i++)
            await queue.PushAsync(Text("m"), None);
        await queue.PushAsync(Text("later") with { NotBefore = DateTimeOffset.UtcNow.AddDays(1), DeduplicationId = "../../x" }, None);
        await queue.PushAsync(Text("once") with { DeduplicationId = "a/b" }, None);
        await queue.PushAsync(new MessageDraft { Body = MessageBody.FromBytes(new byte[600_000]) }, None);
        using var consumer = queue.OpenConsumer();
        await consumer.PopAsync(1, None);
        foreach (var kind in new[] { SettlementKind.Complete, SettlementKind.Return, SettlementKind.Deny })
        {
            foreach (var item in (await consumer.LeaseAsync(1, null, None)).Items)
                await queue.SettleAsync(Settlement.Of(kind, item), None);
        }

        await queue.SummaryAsync(None);
        await queue.ClearAsync(true, None);
        await queue.RemoveAsync(None);
    }

    /// <summary>Remembers every key and prefix that anybody asks for, but the list of all queues.</summary>
    private sealed class RecordingConsul(IConsul inner) : DelegatingConsul(inner)
    {
        public ConcurrentBag<string> Keys { get; } = [];

        public override Task<KvGet> GetAsync(string key, ReadOptions options, CancellationToken cancellation) => base.GetAsync(Note(key), options, cancellation);

        public override Task<RawValue?> GetRawAsync(string key, ReadConsistency consistency, CancellationToken cancellation) => base.GetRawAsync(Note(key), consistency, cancellation);

        public override Task<KvListing> ListAsync(string prefix, ReadOptions options, CancellationToken cancellation) => base.ListAsync(Note(prefix), options, cancellation);

        public override Task<KvKeys> KeysAsync(string prefix, string? separator, ReadOptions options, CancellationToken cancellation) => base.KeysAsync(Note(prefix), separator, options, cancellation);

        public override Task PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellation) => base.PutAsync(Note(key), value, cancellation);

        public override Task DeleteAsync(string key, CancellationToken cancellation) => base.DeleteAsync(Note(key), cancellation);

        public override Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation)
        {
            foreach (var operation in operations)
                Note(operation.Key);
            return base.TransactAsync(operations, consistency, cancellation);
        }

        private string Note(string key)
        {
            Keys.Add(key);
            return key;
        }
    }
}
