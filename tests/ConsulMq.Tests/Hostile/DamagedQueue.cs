using ConsulMq.Consul;
using ConsulMq.InMemory;
using ConsulMq.Tests.Support;

namespace ConsulMq.Tests.Hostile;

/// <summary>
/// A queue that has one of everything: entries in the log and in front, a cursor, messages in flight and partly settled, scheduled ones, a big body, a
/// deduplication ID, an import, dead letters. Then somebody writes by hand.
/// </summary>
internal sealed class DamagedQueue : IDisposable
{
    public const string Root = "consulmq/jobs/";

    private readonly InMemoryConsul _consul = new();
    private readonly ConsulMqConnection _first;
    private readonly List<IDisposable> _held = [];

    private DamagedQueue() => _first = Connect();

    /// <summary>The texts of all messages.</summary>
    public List<string> Texts { get; } = [];

    /// <summary>A message in flight.</summary>
    public QueueObject Leased { get; private set; } = null!;

    /// <summary>A scheduled message.</summary>
    public QueueObject Scheduled { get; private set; } = null!;

    public IConsul Consul => _consul;

    public static async Task<DamagedQueue> MakeAsync()
    {
        var made = new DamagedQueue();
        var queue = made._first.Queue("jobs");
        using (var push = queue.OpenPush())
        {
            for (var i = 0; i < 6; i++)
                await push.AddAsync(made.Text($"log-{i}"), null, default);
            await push.FlushAsync(default);
        }

        for (var i = 0; i < 3; i++)
            await queue.PushAsync(made.Text($"single-{i}") with { DeduplicationId = $"id-{i}" }, default);
        await queue.PushAsync(made.Text("big" + new string('b', 700_000)), default);
        using (var leases = queue.OpenConsumer())
        {
            var items = new List<QueueObject>();
            while (items.Count < 3)
                items.AddRange((await leases.LeaseAsync(3 - items.Count, null, default)).Items);
            made.Leased = items[1];
            await queue.SettleAsync(Settlement.Of(SettlementKind.Complete, items[0]), default);
            made.Texts.Remove(items[0].ReadContent().Text!);
            await queue.SettleAsync(Settlement.Of(SettlementKind.Deny, items[2]), default);
        }

        using (var consumer = queue.OpenConsumer())
            made.Texts.Remove((await consumer.PopAsync(1, default)).Items[0].ReadContent().Text!);
        using (var front = queue.OpenInsert(0))
        {
            for (var i = 0; i < 3; i++)
                await front.AddAsync(made.Text($"front-{i}"), null, default);
            await front.FlushAsync(default);
        }

        for (var i = 0; i < 2; i++)
            await queue.PushAsync(made.Text($"later-{i}") with { NotBefore = DateTimeOffset.UtcNow.AddHours(1) }, default);
        var held = queue.Browse(MessageState.Scheduled);
        made.Scheduled = (await held.NextAsync(default))!.Items[0];
        made.Texts.Add("imported");
        using var import = made._first.OpenImport(new MemoryStream("{\"id\":\"01930000-0000-7000-8000-0000000000aa\",\"text\":\"imported\"}\n"u8.ToArray()), "f", "jobs");
        while (await import.NextAsync(default))
        {
        }

        return made;
    }

    /// <summary>Another client of it, as a new process would be.</summary>
    public ConsulMqConnection Connect()
    {
        var connection = new ConsulMqConnection(new Unowned(_consul), new ConnectionSettings { Random = new OnePage(), FirstChores = 0 });
        _held.Add(connection);
        return connection;
    }

    /// <summary>The texts of all messages that anybody can still see, in this queue, its dead letters and the other one.</summary>
    public async Task<HashSet<string>> SeenAsync(CancellationToken cancellation)
    {
        var seen = new HashSet<string>();
        var connection = Connect();
        foreach (var name in (string[])["jobs", "jobs.dead", "other"])
        {
            foreach (var state in (MessageState[])[MessageState.Ready, MessageState.InFlight, MessageState.Scheduled])
            {
                var browser = connection.Queue(name).Browse(state);
                while (await browser.NextAsync(cancellation) is { } batch)
                    seen.UnionWith(batch.Items.Select(static item => item.ReadContent().Text!));
            }
        }

        return seen;
    }

    public void Dispose()
    {
        foreach (var held in _held)
            held.Dispose();
        _consul.Dispose();
    }

    private MessageDraft Text(string text)
    {
        Texts.Add(text);
        return new MessageDraft { Body = MessageBody.FromText(text) };
    }
}
