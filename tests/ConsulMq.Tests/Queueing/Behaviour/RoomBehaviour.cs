using System.Diagnostics;
using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class RoomOnModel() : RoomBehaviour(new ModelBackend());

public sealed class RoomOnConsul(ConsulFixture consul) : RoomBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>How a producer waits for room in a full queue, and what wakes it.</summary>
public abstract class RoomBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>A client that never begins a new page, so that it is known what there is to watch.</summary>
    private static ConnectionSettings OnePage => new() { Random = new Support.OnePage() };

    [Fact]
    public async Task AProducerThatWaitsGoesOnInOrderAndTellsWhatIsPushedAtOnce()
    {
        using var connection = Connect();
        using var other = Connect();
        var queue = await Limited(connection, 2);
        using var push = queue.OpenPush(Patience);
        for (var i = 0; i < 5; i++)
            await push.AddAsync(Text($"m{i}"), i, None);
        var told = new List<object?>();
        using var consumer = other.Queue("jobs").OpenConsumer();
        var taken = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            // Two ahead of the consumer, and no more.
            while (told.Count < Math.Min(i + 2, 5))
            {
                Assert.True(await push.WaitAsync(None));
                while (push.TryTake(out var outcome))
                {
                    Assert.Null(outcome.Error);
                    told.Add(outcome.Tag);
                }
            }

            Assert.Equal(Math.Min(i + 2, 5), told.Count);
            taken.AddRange(await Take(consumer, 1));
        }

        Assert.Equal(Numbers(5), taken);
        Assert.Equal([0, 1, 2, 3, 4], told);
        Assert.False(await push.WaitAsync(None));
    }

    [Fact]
    public async Task ItMakesNoRequestWhileNothingHappens()
    {
        CountingConsul? counting = null;
        BlockedReads? blocked = null;
        using var connection = Connect(OnePage, consul => blocked = new BlockedReads(counting = new CountingConsul(consul)));
        var queue = await Limited(connection, 1);
        await queue.PushAsync(Text("full"), None);
        using var push = queue.OpenPush(Timeout.InfiniteTimeSpan);
        await push.AddAsync(Text("waits"), null, None);
        // The index keys, the page, its cursors.
        await Eventually.TrueAsync(() => blocked!.Count == 3);
        // A query on a prefix that is empty, as that of the cursors, may be asked again until it has caught up with the writes of other tests.
        var requests = (-1, -1);
        for (var attempt = 0; attempt < 20 && requests != (0, 0); attempt++)
        {
            counting!.Take();
            await Task.Delay(300);
            requests = counting.Take();
        }

        Assert.Equal((0, 0), requests);
    }

    [Theory]
    [InlineData("part of an entry")]
    [InlineData("clear")]
    [InlineData("limit")]
    [InlineData("no limit")]
    [InlineData("front set")]
    [InlineData("removal")]
    public async Task ItWakesWith(string change)
    {
        BlockedReads? blocked = null;
        using var connection = Connect(OnePage, consul => blocked = new BlockedReads(consul));
        using var other = Connect(OnePage);
        var queue = await Limited(connection, 10);
        using var consumer = other.Queue("jobs").OpenConsumer();
        await PushAll(queue, Numbers(10));
        if (change == "front set")
        {
            await consumer.PutBackAsync((await consumer.PopAsync(10, None)).Items, None);
            await Take(consumer, 1);
            await queue.PushAsync(Text("m10"), None);
        }

        using var push = queue.OpenPush(Patience);
        await push.AddAsync(Text("late"), null, None);
        await Eventually.TrueAsync(() => blocked!.Count == (change == "front set" ? 5 : 3));
        await (change switch
        {
            "clear" => other.Queue("jobs").ClearAsync(false, None),
            "limit" => other.Queue("jobs").ChangeAsync(s => s with { MaxDepth = 11 }, None),
            "no limit" => other.Queue("jobs").ChangeAsync(s => s with { MaxDepth = null }, None),
            "removal" => other.Queue("jobs").RemoveAsync(None),
            _ => Take(consumer, 1),
        });
        await push.FlushAsync(None);
        Assert.True(push.TryTake(out var outcome));
        Assert.Null(outcome.Error);
    }

    [Fact]
    public async Task ItGivesUpWhenItsTimeIsOver()
    {
        using var connection = Connect();
        var queue = await Limited(connection, 1);
        using var push = queue.OpenPush(TimeSpan.FromMilliseconds(300));
        var watch = Stopwatch.StartNew();
        foreach (var text in Numbers(3))
            await push.AddAsync(Text(text), null, None);
        await push.FlushAsync(None);
        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(290), TimeSpan.FromSeconds(10));
        var errors = new List<ConsulMqError?>();
        while (push.TryTake(out var outcome))
            errors.Add(outcome.Error?.Error);
        Assert.Equal([null, ConsulMqError.QueueFull, ConsulMqError.QueueFull], errors);
        Assert.Equal(["m0"], await PopAll(queue));
    }

    [Fact]
    public async Task AStreamThatIsEndedWaitsNoMoreAndSendsNothingMore()
    {
        BlockedReads? blocked = null;
        using var connection = Connect(OnePage, consul => blocked = new BlockedReads(consul));
        var queue = await Limited(connection, 1);
        await queue.PushAsync(Text("full"), None);
        var push = queue.OpenPush(Timeout.InfiniteTimeSpan);
        await push.AddAsync(Text("never"), null, None);
        await Eventually.TrueAsync(() => blocked!.Count == 3);
        push.Dispose();
        await Eventually.TrueAsync(() => blocked!.Count == 0);
        Assert.Equal(["full"], await PopAll(queue));
        Assert.Empty(await PopAll(queue));
    }

    private static async Task<MessageQueue> Limited(ConsulMqConnection connection, long depth)
    {
        var queue = connection.Queue("jobs");
        await queue.CreateAsync(new QueueSettings { MaxDepth = depth }, None);
        return queue;
    }
}
