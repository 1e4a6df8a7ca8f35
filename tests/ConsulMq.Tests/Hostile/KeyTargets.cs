using System.Text;
using ConsulMq.Storage;

namespace ConsulMq.Tests.Hostile;

/// <summary>The names of keys, and what users hand back: names, IDs, receipt handles.</summary>
internal static class KeyTargets
{
    private static readonly QueueKeys Keys = new("consulmq", "jobs");

    public static IReadOnlyList<Target> All { get; } =
    [
        new("key",
        [
            "consulmq/jobs/p/0000000000000001/00ab.3.120", "consulmq/jobs/f/7fffffffffffffff_8000000000000000/00ab.1.64", "consulmq/jobs/i/0a0b/00ab.3.120",
            "consulmq/jobs/t/0000018bcfe56800/01ab.2.80", "consulmq/jobs/k/0000018bcfe56800/", "7fffffffffffffff_8000000000000000_8000000000000001",
        ], Key, static e => false),
        new("receipt-handle", ["0a0b/00ab.3.120/2", "0a0b/00ab.3.120/2/600"], static input => ReceiptHandle.TryParse(Keys, Encoding.UTF8.GetString(input)), static e => false),
        new("queue-name", ["jobs", "web checks.dead", "größe🔑"], Name, static e => e is ConsulMqException { Error: ConsulMqError.InvalidQueueName }),
        new("deduplication-id", ["order-17", "größe", "a/b"], DeduplicationIds, static e => e is ConsulMqException { Error: ConsulMqError.InvalidSetting }),
    ];

    private static void Key(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        foreach (var key in (string[])[text, Keys.Root + text, Keys.Log + text, Keys.Front + text, Keys.InFlight + text, Keys.Scheduled + text])
        {
            Keys.PageOf(key);
            Keys.WindowOf(key);
            EntryKey.Spread(key);
            EntryKey.TryDue(Keys, key, out _);
            if (!EntryKey.TryParse(Keys, key, out var entry))
                continue;
            Assert.True(entry.Count > 0 && entry.Bytes >= 0 && entry.Ordinal >= 0);
            Assert.Equal(key, entry.Key);
            Assert.StartsWith(entry.Place == EntryPlace.InFlight ? Keys.Settled : Keys.Cursors, entry.Cursor, StringComparison.Ordinal);
            if (entry.Place == EntryPlace.InFlight)
                Assert.StartsWith(Keys.Leases(ReceiptHandle.SessionOf(Keys, entry)), key, StringComparison.Ordinal);
        }

        if (Rank.TryParseKey(text, out var rank))
            Assert.Equal(text, rank!.ToKey(), ignoreCase: true);
    }

    private static void Name(byte[] input)
    {
        var name = QueueName.Validate(Encoding.UTF8.GetString(input));
        Assert.True(QueueName.IsValid(name));
        Assert.NotNull(ConsulMq.Consul.Http.KeyPath.Encode(Keys.Root + name));
    }

    private static void DeduplicationIds(byte[] input)
    {
        var key = DeduplicationId.ToKey(Encoding.UTF8.GetString(input));
        Assert.NotNull(ConsulMq.Consul.Http.KeyPath.Encode(Keys.SeenIn(0) + key));
    }
}
