using ConsulMq.Consul;

namespace ConsulMq.Tests.Consul.Conformance;

public abstract class BlockingConformance(IConsul consul) : ConformanceTests(consul)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    public static TheoryData<string> Changes { get; } = ["set", "put", "delete", "delete-tree", "transaction", "session"];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_listing_that_waits_returns_when_something_under_its_prefix_changes(string change)
    {
        var session = await Session();
        await Commit(KvOperation.Lock(Key("w/a"), session, Bytes("1")), KvOperation.Set(Key("w/b"), Bytes("1")));
        var index = (await Consul.ListAsync(Key("w/"), default, None)).Index;
        var pairs = Consul.ListAsync(Key("w/"), Block(index), None);
        var keys = Consul.KeysAsync(Key("w/"), null, Block(index), None);
        var key = Consul.GetAsync(Key("w/a"), Block(index), None);
        Assert.False(pairs.IsCompleted || keys.IsCompleted || key.IsCompleted);

        await Change(change, session);

        Assert.True((await pairs.WaitAsync(Patience)).Index > index);
        Assert.True((await keys.WaitAsync(Patience)).Index > index);
        Assert.True((await key.WaitAsync(Patience)).Index > index);
        await Consul.DestroySessionAsync(session, None);
    }

    [Fact]
    public async Task A_read_that_waits_gives_the_state_after_the_change()
    {
        var index = (await Consul.GetAsync(Key("k"), default, None)).Index;
        var waiting = Consul.GetAsync(Key("k"), Block(index), None);
        while (true)
        {
            // Other writes may wake a query on a missing key as well.
            var written = waiting.IsCompleted ? 0 : await Set("k", "1");
            var got = await waiting.WaitAsync(Patience);
            if (got.Pair is not null)
            {
                Assert.Equal("1", Text(got.Pair));
                break;
            }
            waiting = Consul.GetAsync(Key("k"), Block(written > 0 ? written - 1 : got.Index), None);
        }
    }

    [Fact]
    public async Task A_read_below_the_current_index_does_not_wait()
    {
        var first = await Set("k", "1");
        var second = await Set("k", "2");
        Assert.Equal(second, (await Consul.GetAsync(Key("k"), Block(first), None).WaitAsync(Patience)).Index);
        Assert.Equal(second, (await Consul.ListAsync(Prefix, Block(first), None).WaitAsync(Patience)).Index);
    }

    [Fact]
    public async Task Nothing_is_missed_between_a_read_and_the_wait()
    {
        for (var i = 0; i < 20; i++)
        {
            var before = await Set("k", $"{i}a");
            var write = Set("k", $"{i}b");
            var got = await Consul.GetAsync(Key("k"), Block(before), None).WaitAsync(Patience);
            Assert.Equal($"{i}b", Text(got.Pair));
            await write;
        }
    }

    [Fact]
    public async Task A_wait_ends_with_its_time_and_without_a_change()
    {
        var index = await Set("k", "1");
        var got = await Consul.GetAsync(Key("k"), new ReadOptions(WaitIndex: index, WaitTime: Short), None).WaitAsync(Patience);
        Assert.Equal((index, "1"), (got.Index, Text(got.Pair)));
    }

    [Fact]
    public async Task An_index_from_the_future_waits_and_then_gives_the_present_one()
    {
        var index = await Set("k", "1");
        var listing = await Consul.ListAsync(Prefix, new ReadOptions(WaitIndex: index + 1_000_000, WaitTime: Short), None).WaitAsync(Patience);
        Assert.Equal(index, listing.Index);
    }

    [Fact]
    public async Task Writes_elsewhere_and_writes_of_the_same_value_do_not_end_a_wait()
    {
        var index = await Set("w/k", "1");
        var waiting = Consul.ListAsync(Key("w/"), new ReadOptions(WaitIndex: index, WaitTime: Short), None);
        await Set("x", "1");
        await Set("w/k", "1");
        Assert.Equal(index, (await waiting.WaitAsync(Patience)).Index);
    }

    [Fact]
    public async Task A_refused_transaction_does_not_end_a_wait()
    {
        var index = await Set("w/k", "1");
        var waiting = Consul.ListAsync(Key("w/"), new ReadOptions(WaitIndex: index, WaitTime: Short), None);
        await Refuse([1], KvOperation.Set(Key("w/k"), Bytes("2")), KvOperation.Get(Key("none")));
        Assert.Equal(index, (await waiting.WaitAsync(Patience)).Index);
    }

    [Fact]
    public async Task Trap_deleting_a_wider_prefix_may_not_end_a_wait()
    {
        await Set("p/q/a", "1");
        await Consul.DeleteAsync(Key("p/q/a"), None);
        var index = await Set("p/q/b", "1");
        var waiting = Consul.ListAsync(Key("p/q/"), new ReadOptions(WaitIndex: index, WaitTime: Short), None);
        await Commit(KvOperation.DeleteTree(Key("p/")));
        var listing = await waiting.WaitAsync(Patience);
        // It is over by time: the index went back.
        Assert.Empty(listing.Pairs);
        Assert.True(listing.Index < index);
    }

    [Fact]
    public async Task A_wait_can_be_cancelled()
    {
        var index = await Set("k", "1");
        using var stop = new CancellationTokenSource();
        Task[] waits =
        [
            Consul.GetAsync(Key("k"), Block(index), stop.Token),
            Consul.ListAsync(Prefix, Block(index), stop.Token),
            Consul.KeysAsync(Prefix, "/", Block(index), stop.Token),
        ];
        Assert.All(waits, wait => Assert.False(wait.IsCompleted));
        await stop.CancelAsync();
        foreach (var wait in waits)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(Patience));
    }

    [Fact]
    public async Task What_is_cancelled_before_it_begins_does_not_begin()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Consul.PutAsync(Key("k"), Bytes("1"), stop.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Consul.GetAsync(Key("k"), default, stop.Token));
        Assert.Null(await Get("k"));
    }

    [Fact]
    public async Task The_list_of_sessions_can_be_waited_on()
    {
        var session = await Session();
        var created = await Consul.ListSessionsAsync(default, None);
        var waiting = Consul.ListSessionsAsync(Block(created.Index), None);
        await Consul.DestroySessionAsync(session, None);
        Assert.True((await waiting.WaitAsync(Patience)).Index > created.Index);
    }

    private static ReadOptions Block(ulong index) => new(WaitIndex: index, WaitTime: TimeSpan.FromMinutes(1));

    private Task Change(string change, string session) => change switch
    {
        "set" => Set("w/a", "2"),
        "put" => Consul.PutAsync(Key("w/a"), Bytes("2"), None),
        "delete" => Consul.DeleteAsync(Key("w/a"), None),
        "delete-tree" => Commit(KvOperation.DeleteTree(Key("w/"))),
        "transaction" => Commit(KvOperation.Delete(Key("w/b")), KvOperation.Set(Key("w/a"), Bytes("2"))),
        "session" => Consul.DestroySessionAsync(session, None),
        _ => throw new ArgumentOutOfRangeException(nameof(change)),
    };
}
