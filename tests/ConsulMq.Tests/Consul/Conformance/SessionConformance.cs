using ConsulMq.Consul;

namespace ConsulMq.Tests.Consul.Conformance;

public abstract class SessionConformance(IConsul consul) : ConformanceTests(consul)
{
    private static readonly byte[] One = Bytes("1");
    private static readonly byte[] Two = Bytes("2");

    [Fact]
    public async Task A_session_is_listed_until_it_is_destroyed()
    {
        var id = await Consul.CreateSessionAsync(
            new SessionRequest { Name = "my name", Ttl = TimeSpan.FromSeconds(30), Behavior = SessionBehavior.Delete, LockDelay = TimeSpan.FromSeconds(1) }, None);
        Assert.True(Guid.TryParse(id, out _));
        var listing = await Consul.ListSessionsAsync(ReadOptions.Consistent, None);
        var info = Assert.Single(listing.Sessions, session => session.Id == id);
        Assert.Equal(("my name", TimeSpan.FromSeconds(30), SessionBehavior.Delete), (info.Name, info.Ttl, info.Behavior));
        Assert.NotEmpty(info.Node);
        Assert.True(info.CreateIndex > 0 && info.CreateIndex <= listing.Index);
        Assert.True(await Consul.RenewSessionAsync(id, None));

        await Consul.DestroySessionAsync(id, None);
        Assert.DoesNotContain((await Consul.ListSessionsAsync(ReadOptions.Consistent, None)).Sessions, session => session.Id == id);
        Assert.False(await Consul.RenewSessionAsync(id, None));
        await Consul.DestroySessionAsync(id, None);
    }

    [Fact]
    public async Task A_session_without_a_TTL_can_be_renewed_too()
    {
        var id = await Session();
        Assert.Equal(TimeSpan.Zero, (await Consul.ListSessionsAsync(default, None)).Sessions.Single(session => session.Id == id).Ttl);
        Assert.True(await Consul.RenewSessionAsync(id, None));
        await Consul.DestroySessionAsync(id, None);
    }

    [Fact]
    public async Task A_session_ends_with_its_node_unless_it_is_made_not_to()
    {
        var bound = await Session();
        var free = await Consul.CreateSessionAsync(new SessionRequest { Name = "free", Ttl = TimeSpan.FromSeconds(30), IgnoresNodeHealth = true }, None);
        var sessions = (await Consul.ListSessionsAsync(ReadOptions.Consistent, None)).Sessions;
        Assert.False(sessions.Single(session => session.Id == bound).IgnoresNodeHealth);
        Assert.True(sessions.Single(session => session.Id == free).IgnoresNodeHealth);
        await Commit(KvOperation.Lock(Key("k"), free, One));
        Assert.True(await Consul.RenewSessionAsync(free, None));
        await Consul.DestroySessionAsync(bound, None);
        await Consul.DestroySessionAsync(free, None);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(-1)]
    [InlineData((24 * 3600) + 1)]
    public async Task A_TTL_outside_of_ten_seconds_to_a_day_is_an_error(int seconds)
    {
        var error = await Assert.ThrowsAsync<ConsulException>(() => Session(ttl: TimeSpan.FromSeconds(seconds)));
        Assert.Equal(ConsulFault.ServerError, error.Fault);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(24 * 3600)]
    public async Task A_TTL_of_ten_seconds_or_a_day_is_none(int seconds) =>
        await Consul.DestroySessionAsync(await Session(ttl: TimeSpan.FromSeconds(seconds)), None);

    [Fact]
    public async Task What_is_no_session_ID_is_an_error()
    {
        Assert.Equal(ConsulFault.ServerError, (await Assert.ThrowsAsync<ConsulException>(() => Consul.RenewSessionAsync("nonsense", None))).Fault);
        Assert.Equal(ConsulFault.ServerError, (await Assert.ThrowsAsync<ConsulException>(() => Consul.DestroySessionAsync("nonsense", None))).Fault);
    }

    [Fact]
    public async Task A_lock_is_held_by_one_session_and_counts()
    {
        var (mine, other) = (await Session(), await Session());
        var index = await Commit(KvOperation.Lock(Key("k"), mine, One));
        var pair = await Pair("k");
        Assert.Equal((mine, 1ul, index, index), (pair.Session, pair.LockIndex, pair.CreateIndex, pair.ModifyIndex));

        await Refuse(
            [0, 1, 2],
            KvOperation.Lock(Key("k"), other, Two),
            new KvOperation(KvVerb.Unlock, Key("k"), Two, Session: other),
            new KvOperation(KvVerb.CheckSession, Key("k"), Session: other));
        await Commit(new KvOperation(KvVerb.CheckSession, Key("k"), Session: mine));

        // Again by the same session: no new lock, and with the same value no change at all.
        Assert.Equal(index, await Commit(KvOperation.Lock(Key("k"), mine, One)));
        Assert.True(await Commit(KvOperation.Lock(Key("k"), mine, Two)) > index);
        Assert.Equal(1ul, (await Pair("k")).LockIndex);

        await Commit(new KvOperation(KvVerb.Unlock, Key("k"), Two, Session: mine));
        pair = await Pair("k");
        Assert.Equal((null, 1ul), (pair.Session, pair.LockIndex));
        await Commit(KvOperation.Lock(Key("k"), other, Two));
        Assert.Equal(2ul, (await Pair("k")).LockIndex);
        await Consul.DestroySessionAsync(mine, None);
        await Consul.DestroySessionAsync(other, None);
    }

    [Fact]
    public async Task A_lock_binds_nobody_but_lockers()
    {
        var id = await Session();
        var index = await Commit(KvOperation.Lock(Key("k"), id, One));
        Assert.True(await Commit(KvOperation.Cas(Key("k"), index, Two)) > index);
        Assert.Equal(id, (await Pair("k")).Session);
        await Commit(KvOperation.Delete(Key("k")));
        Assert.Null(await Get("k"));
        await Consul.DestroySessionAsync(id, None);
        Assert.Null(await Get("k"));
    }

    [Fact]
    public async Task Trap_a_plain_write_to_a_locked_key_sets_its_lock_count_to_zero()
    {
        var id = await Session();
        var index = await Commit(KvOperation.Lock(Key("k"), id, One));
        // Even the same value changes the key then, once.
        var written = await Commit(KvOperation.Set(Key("k"), One));
        Assert.True(written > index);
        var pair = await Pair("k");
        Assert.Equal((id, 0ul), (pair.Session, pair.LockIndex));
        Assert.Equal(written, await Commit(KvOperation.Set(Key("k"), One)));
        Assert.Equal(written, await Commit(KvOperation.Lock(Key("k"), id, One)));
        await Consul.DestroySessionAsync(id, None);
    }

    [Fact]
    public async Task A_lock_for_a_session_that_is_gone_refuses_the_whole_transaction()
    {
        var id = await Session();
        await Consul.DestroySessionAsync(id, None);
        await Refuse([1], KvOperation.Set(Key("a"), One), KvOperation.Lock(Key("k"), id, One));
        await Refuse(
            [0, 1, 2, 3],
            KvOperation.Lock(Key("k"), "nonsense", One),
            new KvOperation(KvVerb.Lock, Key("k"), One),
            new KvOperation(KvVerb.Unlock, Key("k"), One),
            new KvOperation(KvVerb.Unlock, Key("k"), One, Session: id));
        Assert.Empty(await KeysUnder());
    }

    [Fact]
    public async Task The_end_of_a_session_changes_the_keys_it_released_all_at_one_index()
    {
        var id = await Session();
        var index = await Commit(KvOperation.Lock(Key("a"), id, One), KvOperation.Lock(Key("b"), id, Two), KvOperation.Set(Key("c"), One));
        await Consul.DestroySessionAsync(id, None);
        var (a, b) = (await Pair("a"), await Pair("b"));
        Assert.True(a.ModifyIndex > index);
        Assert.Equal(a.ModifyIndex, b.ModifyIndex);
        Assert.Equal((null, 1ul, index, "1"), (a.Session, a.LockIndex, a.CreateIndex, Text(a)));
        Assert.Equal(index, (await Pair("c")).ModifyIndex);
        await Refuse([0], KvOperation.CheckIndex(Key("a"), index));
    }

    [Fact]
    public async Task The_end_of_a_session_that_deletes_takes_its_keys_with_it()
    {
        var id = await Session(SessionBehavior.Delete);
        var index = await Commit(KvOperation.Lock(Key("d/a"), id, One), KvOperation.Lock(Key("d/b"), id, Two), KvOperation.Set(Key("d/c"), One));
        await Consul.DestroySessionAsync(id, None);
        var listing = await Consul.ListAsync(Key("d/"), default, None);
        Assert.Equal(Key("d/c"), Assert.Single(listing.Pairs).Key);
        Assert.True(listing.Index > index);
    }

    [Fact]
    public async Task A_lock_delay_keeps_others_from_locking_but_from_nothing_else()
    {
        foreach (var behavior in new[] { SessionBehavior.Release, SessionBehavior.Delete })
        {
            var name = behavior.ToString();
            var (ended, other) = (await Session(behavior, lockDelay: TimeSpan.FromSeconds(30)), await Session());
            await Commit(KvOperation.Lock(Key(name), ended, One));
            await Consul.DestroySessionAsync(ended, None);
            // Like a missing key name it is refused before anything else is looked at.
            await Refuse([1, 2], KvOperation.Get(Key("none")), KvOperation.Lock(Key(name), other, One), KvOperation.Set("", One));
            await Set(name, "2");
            await Refuse([0], KvOperation.Lock(Key(name), other, One));
            await Consul.DestroySessionAsync(other, None);
        }
    }

    [Fact]
    public async Task Without_a_lock_delay_the_next_one_locks_at_once()
    {
        var (ended, other) = (await Session(), await Session());
        await Commit(KvOperation.Lock(Key("k"), ended, One));
        await Consul.DestroySessionAsync(ended, None);
        await Commit(KvOperation.Lock(Key("k"), other, One));
        Assert.Equal(2ul, (await Pair("k")).LockIndex);
        await Consul.DestroySessionAsync(other, None);
    }
}
