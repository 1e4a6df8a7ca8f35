namespace ConsulMq.Tests.Hostile;

/// <summary>Everything that a user can do with a queue. Each tells the texts of the messages that it took for good.</summary>
internal static class QueueOperations
{
    public delegate Task<IEnumerable<string>> Operation(DamagedQueue made, ConsulMqConnection connection, List<ConsulMqException> problems, CancellationToken cancellation);

    public static IReadOnlyDictionary<string, Operation> All { get; } = new Dictionary<string, Operation>
    {
        ["pop"] = async (_, c, problems, stop) => await Pop(c, 1, problems, stop),
        ["pop all"] = async (_, c, problems, stop) => await Pop(c, int.MaxValue, problems, stop),
        ["pop last"] = async (_, c, problems, stop) => await Pick(c, MessageSelection.Last, problems, stop),
        ["pop position"] = async (_, c, problems, stop) => await Pick(c, MessageSelection.At(2), problems, stop),
        ["pop id"] = async (made, c, problems, stop) => await Pick(c, MessageSelection.Of([made.Leased.Id, made.Scheduled.Id]), problems, stop),
        ["wait"] = async (_, c, problems, stop) =>
        {
            using var consumer = c.Queue("jobs").OpenConsumer();
            await consumer.WaitAsync(TimeSpan.FromMilliseconds(30), stop);
            return [];
        },
        ["lease and complete"] = (_, c, problems, stop) => LeaseAsync(c, SettlementKind.Complete, problems, stop),
        ["lease and return"] = (_, c, problems, stop) => LeaseAsync(c, SettlementKind.Return, problems, stop),
        ["lease and deny"] = (_, c, problems, stop) => LeaseAsync(c, SettlementKind.Deny, problems, stop),
        ["complete"] = (made, c, problems, stop) => SettleAsync(made, c, SettlementKind.Complete, problems, stop),
        ["return"] = (made, c, problems, stop) => SettleAsync(made, c, SettlementKind.Return, problems, stop),
        ["deny"] = (made, c, problems, stop) => SettleAsync(made, c, SettlementKind.Deny, problems, stop),
        ["browse"] = (_, c, problems, stop) => BrowseAsync(c, MessageState.Ready, problems, stop),
        ["browse in flight"] = (_, c, problems, stop) => BrowseAsync(c, MessageState.InFlight, problems, stop),
        ["browse scheduled"] = (_, c, problems, stop) => BrowseAsync(c, MessageState.Scheduled, problems, stop),
        ["browse dead"] = (_, c, problems, stop) => BrowseAsync(c, MessageState.Dead, problems, stop),
        ["look at a position"] = async (_, c, problems, stop) =>
        {
            problems.AddRange((await c.Queue("jobs").LookAsync(MessageSelection.At(1), 3, stop)).Damage);
            return [];
        },
        ["export"] = ExportAsync,
        ["summary"] = async (_, c, problems, stop) => (await c.Queue("jobs").SummaryAsync(stop)) is { Depth: < 0 } ? throw new InvalidOperationException("negative") : [],
        ["monitor"] = async (_, c, problems, stop) =>
        {
            using var monitor = c.OpenMonitor();
            problems.AddRange((await monitor.NextAsync(stop)).Problems);
            return [];
        },
        ["push"] = async (_, c, problems, stop) => Nothing(await c.Queue("jobs").PushAsync(Text("new"), stop)),
        ["push once"] = async (_, c, problems, stop) => Nothing(await c.Queue("jobs").PushAsync(Text("new") with { DeduplicationId = "id-1" }, stop)),
        ["push later"] = async (_, c, problems, stop) => Nothing(await c.Queue("jobs").PushAsync(Text("new") with { NotBefore = DateTimeOffset.UtcNow.AddDays(1) }, stop)),
        ["push first"] = (_, c, problems, stop) => InsertAsync(c, 0, problems, stop),
        ["push to a position"] = (_, c, problems, stop) => InsertAsync(c, 2, problems, stop),
        ["push behind"] = (_, c, problems, stop) => InsertAsync(c, 1, problems, stop),
        ["move"] = MoveAsync,
        ["clear expired"] = async (_, c, problems, stop) => await c.Queue("jobs").ClearExpiredAsync(stop) < 0 ? throw new InvalidOperationException("negative") : [],
        ["clear"] = async (made, c, problems, stop) => await c.Queue("jobs").ClearAsync(true, stop) < 0 ? throw new InvalidOperationException("negative") : made.Texts,
        ["remove"] = async (made, c, problems, stop) =>
        {
            await c.Queue("jobs").RemoveAsync(stop);
            return made.Texts;
        },
        ["remove one"] = async (made, c, problems, stop) =>
        {
            problems.AddRange((await c.Queue("jobs").DiscardAsync([made.Scheduled], stop)).Problems);
            return [made.Scheduled.ReadContent().Text!];
        },
        ["change settings"] = async (_, c, problems, stop) => await c.Queue("jobs").ChangeAsync(static settings => settings with { MaxDeliveries = 7 }, stop) is null ? [] : [],
        ["limit depth"] = async (_, c, problems, stop) =>
        {
            await c.Queue("jobs").ChangeAsync(static settings => settings with { MaxDepth = 1_000 }, stop);
            return Nothing(await c.Queue("jobs").PushAsync(Text("new"), stop));
        },
        ["import"] = async (_, c, problems, stop) =>
        {
            using var import = c.OpenImport(new MemoryStream("{\"id\":\"01930000-0000-7000-8000-0000000000bb\",\"text\":\"new\"}\n"u8.ToArray()), "f", "jobs");
            while (await import.NextAsync(stop))
            {
            }

            return [];
        },
        ["names"] = async (_, c, problems, stop) => (await c.QueueNamesAsync(stop)).Count < 0 ? [""] : [],
    };

    private static IEnumerable<string> Nothing(object? made) => made is null ? [] : [];

    private static MessageDraft Text(string text) => new() { Body = MessageBody.FromText(text) };

    private static async Task<List<string>> Pop(ConsulMqConnection connection, int count, List<ConsulMqException> problems, CancellationToken stop)
    {
        using var consumer = connection.Queue("jobs").OpenConsumer();
        var taken = new List<string>();
        while (taken.Count < count)
        {
            var batch = await consumer.PopAsync(count - taken.Count, stop);
            problems.AddRange(batch.Damage);
            if (batch.Items.Count == 0)
                return taken;
            taken.AddRange(batch.Items.Select(static item => item.ReadContent().Text!));
        }

        return taken;
    }

    private static async Task<List<string>> Pick(ConsulMqConnection connection, MessageSelection selection, List<ConsulMqException> problems, CancellationToken stop)
    {
        using var consumer = connection.Queue("jobs").OpenConsumer();
        var picking = consumer.Pick(selection, 2);
        var taken = new List<string>();
        while (await picking.PopAsync(stop) is { } batch)
        {
            problems.AddRange(batch.Damage);
            taken.AddRange(batch.Items.Select(static item => item.ReadContent().Text!));
        }

        return taken;
    }

    private static async Task<IEnumerable<string>> LeaseAsync(ConsulMqConnection connection, SettlementKind kind, List<ConsulMqException> problems, CancellationToken stop)
    {
        using var consumer = connection.Queue("jobs").OpenConsumer();
        var batch = await consumer.LeaseAsync(3, null, stop);
        problems.AddRange(batch.Damage);
        foreach (var item in batch.Items)
            await connection.Queue("jobs").SettleAsync(Settlement.Of(kind, item), stop);
        return kind == SettlementKind.Complete ? batch.Items.Select(static item => item.ReadContent().Text!) : [];
    }

    private static async Task<IEnumerable<string>> SettleAsync(DamagedQueue made, ConsulMqConnection connection, SettlementKind kind, List<ConsulMqException> problems, CancellationToken stop)
    {
        using var stream = connection.Queue("jobs").OpenSettle();
        await stream.AddAsync(Settlement.Of(kind, made.Leased), null, stop);
        await stream.FlushAsync(stop);
        while (stream.TryTake(out var outcome))
        {
            if (outcome.Error is not null)
                problems.Add(outcome.Error);
        }

        return kind == SettlementKind.Complete && problems.Count == 0 ? [made.Leased.ReadContent().Text!] : [];
    }

    private static async Task<IEnumerable<string>> BrowseAsync(ConsulMqConnection connection, MessageState state, List<ConsulMqException> problems, CancellationToken stop)
    {
        var browser = connection.Queue("jobs").Browse(state);
        while (await browser.NextAsync(stop) is { } batch)
        {
            problems.AddRange(batch.Damage);
            foreach (var item in batch.Items)
                _ = (item.ReadContent(), item.Lease?.Holder, item.NotBefore, item.ContentType);
        }

        return [];
    }

    private static async Task<IEnumerable<string>> ExportAsync(DamagedQueue made, ConsulMqConnection connection, List<ConsulMqException> problems, CancellationToken stop)
    {
        using var target = new MemoryStream();
        using var export = connection.Queue("jobs").OpenExport(target);
        while (await export.NextAsync(stop) is { } step)
            problems.AddRange(step.Damage);
        return [];
    }

    private static async Task<IEnumerable<string>> InsertAsync(ConsulMqConnection connection, long position, List<ConsulMqException> problems, CancellationToken stop)
    {
        using var push = connection.Queue("jobs").OpenInsert(position);
        await push.AddAsync(Text("new"), null, stop);
        await push.FlushAsync(stop);
        while (push.TryTake(out var outcome))
        {
            if (outcome.Error is not null)
                problems.Add(outcome.Error);
        }

        return [];
    }

    private static async Task<IEnumerable<string>> MoveAsync(DamagedQueue made, ConsulMqConnection connection, List<ConsulMqException> problems, CancellationToken stop)
    {
        using var mover = connection.Queue("jobs").OpenMove(connection.Queue("other"));
        while (true)
        {
            var batch = await mover.NextAsync(100, stop);
            problems.AddRange(batch.Damage);
            if (batch.Items.Count == 0)
                return [];
        }
    }
}
