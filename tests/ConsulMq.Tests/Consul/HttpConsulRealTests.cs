using ConsulMq.Consul;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Consul;

/// <summary>What a real Consul answers, and that the client reads it right.</summary>
public sealed class HttpConsulRealTests(ConsulFixture fixture) : IClassFixture<ConsulFixture>, IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly HttpConsul _consul = new(new ConsulOptions { Address = fixture.Address });
    private readonly string _prefix = ConsulFixture.NewPrefix() + "/";

    public void Dispose() => _consul.Dispose();

    [Fact]
    public async Task A_value_put_is_read_back_and_a_missing_key_is_a_result()
    {
        Assert.Null((await _consul.GetAsync(_prefix + "a", ReadOptions.Consistent, None)).Pair);
        byte[] value = [0, 1, 2, 255, 10, 13];
        await _consul.PutAsync(_prefix + "a", value, None);
        var got = await _consul.GetAsync(_prefix + "a", ReadOptions.Consistent, None);
        Assert.Equal(value, got.Pair!.Value.ToArray());
        Assert.Equal(_prefix + "a", got.Pair.Key);
        Assert.Equal(got.Pair.ModifyIndex, got.Index);
        Assert.Equal(got.Pair.CreateIndex, got.Pair.ModifyIndex);
        await _consul.DeleteAsync(_prefix + "a", None);
        await _consul.DeleteAsync(_prefix + "a", None);
        Assert.Null((await _consul.GetAsync(_prefix + "a", default, None)).Pair);
    }

    [Fact]
    public async Task The_open_edition_has_no_namespaces_and_nothing_is_written()
    {
        using var consul = new HttpConsul(new ConsulOptions { Address = fixture.Address, Namespace = "team" });
        foreach (var act in new Func<Task>[] { () => consul.TransactAsync([KvOperation.Set(_prefix + "a", "x"u8.ToArray())], default, None), () => consul.SelfAsync(None) })
        {
            var error = await Assert.ThrowsAsync<ConsulException>(act);
            Assert.Equal((ConsulFault.Rejected, false), (error.Fault, error.MayHaveCommitted));
            Assert.Contains("open edition", error.Message, StringComparison.Ordinal);
        }

        Assert.Null((await _consul.GetAsync(_prefix + "a", default, None)).Pair);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a%b")]
    [InlineData("a%41b")]
    [InlineData("a%2Fb")]
    [InlineData("a%2e%2e")]
    [InlineData("a#b")]
    [InlineData("a?b=c&d")]
    [InlineData("a+b")]
    [InlineData("a\\b")]
    [InlineData("a\"b<>&'")]
    [InlineData("Grüße/日本/😀")]
    [InlineData("...")]
    [InlineData("..a/b..")]
    [InlineData("a:b;c,d@e!$*()=~|^`{}[]")]
    [InlineData(" lead and trail ")]
    public async Task A_name_means_the_same_key_in_a_path_and_in_a_transaction(string name)
    {
        var key = _prefix + name + "/x";
        await _consul.PutAsync(key, "1"u8.ToArray(), None);
        var written = await _consul.TransactAsync([KvOperation.Get(key)], ReadConsistency.Consistent, None);
        Assert.Equal(key, Assert.Single(written.Pairs).Key);
        Assert.Equal(key, (await _consul.GetAsync(key, default, None)).Pair!.Key);
        Assert.Equal([key], (await _consul.KeysAsync(_prefix + name, null, default, None)).Keys);
        Assert.Equal([_prefix + name + "/"], (await _consul.KeysAsync(_prefix + name, "/", default, None)).Keys);
        Assert.Equal(key, Assert.Single((await _consul.ListAsync(_prefix + name + "/", default, None)).Pairs).Key);
        await _consul.DeleteAsync(key, None);
        Assert.Empty((await _consul.ListAsync(_prefix, default, None)).Pairs);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("a/../b")]
    [InlineData("a/./b")]
    [InlineData("..")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    public async Task A_key_that_Consul_would_take_for_another_is_rejected(string key)
    {
        var error = await Assert.ThrowsAsync<ConsulException>(() => _consul.PutAsync(key, default, None));
        Assert.Equal(ConsulFault.Rejected, error.Fault);
        Assert.False(error.MayHaveCommitted);
    }

    [Fact]
    public async Task A_key_with_half_a_character_and_one_too_long_are_rejected()
    {
        Assert.Equal(ConsulFault.Rejected, (await Assert.ThrowsAsync<ConsulException>(() => _consul.PutAsync(new string('k', 70_000), default, None))).Fault);
        var key = _prefix + "a\ud800b";
        Assert.Equal(ConsulFault.Rejected, (await Assert.ThrowsAsync<ConsulException>(() => _consul.PutAsync(key, default, None))).Fault);
        var error = await Assert.ThrowsAsync<ConsulException>(() => _consul.TransactAsync([KvOperation.Set(key, default)], default, None));
        Assert.Equal((ConsulFault.Rejected, false), (error.Fault, error.MayHaveCommitted));
    }

    [Fact]
    public async Task A_listing_gives_all_pairs_in_order_with_their_values()
    {
        var random = new Random(1);
        var expected = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        for (var i = 0; i < 60; i++)
        {
            var value = new byte[random.Next(0, 20_000)];
            random.NextBytes(value);
            expected[$"{_prefix}{random.Next():x8}"] = value;
        }
        foreach (var chunk in expected.Chunk(10))
            Assert.True((await _consul.TransactAsync([.. chunk.Select(e => KvOperation.Set(e.Key, e.Value))], default, None)).Committed);

        var listing = await _consul.ListAsync(_prefix, ReadOptions.Consistent, None);
        Assert.Equal(expected.Keys, listing.Pairs.Select(p => p.Key));
        Assert.Equal(expected.Values, listing.Pairs.Select(p => p.Value.ToArray()));
        Assert.Equal(expected.Keys, (await _consul.KeysAsync(_prefix, null, new ReadOptions(ReadConsistency.Stale), None)).Keys);
        Assert.Equal(listing.Pairs.Max(p => p.ModifyIndex), listing.Index);
    }

    [Fact]
    public async Task A_transaction_gives_the_index_it_wrote_and_no_pairs()
    {
        var set = await _consul.TransactAsync([KvOperation.Set(_prefix + "a", "1"u8.ToArray()), KvOperation.Cas(_prefix + "b", 0, default)], default, None);
        Assert.True(set.Committed);
        Assert.Empty(set.Pairs);
        var pair = (await _consul.GetAsync(_prefix + "a", default, None)).Pair!;
        Assert.Equal(pair.ModifyIndex, set.Index);

        var next = await _consul.TransactAsync([KvOperation.CheckIndex(_prefix + "a", set.Index), KvOperation.Cas(_prefix + "b", set.Index, "2"u8.ToArray())], default, None);
        Assert.True(next.Index > set.Index);
        var deletion = await _consul.TransactAsync([KvOperation.CheckIndex(_prefix + "a", set.Index), KvOperation.Delete(_prefix + "a")], default, None);
        Assert.True(deletion.Committed);
        Assert.Equal(0ul, deletion.Index);
    }

    [Fact]
    public async Task A_refused_transaction_names_every_operation_that_failed()
    {
        await _consul.PutAsync(_prefix + "a", default, None);
        var refused = await _consul.TransactAsync(
            [
                KvOperation.CheckIndex(_prefix + "a", 1),
                KvOperation.Set(_prefix + "b", default),
                KvOperation.CheckNotExists(_prefix + "a"),
                KvOperation.CheckIndex(_prefix + "none", 7),
            ],
            default,
            None);
        Assert.False(refused.Committed);
        Assert.Equal([0, 2, 3], refused.Failures.Select(f => f.OpIndex));
        Assert.Null((await _consul.GetAsync(_prefix + "b", default, None)).Pair);
    }

    [Theory]
    [InlineData(ReadConsistency.Default)]
    [InlineData(ReadConsistency.Consistent)]
    [InlineData(ReadConsistency.Stale)]
    public async Task Reads_in_a_transaction_are_told_apart_from_all_else(ReadConsistency consistency)
    {
        var first = await _consul.TransactAsync([KvOperation.Set(_prefix + "t/1", "one"u8.ToArray()), KvOperation.Set(_prefix + "t/2", default)], default, None);
        var read = await _consul.TransactAsync(
            [
                KvOperation.CheckIndex(_prefix + "t/1", first.Index),
                KvOperation.GetTree(_prefix + "t/"),
                KvOperation.GetTree(_prefix + "none/"),
                KvOperation.Get(_prefix + "t/2"),
                KvOperation.CheckNotExists(_prefix + "x"),
            ],
            consistency,
            None);
        Assert.Equal(["t/1", "t/2", "t/2"], read.Pairs.Select(p => p.Key[_prefix.Length..]));
        Assert.Equal(0ul, read.Index);

        var mixed = await _consul.TransactAsync(
            [
                KvOperation.Get(_prefix + "t/1"),
                KvOperation.GetTree(_prefix + "t/"),
                KvOperation.Set(_prefix + "t/3", default),
                KvOperation.Delete(_prefix + "t/1"),
                KvOperation.GetTree(_prefix + "t/"),
                KvOperation.CheckIndex(_prefix + "t/2", first.Index),
                KvOperation.Set(_prefix + "t/9", "nine"u8.ToArray()),
            ],
            default,
            None);
        Assert.Equal(["t/1", "t/1", "t/2"], mixed.Pairs.Select(p => p.Key[_prefix.Length..]).Take(3));
        Assert.Equal(["t/2", "t/3"], mixed.Pairs.Select(p => p.Key[_prefix.Length..]).Skip(mixed.Pairs.Count - 2));
        Assert.True(mixed.Index > first.Index);
    }

    [Fact]
    public async Task A_large_body_goes_through_and_one_too_large_never_leaves()
    {
        var value = new byte[380 * 1024];
        new Random(2).NextBytes(value);
        Assert.True((await _consul.TransactAsync([KvOperation.Set(_prefix + "big", value)], default, None)).Committed);
        Assert.Equal(value, (await _consul.GetAsync(_prefix + "big", default, None)).Pair!.Value.ToArray());

        var error = await Assert.ThrowsAsync<ConsulException>(() => _consul.TransactAsync([KvOperation.Set(_prefix + "big", new byte[400_000])], default, None));
        Assert.Equal(ConsulFault.TooLarge, error.Fault);
        Assert.False(error.MayHaveCommitted);
        await _consul.PutAsync(_prefix + "big", new byte[ConsulLimits.ValueBytes], None);
        error = await Assert.ThrowsAsync<ConsulException>(() => _consul.PutAsync(_prefix + "big", new byte[ConsulLimits.ValueBytes + 1], None));
        Assert.Equal(ConsulFault.TooLarge, error.Fault);
    }

    [Fact]
    public async Task A_blocking_read_returns_when_something_changes_and_when_its_time_is_up()
    {
        await _consul.PutAsync(_prefix + "a", default, None);
        var index = (await _consul.ListAsync(_prefix, default, None)).Index;
        var unchanged = await _consul.ListAsync(_prefix, new ReadOptions(default, index, TimeSpan.FromMilliseconds(50)), None);
        Assert.Equal(index, unchanged.Index);

        var blocked = _consul.KeysAsync(_prefix, null, new ReadOptions(default, index, TimeSpan.FromMinutes(1)), None);
        await _consul.PutAsync(_prefix + "b", default, None);
        var changed = await blocked;
        Assert.True(changed.Index > index);
        Assert.Equal(2, changed.Keys.Count);
    }

    [Fact]
    public async Task A_blocking_read_is_cancelled_at_once()
    {
        using var source = new CancellationTokenSource();
        // Where there is no key, Consul answers by what becomes of all others.
        await _consul.PutAsync(_prefix + "k", default, None);
        var index = (await _consul.ListAsync(_prefix, default, None)).Index;
        var blocked = _consul.ListAsync(_prefix, new ReadOptions(default, index, TimeSpan.FromMinutes(1)), source.Token);
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked);
    }

    [Fact]
    public async Task A_session_locks_and_is_renewed_listed_and_ended()
    {
        var id = await _consul.CreateSessionAsync(new SessionRequest { Name = "test ü", Ttl = TimeSpan.FromSeconds(10), Behavior = SessionBehavior.Delete }, None);
        var session = Assert.Single((await _consul.ListSessionsAsync(ReadOptions.Consistent, None)).Sessions, s => s.Id == id);
        Assert.Equal(("test ü", TimeSpan.FromSeconds(10), SessionBehavior.Delete), (session.Name, session.Ttl, session.Behavior));
        Assert.True(await _consul.RenewSessionAsync(id, None));

        var locked = await _consul.TransactAsync(
            [KvOperation.Lock(_prefix + "l", id, "x"u8.ToArray()), new KvOperation(KvVerb.CheckSession, _prefix + "l", default, 0, id)], default, None);
        Assert.True(locked.Committed);
        var pair = (await _consul.GetAsync(_prefix + "l", default, None)).Pair!;
        Assert.Equal((id, 1ul), (pair.Session, pair.LockIndex));

        await _consul.DestroySessionAsync(id, None);
        await _consul.DestroySessionAsync(id, None);
        Assert.False(await _consul.RenewSessionAsync(id, None));
        Assert.Null((await _consul.GetAsync(_prefix + "l", default, None)).Pair);
        Assert.False((await _consul.TransactAsync([KvOperation.Lock(_prefix + "l", id, default)], default, None)).Committed);
    }

    [Fact]
    public async Task A_service_is_registered_with_a_check_and_removed()
    {
        var name = "svc-" + Guid.NewGuid().ToString("N");
        var id = name + "/1 ü";
        await _consul.RegisterServiceAsync(
            new ServiceRegistration
            {
                Id = id,
                Name = name,
                Tags = ["a", "b"],
                Meta = new Dictionary<string, string> { ["k"] = "v" },
                Checks = [new TtlCheck { Id = name + "-check", Ttl = TimeSpan.FromMinutes(1), DeregisterCriticalAfter = TimeSpan.FromMinutes(5) }],
            },
            None);
        await _consul.UpdateCheckAsync(name + "-check", CheckStatus.Warning, "so so", None);
        ulong index = 0;
        ServiceInstance instance;
        do
        {
            var listing = await _consul.ListServiceAsync(name, new ReadOptions(default, index, TimeSpan.FromSeconds(5)), None);
            index = listing.Index;
            instance = Assert.Single(listing.Instances);
        }
        while (instance.Status != CheckStatus.Warning);
        Assert.Equal((id, name, "so so"), (instance.Id, instance.Name, instance.Output));
        Assert.Equal(["a", "b"], instance.Tags);
        Assert.Equal("v", instance.Meta["k"]);

        await _consul.DeregisterServiceAsync(id, None);
        await _consul.DeregisterServiceAsync(id, None);
        var error = await Assert.ThrowsAsync<ConsulException>(() => _consul.UpdateCheckAsync(name + "-check", CheckStatus.Passing, null, None));
        Assert.Equal(ConsulFault.Rejected, error.Fault);
    }

    [Fact]
    public async Task The_agent_says_who_it_is()
    {
        var self = await _consul.SelfAsync(None);
        Assert.NotEqual("", self.Node);
        Assert.NotEqual("", self.Datacenter);
        Assert.Matches(@"^\d+\.\d+\.\d+", self.Version);
    }

    [Fact]
    public async Task A_wrong_datacenter_is_rejected_and_https_on_a_plain_port_is_a_TLS_failure()
    {
        using var elsewhere = new HttpConsul(new ConsulOptions { Address = fixture.Address, Datacenter = "no such" });
        Assert.Equal(ConsulFault.Rejected, (await Assert.ThrowsAsync<ConsulException>(() => elsewhere.GetAsync("a", default, None))).Fault);
        using var tls = new HttpConsul(new ConsulOptions { Address = fixture.Address, UseTls = true });
        var error = await Assert.ThrowsAsync<ConsulException>(() => tls.PutAsync("a", default, None));
        Assert.Equal((ConsulFault.TlsFailure, false), (error.Fault, error.MayHaveCommitted));
    }
}
