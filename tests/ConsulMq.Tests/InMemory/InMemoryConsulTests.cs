using ConsulMq.Consul;
using ConsulMq.InMemory;

namespace ConsulMq.Tests.InMemory;

public sealed class InMemoryConsulTests : IDisposable
{
    private readonly InMemoryConsul _consul = new();

    public void Dispose() => _consul.Dispose();

    [Fact]
    public async Task Says_that_it_is_no_server()
    {
        Assert.Equal("in-memory", _consul.Address);
        Assert.Equal(new AgentSelf("in-memory", "dc1", "in-memory", true), await _consul.SelfAsync(default));
    }

    [Fact]
    public async Task Counts_requests_and_the_entries_of_a_Raft_log()
    {
        await _consul.PutAsync("k", default, default);
        await _consul.GetAsync("k", default, default);
        await _consul.ListAsync("k", default, default);
        await _consul.TransactAsync([KvOperation.Get("k")], ReadConsistency.Default, default);
        await _consul.TransactAsync([KvOperation.Set("k", default), KvOperation.Set("l", default)], ReadConsistency.Default, default);
        await _consul.TransactAsync([KvOperation.Cas("k", 0, default)], ReadConsistency.Default, default);
        await _consul.DeleteAsync("none", default);
        await _consul.TransactAsync([KvOperation.Set("", default)], ReadConsistency.Default, default);
        Assert.Equal((8, 4), (_consul.Requests, _consul.RaftWrites));
    }

    [Fact]
    public async Task A_refused_write_takes_an_index_as_it_takes_a_place_in_a_Raft_log()
    {
        var first = (await _consul.TransactAsync([KvOperation.Set("k", default)], ReadConsistency.Default, default)).Index;
        await _consul.TransactAsync([KvOperation.Cas("k", 0, default)], ReadConsistency.Default, default);
        Assert.Equal(first + 2, (await _consul.TransactAsync([KvOperation.Set("l", default)], ReadConsistency.Default, default)).Index);
    }

    [Fact]
    public async Task Disposing_leaves_it_to_others_who_share_it()
    {
        await _consul.PutAsync("k", default, default);
        _consul.Dispose();
        Assert.NotNull((await _consul.GetAsync("k", default, default)).Pair);
    }

    [Fact]
    public async Task Holds_many_keys_and_gives_them_up_one_by_one()
    {
        const int Count = 100_000;
        for (var i = 0; i < Count; i += 50)
            await _consul.TransactAsync([.. Enumerable.Range(i, 50).Select(n => KvOperation.Set($"q/{n >> 8:x16}/{n:x8}", new byte[20]))], ReadConsistency.Default, default);
        Assert.Equal(Count, _consul.Count);
        Assert.Equal(Count, (await _consul.KeysAsync("q/", null, default, default)).Keys.Count);
        for (var n = 0; n < Count; n++)
        {
            if (n % 256 == 0)
                Assert.Equal(Math.Min(256, Count - n), (await _consul.ListAsync($"q/{n >> 8:x16}/", default, default)).Pairs.Count);
            await _consul.DeleteAsync($"q/{n >> 8:x16}/{n:x8}", default);
        }
        Assert.Equal(0, _consul.Count);
    }

    [Fact]
    public async Task Many_threads_each_win_what_they_won_alone()
    {
        const int Threads = 8, Keys = 200;
        for (var i = 0; i < Keys; i++)
            await _consul.PutAsync($"k/{i:d3}", default, default);
        var won = new int[Threads];
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            foreach (var pair in (await _consul.ListAsync("k/", default, default)).Pairs)
            {
                KvOperation[] take = [KvOperation.CheckIndex(pair.Key, pair.ModifyIndex), KvOperation.Delete(pair.Key)];
                if ((await _consul.TransactAsync(take, ReadConsistency.Default, default)).Committed)
                    won[thread]++;
            }
        })));
        Assert.Equal(Keys, won.Sum());
    }

    [Fact]
    public async Task Threads_that_wait_in_turns_miss_no_write()
    {
        const int Rounds = 500;
        await _consul.PutAsync("ball", default, default);
        await Task.WhenAll(Play(0), Play(1)).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(2 * Rounds, (await _consul.GetAsync("ball", default, default)).Pair!.Value.Length);

        Task Play(int player) => Task.Run(async () =>
        {
            var got = await _consul.GetAsync("ball", default, default);
            for (var round = 0; round < Rounds; round++)
            {
                while (got.Pair!.Value.Length % 2 != player || got.Pair.Value.Length / 2 != round)
                    got = await _consul.GetAsync("ball", new ReadOptions(WaitIndex: got.Index), default);
                await _consul.PutAsync("ball", new byte[got.Pair.Value.Length + 1], default);
            }
        });
    }
}
