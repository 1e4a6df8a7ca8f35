using System.Text.Json;
using ConsulMq.Consul;
using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class ExportMeanwhileOnModel() : ExportMeanwhileBehaviour(new ModelBackend());

public sealed class ExportMeanwhileOnConsul(ConsulFixture consul) : ExportMeanwhileBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>Exports of a queue, and imports into one, that others work on.</summary>
public abstract class ExportMeanwhileBehaviour(IBackend backend) : BackupBehaviour(backend)
{
    [Fact]
    public async Task AMessageThatIsTakenOrComesBackMeanwhileIsThereOnce()
    {
        using var connection = Connect();
        using var pages = Connect(new ConnectionSettings { Random = new Rolling() });
        var jobs = connection.Queue("jobs");
        for (var i = 0; i < 6; i++)
            await pages.Queue("jobs").PushAsync(Text($"m{i}"), None);
        // The first one is held, and comes back while the second page is read, by which time two more are held.
        var first = await Lease(jobs, 1);
        var step = 0;
        using var disturbed = Connect(through: consul => new BeforePages(consul, async () =>
        {
            step++;
            if (step == 3)
            {
                await Lease(jobs, 3);
                await SettleOne(jobs, Settlement.Of(SettlementKind.Return, first[0]));
            }

            if (step == 4)
                await Lease(jobs, 1);
        }));
        var lines = Lines(await Export(disturbed.Queue("jobs")))[1..^1];
        Assert.InRange(step, 5, 100);
        Assert.Equal(Numbers(6), lines.Select(static l => JsonDocument.Parse(l).RootElement.GetProperty("text").GetString()).Order());
    }

    /// <summary>Before the pages of an export are read; 1: the first one.</summary>
    public static TheoryData<int> Pages => [1, 2, 3, 4, 6];

    [Theory]
    [MemberData(nameof(Pages))]
    public Task WhatIsLeasedAndGivenBackBetweenTwoPagesIsThereOnce(int page) => Check(page, static async jobs =>
    {
        foreach (var item in await Lease(jobs, 6))
            await SettleOne(jobs, Settlement.Of(SettlementKind.Return, item));
    });

    [Theory]
    [MemberData(nameof(Pages))]
    public Task WhatIsGivenBackWithADelayIsThereOnce(int page) => Check(page, static async jobs =>
    {
        foreach (var item in await Lease(jobs, 6))
            await SettleOne(jobs, Settlement.Of(SettlementKind.Return, item) with { Delay = TimeSpan.FromHours(1) });
    });

    [Theory]
    [MemberData(nameof(Pages))]
    public Task WhatIsPoppedAndPutBackBetweenTwoPagesIsThereOnce(int page) => Check(page, static async jobs =>
    {
        using var consumer = jobs.OpenConsumer();
        var taken = new List<QueueObject>();
        while ((await consumer.PopAsync(6, None)).Items is { Count: > 0 } items)
            taken.AddRange(items);
        await consumer.PutBackAsync(taken, None);
    });

    [Fact]
    public Task WhatIsLeasedAndGivenBackAtEveryPageIsThereOnce() => Check(null, static async jobs =>
    {
        foreach (var item in await Lease(jobs, 6))
            await SettleOne(jobs, Settlement.Of(SettlementKind.Return, item));
    });

    [Fact]
    public async Task WhatIsGivenBackBehindTheLastListingIsThereOnce()
    {
        using var connection = Connect();
        var jobs = connection.Queue("jobs");
        await PushAll(jobs, Numbers(6));
        var count = 0;
        // Leased when the front set and what is scheduled were looked at, and given back before what is in flight is: before the page and behind it.
        List<QueueObject> held = [];
        using var disturbed = Connect(through: consul => new BeforeLeases(consul, async () =>
        {
            count++;
            foreach (var item in held)
                await SettleOne(jobs, Settlement.Of(SettlementKind.Return, item));
            held = [];
        }, async () => held = count < 3 ? [.. await Lease(jobs, 6)] : []));
        held = [.. await Lease(jobs, 6)];
        Assert.Equal(Numbers(6), await Texts(disturbed.Queue("jobs")));
    }

    [Fact]
    public async Task WhatIsLeasedWhileAnImportLooksForItIsNotAddedTwice()
    {
        using var connection = Connect();
        var jobs = connection.Queue("jobs");
        await PushAll(jobs, Numbers(6));
        var file = await Export(jobs);
        var count = 0;
        using var disturbed = Connect(through: consul => new BeforePages(consul, async () =>
        {
            if (++count == 1)
                await Lease(jobs, 6);
        }));
        Assert.Equal((0, 6), await Import(disturbed, file));
        Assert.Equal(1, count);
    }

    [Fact]
    public async Task WhatIsGivenBackWhileAnImportLooksForItIsNotAddedTwice()
    {
        using var connection = Connect();
        var jobs = connection.Queue("jobs");
        await PushAll(jobs, Numbers(6));
        var file = await Export(jobs);
        using var disturbed = Connect(through: consul => new BeforePages(consul, async () =>
        {
            foreach (var item in await Lease(jobs, 6))
                await SettleOne(jobs, Settlement.Of(SettlementKind.Return, item));
        }));
        Assert.Equal((0, 6), await Import(disturbed, file));
    }

    private async Task Check(int? page, Func<MessageQueue, Task> disturb)
    {
        using var connection = Connect();
        using var pages = Connect(new ConnectionSettings { Random = new Rolling() });
        var jobs = connection.Queue("jobs");
        for (var i = 0; i < 6; i++)
            await pages.Queue("jobs").PushAsync(Text($"m{i}"), None);
        var count = 0;
        using var disturbed = Connect(through: consul => new BeforePages(consul, async () =>
        {
            count++;
            if (page is null || count == page)
                await disturb(jobs);
        }));
        Assert.Equal(Numbers(6), await Texts(disturbed.Queue("jobs")));
        Assert.InRange(count, page ?? 1, 100);
    }

    private static async Task<List<string>> Texts(MessageQueue queue) =>
        [.. Lines(await Export(queue))[1..^1].Select(static l => JsonDocument.Parse(l).RootElement.GetProperty("text").GetString()!).Order()];

    /// <summary>Every push begins a new page.</summary>
    private sealed class Rolling : RandomSource
    {
        public override void Fill(Span<byte> buffer)
        {
            System.Fill(buffer);
            if (buffer.Length == 8)
                buffer[6] = buffer[7] = 0;
        }
    }

    /// <summary>Does something before each reading of a page.</summary>
    private sealed class BeforePages(IConsul inner, Func<Task> before) : DelegatingConsul(inner)
    {
        public override async Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation)
        {
            if (operations.Any(static o => o.IsRead && o.Key.Contains("/c/p/", StringComparison.Ordinal) && o.Key.EndsWith('/')))
                await before();
            return await base.TransactAsync(operations, consistency, cancellation);
        }
    }

    /// <summary>Does something before each listing of what is in flight, and something behind each reading of a page.</summary>
    private sealed class BeforeLeases(IConsul inner, Func<Task> before, Func<Task> behindPage) : DelegatingConsul(inner)
    {
        public override async Task<KvKeys> KeysAsync(string prefix, string? separator, ReadOptions options, CancellationToken cancellation)
        {
            if (prefix.EndsWith("/i/", StringComparison.Ordinal))
                await before();
            return await base.KeysAsync(prefix, separator, options, cancellation);
        }

        public override async Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation)
        {
            var result = await base.TransactAsync(operations, consistency, cancellation);
            if (operations.Any(static o => o.IsRead && o.Key.Contains("/c/p/", StringComparison.Ordinal) && o.Key.EndsWith('/')))
                await behindPage();
            return result;
        }
    }
}
