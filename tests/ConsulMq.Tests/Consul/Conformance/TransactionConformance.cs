using ConsulMq.Consul;

namespace ConsulMq.Tests.Consul.Conformance;

public abstract class TransactionConformance(IConsul consul) : ConformanceTests(consul)
{
    private static readonly byte[] One = Bytes("1");
    private static readonly byte[] Two = Bytes("2");

    [Fact]
    public async Task All_pairs_of_a_transaction_share_its_index()
    {
        var old = await Set("old", "1");
        var index = await Commit(KvOperation.Set(Key("a"), One), KvOperation.Set(Key("old"), Two), KvOperation.Cas(Key("b"), 0, One));
        var pairs = (await Consul.ListAsync(Prefix, default, None)).Pairs;
        Assert.All(pairs, pair => Assert.Equal(index, pair.ModifyIndex));
        Assert.Equal([index, index, old], pairs.Select(pair => pair.CreateIndex));
    }

    [Fact]
    public async Task A_refused_transaction_names_every_operation_that_failed_and_changes_nothing()
    {
        var index = await Set("k", "1");
        await Refuse(
            [1, 3, 4, 5, 6, 7, 9],
            KvOperation.Set(Key("new"), One),
            KvOperation.Cas(Key("k"), 0, Two),
            KvOperation.CheckIndex(Key("k"), index),
            KvOperation.CheckIndex(Key("k"), index - 1),
            KvOperation.CheckNotExists(Key("k")),
            KvOperation.Get(Key("none")),
            KvOperation.CheckIndex(Key("none"), 0),
            KvOperation.Cas(Key("none"), index, One),
            KvOperation.Delete(Key("k")),
            KvOperation.CheckIndex(Key("k"), index));
        Assert.Equal(["k"], await KeysUnder());
        Assert.Equal(index, (await Pair("k")).ModifyIndex);
    }

    [Fact]
    public async Task What_a_refused_transaction_deleted_is_there_as_before()
    {
        var index = await Commit(KvOperation.Set(Key("t/a"), One), KvOperation.Set(Key("t/b"), One), KvOperation.Set(Key("t/c"), One));
        await Refuse(
            [4],
            KvOperation.Delete(Key("t/a")),
            KvOperation.Set(Key("t/a"), Two),
            KvOperation.DeleteTree(Key("t/")),
            KvOperation.Set(Key("t/b"), Two),
            KvOperation.Get(Key("none")));
        var listing = await Consul.ListAsync(Key("t/"), default, None);
        Assert.Equal(["1", "1", "1"], listing.Pairs.Select(Text));
        Assert.All(listing.Pairs, pair => Assert.Equal((index, index), (pair.CreateIndex, pair.ModifyIndex)));
        Assert.Equal(index, listing.Index);
    }

    [Fact]
    public async Task Each_operation_sees_what_the_ones_before_it_did()
    {
        var result = await Run(
            KvOperation.Set(Key("v"), One),
            KvOperation.Get(Key("v")),
            KvOperation.Delete(Key("v")),
            KvOperation.CheckNotExists(Key("v")),
            KvOperation.Cas(Key("v"), 0, Two),
            KvOperation.GetTree(Key("v")));
        Assert.Equal(["1", "2"], result.Pairs.Select(Text));
        Assert.Equal(result.Index, (await Pair("v")).CreateIndex);

        // So an index that was right at the start is stale behind a write in the same transaction.
        await Refuse([1], KvOperation.Set(Key("v"), One), KvOperation.CheckIndex(Key("v"), result.Index));
        await Refuse([1], KvOperation.Cas(Key("v"), result.Index, One), KvOperation.Cas(Key("v"), result.Index, Two));
        await Refuse([1], KvOperation.Delete(Key("v")), KvOperation.Get(Key("v")));
    }

    [Fact]
    public async Task Operations_behind_a_failed_one_see_what_the_ones_before_it_did()
    {
        var index = await Set("k", "1");
        await Refuse(
            [0, 2, 4],
            KvOperation.Get(Key("none")),
            KvOperation.Delete(Key("k")),
            KvOperation.CheckIndex(Key("k"), index),
            KvOperation.Set(Key("new"), One),
            KvOperation.CheckNotExists(Key("new")));
    }

    [Fact]
    public async Task Cas_writes_at_the_right_index_only()
    {
        var index = await Commit(KvOperation.Cas(Key("k"), 0, One));
        await Refuse([0], KvOperation.Cas(Key("k"), 0, Two));
        await Refuse([0], KvOperation.Cas(Key("k"), index - 1, Two));
        await Refuse([0], KvOperation.Cas(Key("k"), index + 1, Two));
        Assert.True(await Commit(KvOperation.Cas(Key("k"), index, Two)) > index);
        await Refuse([0], KvOperation.Cas(Key("k"), index, One));
        Assert.Equal("2", Text(await Get("k")));
    }

    [Fact]
    public async Task Cas_at_an_index_fails_on_a_missing_key_also_where_that_was_its_index()
    {
        var index = await Set("k", "1");
        await Consul.DeleteAsync(Key("k"), None);
        await Refuse([0, 1], KvOperation.Cas(Key("k"), index, Two), KvOperation.CheckIndex(Key("k"), index));
        await Refuse([0], KvOperation.CheckIndex(Key("k"), 0));
    }

    [Fact]
    public async Task Trap_writes_of_the_value_that_is_there_succeed_and_keep_the_index()
    {
        var index = await Set("k", "1");
        Assert.Equal(index, await Commit(KvOperation.Set(Key("k"), One)));
        Assert.Equal(index, await Commit(KvOperation.Cas(Key("k"), index, One)));
        var other = await Commit(KvOperation.Set(Key("k"), One), KvOperation.Set(Key("other"), One));
        Assert.True(other > index);
        Assert.Equal(index, (await Pair("k")).ModifyIndex);
        // Two clients that touch with the same value both succeed at one index.
        await Commit(KvOperation.CheckIndex(Key("k"), index), KvOperation.Cas(Key("k"), index, One));
    }

    [Fact]
    public async Task Trap_delete_cas_succeeds_on_a_missing_key()
    {
        var index = await Set("k", "1");
        await Refuse([0], new KvOperation(KvVerb.DeleteCas, Key("k"), Index: index - 1));
        await Refuse([0], new KvOperation(KvVerb.DeleteCas, Key("k"), Index: 0));
        var take = new KvOperation(KvVerb.DeleteCas, Key("k"), Index: index);
        Assert.True((await Run(take)).Committed);
        Assert.Null(await Get("k"));
        Assert.True((await Run(take)).Committed);
    }

    [Fact]
    public async Task Check_index_and_delete_take_a_key_once()
    {
        var index = await Set("k", "1");
        KvOperation[] take = [KvOperation.CheckIndex(Key("k"), index), KvOperation.Delete(Key("k"))];
        Assert.True((await Run(take)).Committed);
        await Refuse([0], take);
    }

    [Fact]
    public async Task Get_of_a_missing_key_fails_and_get_tree_of_an_empty_prefix_does_not()
    {
        await Refuse([0], KvOperation.Get(Key("none")));
        var result = await Run(KvOperation.GetTree(Key("none/")), KvOperation.CheckNotExists(Key("none")));
        Assert.True(result.Committed);
        Assert.Empty(result.Pairs);
        Assert.Equal(0ul, result.Index);
    }

    [Fact]
    public async Task Reads_give_their_pairs_in_the_order_of_the_operations()
    {
        var index = await Commit(KvOperation.Set(Key("a/1"), One), KvOperation.Set(Key("a/2"), Two), KvOperation.Set(Key("b"), Bytes("3")));
        var result = await Run(
            KvOperation.Get(Key("b")),
            KvOperation.CheckIndex(Key("b"), index),
            KvOperation.GetTree(Key("a/")),
            KvOperation.GetTree(Key("none/")),
            KvOperation.Set(Key("c"), One),
            KvOperation.Get(Key("a/1")),
            new KvOperation(KvVerb.CheckSession, Key("b")));
        Assert.Equal(["b", "a/1", "a/2", "a/1"], result.Pairs.Select(pair => pair.Key.Substring(Prefix.Length)));
        Assert.Equal(["3", "1", "2", "1"], result.Pairs.Select(Text));
        Assert.True(result.Index > index);
    }

    [Fact]
    public async Task A_transaction_of_reads_is_refused_with_all_that_failed()
    {
        var index = await Set("k", "1");
        await Refuse(
            [1, 2, 3],
            KvOperation.Get(Key("k")), KvOperation.Get(Key("none")), KvOperation.CheckIndex(Key("k"), index + 1), KvOperation.CheckNotExists(Key("k")));
    }

    [Fact]
    public async Task Deletions_alone_have_no_index()
    {
        await Set("k", "1");
        Assert.Equal(0ul, await Commit(KvOperation.Delete(Key("k"))));
        Assert.Equal(0ul, await Commit(KvOperation.Delete(Key("k")), KvOperation.DeleteTree(Key("none/"))));
    }

    [Fact]
    public async Task Delete_tree_takes_a_prefix_of_the_name_not_a_folder()
    {
        await Commit(KvOperation.Set(Key("t"), One), KvOperation.Set(Key("t/a"), One), KvOperation.Set(Key("tree"), One), KvOperation.Set(Key("u"), One));
        await Commit(KvOperation.DeleteTree(Key("t/")));
        Assert.Equal(["t", "tree", "u"], await KeysUnder());
        await Commit(KvOperation.DeleteTree(Key("t")));
        Assert.Equal(["u"], await KeysUnder());
    }

    [Fact]
    public async Task An_empty_key_is_refused_before_anything_else_is_looked_at()
    {
        await Refuse(
            [1, 3],
            KvOperation.Get(Key("none")), KvOperation.Set("", One), KvOperation.CheckIndex(Key("none"), 1), KvOperation.GetTree(""));
    }

    [Fact]
    public async Task A_transaction_without_operations_commits()
    {
        var result = await Run();
        Assert.True(result.Committed);
        Assert.Empty(result.Pairs);
    }

    [Fact]
    public async Task Keys_that_no_URL_can_name_are_as_good_as_others_in_a_transaction()
    {
        string[] names = ["a//b", "a/./b", "a/../b", ".", "..", "new\nline"];
        await Commit([.. names.Select(name => KvOperation.Set(Key(name), One))]);
        foreach (var name in names)
            Assert.Equal(Key(name), Assert.Single((await Run(KvOperation.Get(Key(name)))).Pairs).Key);
        Assert.Equal(names.OrderBy(name => name, StringComparer.Ordinal), await KeysUnder());
    }
}
