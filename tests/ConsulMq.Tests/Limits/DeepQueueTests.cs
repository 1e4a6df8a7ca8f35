using System.Runtime.CompilerServices;
using ConsulMq.Consul;
using ConsulMq.Tests.Queueing;
using ConsulMq.TestSupport;
using ConsulMq.TestSupport.Soaking;

namespace ConsulMq.Tests.Limits;

/// <summary>A queue of a hundred thousand messages, or a million: what each operation keeps in memory does not depend on it.</summary>
[Collection(nameof(AloneCollection))]
[Trait("Category", Soak.Category)]
public sealed class DeepQueueTests(ConsulFixture fixture) : IClassFixture<ConsulFixture>
{
    /// <summary>The longest page that chance makes, decoded, twice: the one before is still somebody's.</summary>
    private const long Most = 64L * 1024 * 1024;

    /// <summary>
    /// What a walk that has come to its end keeps alive: the room that its longest page needed. Only what is freed with it counts. How much lies in the
    /// pool of arrays afterwards, where the replies were read into, depends on how many threads took part.
    /// </summary>
    private const long MostOfAWalk = 4L * 1024 * 1024;

    private static readonly Figures Figures = new("Resource limits");

    [Fact]
    public async Task MemoryIsBoundedHoweverDeepTheQueue()
    {
        var count = Soak.Amount(100_000, 1_000_000);
        var prefix = ConsulFixture.NewPrefix();
        using var filler = Connect(prefix);
        await Holds("push", count, async () =>
        {
            using var push = filler.Queue("jobs").OpenPush();
            for (var i = 0; i < count; i++)
            {
                await push.AddAsync(new MessageDraft { Body = MessageBody.FromText($"message {i} of a queue that is deep") }, null, default);
                while (push.TryTake(out var outcome))
                    Assert.Null(outcome.Error);
            }

            await push.FlushAsync(default);
        });

        using var connection = Connect(prefix);
        var queue = connection.Queue("jobs");
        await Holds("pop", count, async () =>
        {
            using var consumer = queue.OpenConsumer();
            Assert.Single((await consumer.PopAsync(1, default)).Items);
        });
        await Holds("pop of a tenth", count, async () =>
        {
            using var consumer = queue.OpenConsumer();
            for (var taken = 1; taken < count / 10;)
                taken += (await consumer.PopAsync((count / 10) - taken, default)).Items.Count;
        });
        await Holds("browse", count, async () =>
        {
            var walk = await WalkedAsync(queue, count - (count / 10));
            // On a stack of its own: what comes behind an await runs on top of the frames that it waited for.
            await Task.Yield();
            var with = GC.GetTotalMemory(true);
            walk.Value = null;
            Assert.InRange(with - GC.GetTotalMemory(true), long.MinValue, MostOfAWalk);
        });
        await Holds("search", count, async () =>
        {
            long seen = 0;
            var browser = queue.Browse(MessageState.Ready, filter: item => item.ReadContent().Text!.EndsWith("7 of a queue that is deep", StringComparison.Ordinal));
            while (await browser.NextAsync(default) is { } batch)
                seen += batch.Items.Count;
            Assert.Equal((count - (count / 10)) / 10, seen);
        });
        await Holds("look at the last", count, async () => Assert.Equal(3, (await queue.LookAsync(MessageSelection.Last, 3, default)).Items.Count));
        await Holds("look in the middle", count, async () => Assert.Equal(3, (await queue.LookAsync(MessageSelection.At(count / 2), 3, default)).Items.Count));
        await Holds("figures of the queue", count, async () => Assert.Equal(count - (count / 10), (await queue.SummaryAsync(default))!.Depth));
        await Holds("export", count, async () =>
        {
            using var export = queue.OpenExport(Stream.Null);
            while (await export.NextAsync(default) is not null)
            {
            }
        });
        await Holds("clear", count, () => queue.ClearAsync(true, default));
    }

    /// <summary>A walk at its end. It is only ever in the box for its caller, so that nothing of the caller's keeps it once the box is empty.</summary>
    private static async Task<StrongBox<QueueBrowser?>> WalkedAsync(MessageQueue queue, long messages)
    {
        long seen = 0;
        var browser = queue.Browse();
        while (await browser.NextAsync(default) is { } batch)
            seen += batch.Items.Count;
        Assert.Equal(messages, seen);
        return new StrongBox<QueueBrowser?>(browser);
    }

    private static async Task Holds(string operation, int count, Func<Task> run)
    {
        var peak = await MemoryWatch.OfAsync(run);
        Figures.Write($"{count:N0} messages, {operation}", peak.ToString());
        Assert.True(peak.Managed <= Most, $"{operation}: {peak}");
    }

    private ConsulMqConnection Connect(string prefix) =>
        new(new HttpConsul(new ConsulOptions { Address = fixture.Address }), new ConnectionSettings { Prefix = prefix, FirstChores = 0 });
}
