using ConsulMq.Consul;
using ConsulMq.InMemory;

namespace ConsulMq.Tests.InMemory;

/// <summary>What passes with time in the model; on one thread, so that every outcome is there as soon as the clock has moved.</summary>
public sealed class InMemoryTimeTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(15);

    private readonly ManualClock _clock = new();
    private readonly InMemoryConsul _consul;

    public InMemoryTimeTests() => _consul = new InMemoryConsul(new InMemoryConsulOptions { Clock = _clock, RunContinuationsAsynchronously = false });

    public void Dispose() => _consul.Dispose();

    [Fact]
    public void A_session_ends_two_TTLs_after_its_last_renewal()
    {
        var id = Session(Ttl);
        _clock.Advance(Ttl + Ttl - Second);
        Assert.True(Now(_consul.RenewSessionAsync(id, default)));
        _clock.Advance(Ttl + Ttl - Second);
        Assert.Single(Now(_consul.ListSessionsAsync(default, default)).Sessions);
        _clock.Advance(Second);
        Assert.Empty(Now(_consul.ListSessionsAsync(default, default)).Sessions);
        Assert.False(Now(_consul.RenewSessionAsync(id, default)));
    }

    [Fact]
    public void A_session_that_expires_releases_its_keys_and_wakes_who_waits_for_them()
    {
        var id = Session(Ttl);
        var index = Lock("k", id).Index;
        var waiting = _consul.ListAsync("k", new ReadOptions(WaitIndex: index), default);
        Assert.False(waiting.IsCompleted);
        _clock.Advance(Ttl + Ttl);
        var pair = Assert.Single(Now(waiting).Pairs);
        Assert.Null(pair.Session);
        Assert.True(pair.ModifyIndex > index);
    }

    [Fact]
    public void Who_sleeps_learns_of_a_session_that_was_created_meanwhile()
    {
        var index = Set("k", "1");
        var waiting = _consul.GetAsync("k", new ReadOptions(WaitIndex: index), default);
        ManualClock.WithoutContext(() => Lock("other", Session(Ttl, SessionBehavior.Delete)));
        Assert.False(waiting.IsCompleted);
        _clock.Advance(Ttl + Ttl);
        // No request came since then: the one that sleeps saw to it.
        Assert.Equal(1, _consul.Count);
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public void A_session_can_be_ended_at_once()
    {
        var id = Session(Ttl, SessionBehavior.Delete);
        Lock("k", id);
        Assert.True(_consul.ExpireSession(id));
        Assert.False(_consul.ExpireSession(id));
        Assert.Equal(0, _consul.Count);
        Assert.False(Lock("k", id).Committed);
    }

    [Fact]
    public void A_lock_delay_passes()
    {
        var (ended, other) = (Session(default, lockDelay: 3 * Second), Session(default));
        Lock("k", ended);
        _consul.ExpireSession(ended);
        _clock.Advance(3 * Second - TimeSpan.FromTicks(1));
        Assert.False(Lock("k", other).Committed);
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.True(Lock("k", other).Committed);
    }

    [Fact]
    public void A_wait_ends_with_its_time_which_is_five_minutes_unless_given()
    {
        var index = Set("k", "1");
        var given = _consul.GetAsync("k", new ReadOptions(WaitIndex: index, WaitTime: 10 * Second), default);
        var standard = _consul.GetAsync("k", new ReadOptions(WaitIndex: index), default);
        _clock.Advance(10 * Second);
        Assert.Equal(index, Now(given).Index);
        Assert.False(standard.IsCompleted);
        _clock.Advance(290 * Second);
        Assert.Equal(index, Now(standard).Index);
        Assert.Equal(0, _clock.Sleepers);
    }

    [Fact]
    public void What_a_write_wakes_goes_on_before_the_write_returns()
    {
        var index = Set("k", "1");
        var waiting = _consul.GetAsync("k", new ReadOptions(WaitIndex: index), default);
        Task? seen = null;
        ManualClock.WithoutContext(() =>
        {
            seen = Follow();
            Set("k", "2");
        });
        Assert.True(seen!.IsCompleted);
        Assert.Equal(0, _clock.Sleepers);

        async Task Follow()
        {
            // What goes on may write itself: no lock is held.
            await waiting;
            Set("other", "1");
        }
    }

    [Fact]
    public void Deletions_are_forgotten_after_fifteen_minutes()
    {
        var first = Set("p/a", "1");
        Set("p/b", "1");
        Now(_consul.TransactAsync([KvOperation.Delete("p/b")], ReadConsistency.Default, default));
        Assert.True(Now(_consul.ListAsync("p/", default, default)).Index > first);
        _clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(first, Now(_consul.ListAsync("p/", default, default)).Index);
    }

    [Fact]
    public void A_check_turns_critical_when_nobody_reports_and_its_service_vanishes_later()
    {
        Now(_consul.RegisterServiceAsync(
            new ServiceRegistration { Id = "s", Name = "s", Checks = [new TtlCheck { Id = "c", Ttl = 10 * Second, DeregisterCriticalAfter = 60 * Second }] }, default));
        Assert.Equal(CheckStatus.Critical, Assert.Single(Services().Instances).Status);
        Now(_consul.UpdateCheckAsync("c", CheckStatus.Passing, "ok", default));
        _clock.Advance(9 * Second);
        Now(_consul.UpdateCheckAsync("c", CheckStatus.Passing, "ok", default));
        _clock.Advance(9 * Second);
        var passing = Services();
        Assert.Equal(CheckStatus.Passing, passing.Instances.Single().Status);
        var waiting = _consul.ListServiceAsync("s", new ReadOptions(WaitIndex: passing.Index), default);
        _clock.Advance(Second);
        var critical = Now(waiting);
        Assert.Equal((CheckStatus.Critical, "TTL expired"), (critical.Instances.Single().Status, critical.Instances.Single().Output));
        waiting = _consul.ListServiceAsync("s", new ReadOptions(WaitIndex: critical.Index), default);
        _clock.Advance(60 * Second);
        Assert.Empty(Now(waiting).Instances);
    }

    [Fact]
    public void Session_IDs_can_be_given()
    {
        var id = Guid.Parse("00000000-0000-0000-0000-000000000007");
        using var consul = new InMemoryConsul(new InMemoryConsulOptions { NewSessionId = () => id });
        Assert.Equal(id.ToString(), Now(consul.CreateSessionAsync(new SessionRequest { Name = "n" }, default)));
    }

    private static void Now(Task task)
    {
        Assert.True(task.IsCompleted, "It should be done by now.");
        task.GetAwaiter().GetResult();
    }

    private static T Now<T>(Task<T> task)
    {
        Assert.True(task.IsCompleted, "It should be done by now.");
        return task.GetAwaiter().GetResult();
    }

    private ServiceListing Services() => Now(_consul.ListServiceAsync("s", default, default));

    private string Session(TimeSpan ttl, SessionBehavior behavior = default, TimeSpan lockDelay = default) =>
        Now(_consul.CreateSessionAsync(new SessionRequest { Name = "n", Ttl = ttl, Behavior = behavior, LockDelay = lockDelay }, default));

    private TransactionResult Lock(string key, string session) =>
        Now(_consul.TransactAsync([KvOperation.Lock(key, session, default)], ReadConsistency.Default, default));

    private ulong Set(string key, string value) =>
        Now(_consul.TransactAsync([KvOperation.Set(key, System.Text.Encoding.UTF8.GetBytes(value))], ReadConsistency.Default, default)).Index;
}
