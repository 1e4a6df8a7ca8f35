using ConsulMq.Consul;

namespace ConsulMq.Tests.Consul.Conformance;

public abstract class KvConformance(IConsul consul) : ConformanceTests(consul)
{
    public static TheoryData<string> OddNames { get; } =
    [
        "plain", "with space", "per%cent", "per%41cent", "hash#tag", "what?q=1&r=2", "plus+", "quote\"", "back\\slash", "semi;colon", "é", "中文", "\uFFEE", "\U0001F600", "tail/", "a/b/c",
        "~tilde", "[x]", "a=b", "a,b", "pipe|", "<tag>", "'", "*", "@",
    ];

    [Fact]
    public async Task A_missing_key_has_no_pair_but_an_index()
    {
        var got = await Consul.GetAsync(Key("none"), default, None);
        Assert.Null(got.Pair);
        Assert.True(got.Index > 0);
    }

    [Fact]
    public async Task An_empty_prefix_has_no_pairs_but_an_index()
    {
        var listing = await Consul.ListAsync(Key("none/"), default, None);
        Assert.Empty(listing.Pairs);
        Assert.True(listing.Index > 0);
        var keys = await Consul.KeysAsync(Key("none/"), null, default, None);
        Assert.Empty(keys.Keys);
        Assert.True(keys.Index > 0);
    }

    [Theory]
    [MemberData(nameof(OddNames))]
    public async Task Odd_names_come_back_as_they_are(string name)
    {
        await Consul.PutAsync(Key(name), Bytes("put"), None);
        Assert.Equal("put", Text(await Get(name)));
        await Set(name, "set");
        Assert.Equal("set", Text(Assert.Single((await Run(KvOperation.Get(Key(name)))).Pairs)));
        Assert.Equal(Key(name), (await Pair(name)).Key);
        using (var raw = await Consul.GetRawAsync(Key(name), default, None))
            Assert.Equal(Bytes("set"), raw!.Bytes.ToArray());
        Assert.Equal([name], await KeysUnder());
        Assert.Equal(Key(name), Assert.Single((await Consul.ListAsync(Key(name), default, None)).Pairs).Key);
        await Consul.DeleteAsync(Key(name), None);
        Assert.Null(await Get(name));
    }

    [Theory]
    [InlineData("tab\there")]
    [InlineData("delete\u007F")]
    [InlineData("no-break\u00A0space")]
    [InlineData("wide\u3000space")]
    [InlineData("zero\u200Bwidth")]
    [InlineData("\U0001F468\u200D\U0001F469 joined")]
    [InlineData("right\u202Eto left")]
    [InlineData("private\uE000use")]
    public async Task Trap_a_character_that_cannot_be_printed_is_refused_in_a_URL_but_not_in_a_transaction(string name)
    {
        await RefusedInUrl(name);
        await Set(name, "1");
        Assert.Equal([name], await KeysUnder());
    }

    [Theory]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("a/../b")]
    [InlineData("./b")]
    [InlineData("../b")]
    [InlineData("a/.")]
    [InlineData("a/..")]
    public async Task Trap_a_segment_that_a_URL_cannot_hold_is_refused_and_never_taken_for_another_key(string name)
    {
        await Commit(KvOperation.Set(Key("b"), Bytes("b")), KvOperation.Set(Key("a/b"), Bytes("a/b")), KvOperation.Set(Key("a/"), Bytes("a/")));
        await RefusedInUrl(name);
        Assert.Equal(["a/", "a/b", "b"], await KeysUnder());
    }

    [Fact]
    public async Task Values_are_any_bytes()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(b => (byte)b)];
        await Consul.PutAsync(Key("put"), all, None);
        await Commit(KvOperation.Set(Key("set"), all), KvOperation.Set(Key("empty"), default));
        await Consul.PutAsync(Key("nothing"), default, None);
        Assert.Equal(all, (await Pair("put")).Value.ToArray());
        Assert.Equal(all, (await Pair("set")).Value.ToArray());
        Assert.Equal(0, (await Pair("empty")).Value.Length);
        Assert.Equal(0, (await Pair("nothing")).Value.Length);
        Assert.Equal([0, 0, 256, 256], (await Consul.ListAsync(Prefix, default, None)).Pairs.Select(pair => pair.Value.Length));
    }

    [Theory]
    [InlineData(ReadConsistency.Default)]
    [InlineData(ReadConsistency.Consistent)]
    [InlineData(ReadConsistency.Stale)]
    public async Task A_raw_value_is_the_very_bytes_that_were_put(ReadConsistency consistency)
    {
        byte[] all = [.. Enumerable.Range(0, 500 * 1024).Select(b => (byte)(b * 7))];
        await Consul.PutAsync(Key("full"), all, None);
        await Consul.PutAsync(Key("empty"), default, None);
        using (var full = await Consul.GetRawAsync(Key("full"), consistency, None))
            Assert.True(full!.Bytes.Span.SequenceEqual(all));
        using (var empty = await Consul.GetRawAsync(Key("empty"), consistency, None))
            Assert.Equal(0, empty!.Length);
        Assert.Null(await Consul.GetRawAsync(Key("none"), consistency, None));
        // A key is not a prefix.
        Assert.Null(await Consul.GetRawAsync(Key("ful"), consistency, None));
    }

    [Fact]
    public async Task A_raw_value_cannot_be_looked_at_once_it_was_given_back()
    {
        await Consul.PutAsync(Key("k"), Bytes("value"), None);
        var raw = await Consul.GetRawAsync(Key("k"), default, None);
        raw!.Dispose();
        raw.Dispose();
        Assert.Throws<ObjectDisposedException>(() => raw.Bytes);
    }

    [Fact]
    public async Task A_value_is_what_it_was_when_it_was_written()
    {
        var value = Bytes("before");
        await Commit(KvOperation.Set(Key("k"), value));
        value[0] = (byte)'X';
        Assert.Equal("before", Text(await Get("k")));
    }

    [Fact]
    public async Task CreateIndex_is_kept_and_ModifyIndex_rises_when_a_value_changes()
    {
        await Consul.PutAsync(Key("k"), Bytes("1"), None);
        var first = await Pair("k");
        Assert.Equal(first.CreateIndex, first.ModifyIndex);
        await Consul.PutAsync(Key("k"), Bytes("2"), None);
        var second = await Pair("k");
        Assert.Equal(first.CreateIndex, second.CreateIndex);
        Assert.True(second.ModifyIndex > first.ModifyIndex);
    }

    [Fact]
    public async Task A_key_that_was_deleted_and_written_again_has_a_new_CreateIndex()
    {
        var first = await Set("k", "1");
        await Consul.DeleteAsync(Key("k"), None);
        await Set("k", "1");
        Assert.True((await Pair("k")).CreateIndex > first);
    }

    [Fact]
    public async Task Trap_writing_the_value_that_is_there_changes_nothing()
    {
        await Consul.PutAsync(Key("k"), Bytes("1"), None);
        var first = await Pair("k");
        await Consul.PutAsync(Key("k"), Bytes("1"), None);
        Assert.Equal(first.ModifyIndex, (await Pair("k")).ModifyIndex);
    }

    [Fact]
    public async Task Deleting_a_missing_key_is_no_error() => await Consul.DeleteAsync(Key("none"), None);

    [Fact]
    public async Task Keys_and_pairs_come_in_the_order_of_their_UTF8()
    {
        string[] ordered = ["", "Z", "a", "a ", "a-", "a/", "a/b", "a0", "ab", "~", "é", "\uD7FF", "\uFFEE", "\U0001F600"];
        foreach (var name in ordered.Reverse())
            await Set("o/" + name, "1");
        Assert.Equal(ordered.Select(name => "o/" + name), await KeysUnder("o/"));
        Assert.Equal(ordered.Select(name => Key("o/" + name)), (await Consul.ListAsync(Key("o/"), default, None)).Pairs.Select(pair => pair.Key));
        Assert.Equal(ordered.Select(name => Key("o/" + name)), (await Run(KvOperation.GetTree(Key("o/")))).Pairs.Select(pair => pair.Key));
    }

    [Fact]
    public async Task A_separator_cuts_keys_and_gives_equal_ones_once()
    {
        foreach (var name in new[] { "x", "x/", "x/a", "x/a-", "x/a/", "x/a/b", "x/a/c/d", "x/a0", "x/b/c", "y/z" })
            await Set(name, "1");
        Assert.Equal(["x", "x/", "y/"], await KeysUnder("", "/"));
        Assert.Equal(["x/", "x/a", "x/a-", "x/a/", "x/a0", "x/b/"], await KeysUnder("x/", "/"));
        Assert.Equal(["x", "x/"], await KeysUnder("x", "/"));
        Assert.Equal(["x/a", "x/a-", "x/a/", "x/a0"], await KeysUnder("x/a", "/"));
        Assert.Equal(["x/a/b"], await KeysUnder("x/a/b", "/"));
        Assert.Equal(["x/", "x/a", "x/a-", "x/a/", "x/a0", "x/b/c"], await KeysUnder("x/", "a/"));
        Assert.Equal(10, (await KeysUnder("", "")).Length);
    }

    [Fact]
    public async Task Every_consistency_gives_the_same_here()
    {
        await Set("k", "1");
        Assert.Equal("1", Text((await Consul.GetAsync(Key("k"), ReadOptions.Consistent, None)).Pair));
        Assert.Equal("1", Text((await Consul.GetAsync(Key("k"), new ReadOptions(ReadConsistency.Stale), None)).Pair));
        Assert.Single((await Consul.TransactAsync([KvOperation.Get(Key("k"))], ReadConsistency.Consistent, None)).Pairs);
        Assert.Single((await Consul.TransactAsync([KvOperation.Get(Key("k"))], ReadConsistency.Stale, None)).Pairs);
    }

    [Fact]
    public async Task The_index_of_a_key_is_its_ModifyIndex_and_of_a_prefix_the_highest_under_it()
    {
        var first = await Set("p/a", "1");
        var second = await Set("p/b", "1");
        Assert.Equal(first, (await Consul.GetAsync(Key("p/a"), default, None)).Index);
        Assert.Equal(second, (await Consul.ListAsync(Key("p/"), default, None)).Index);
        Assert.Equal(second, (await Consul.KeysAsync(Key("p/"), "/", default, None)).Index);
    }

    [Fact]
    public async Task A_deletion_raises_the_index_of_the_prefixes_above_it()
    {
        await Set("p/a", "1");
        var second = await Set("p/b", "1");
        await Consul.DeleteAsync(Key("p/b"), None);
        var after = await Consul.ListAsync(Key("p/"), default, None);
        Assert.Single(after.Pairs);
        Assert.True(after.Index > second);
        Assert.Equal(after.Index, (await Consul.KeysAsync(Key("p/"), null, default, None)).Index);
    }

    [Fact]
    public async Task The_index_of_an_empty_prefix_and_of_a_missing_key_rises_with_writes_elsewhere()
    {
        var prefix = (await Consul.ListAsync(Key("none/"), default, None)).Index;
        var key = (await Consul.GetAsync(Key("none"), default, None)).Index;
        var write = await Set("elsewhere", "1");
        Assert.True(write > prefix && write > key);
        Assert.True((await Consul.ListAsync(Key("none/"), default, None)).Index >= write);
        Assert.True((await Consul.GetAsync(Key("none"), default, None)).Index >= write);
    }

    [Fact]
    public async Task Trap_the_index_of_a_prefix_goes_back_when_a_wider_one_is_deleted()
    {
        await Set("p/q/a", "1");
        await Consul.DeleteAsync(Key("p/q/a"), None);
        var before = await Set("p/q/b", "1");
        await Commit(KvOperation.DeleteTree(Key("p/")));
        // The only tombstone of the tree is at "p/", so what counts under "p/q/" is the older one of "p/q/a".
        Assert.True((await Consul.ListAsync(Key("p/q/"), default, None)).Index < before);
        Assert.True((await Consul.ListAsync(Key("p/"), default, None)).Index > before);
    }

    private async Task RefusedInUrl(string name)
    {
        Func<Task>[] requests =
        [
            () => Consul.GetAsync(Key(name), default, None),
            () => Consul.GetRawAsync(Key(name), default, None),
            () => Consul.PutAsync(Key(name), Bytes("1"), None),
            () => Consul.DeleteAsync(Key(name), None),
            () => Consul.ListAsync(Key(name), default, None),
            () => Consul.KeysAsync(Key(name), "/", default, None),
        ];
        foreach (var request in requests)
            Assert.Equal(ConsulFault.Rejected, (await Assert.ThrowsAsync<ConsulException>(request)).Fault);
    }
}
