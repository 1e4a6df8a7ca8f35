using ConsulMq.Consul;

namespace ConsulMq.Tests.Consul.Conformance;

public abstract class LimitsConformance(IConsul consul) : ConformanceTests(consul)
{
    [Fact]
    public async Task A_transaction_holds_64_operations_and_not_one_more()
    {
        KvOperation[] operations = [.. Enumerable.Range(0, ConsulLimits.OperationsPerTransaction).Select(i => KvOperation.Set(Key($"{i:d2}"), Bytes("1")))];
        await Commit(operations);
        Assert.Equal(64, (await KeysUnder()).Length);
        await TooLarge(() => Run([.. operations, KvOperation.Set(Key("more"), Bytes("1"))]));
        await TooLarge(() => Run([.. operations.Select(operation => KvOperation.Get(operation.Key)), KvOperation.Get(Key("00"))]));
        Assert.Equal(64, (await KeysUnder()).Length);
    }

    [Fact]
    public async Task A_value_that_is_put_holds_512_KiB_and_not_one_byte_more()
    {
        await Consul.PutAsync(Key("k"), new byte[ConsulLimits.ValueBytes], None);
        await TooLarge(() => Consul.PutAsync(Key("more"), new byte[ConsulLimits.ValueBytes + 1], None));
        Assert.Equal(ConsulLimits.ValueBytes, (await Pair("k")).Value.Length);
        Assert.Null(await Get("more"));
    }

    [Fact]
    public async Task A_transaction_holds_380_KiB_of_values_and_not_400()
    {
        KvOperation[] Values(int kibibytes) => [.. Enumerable.Range(0, 8).Select(i => KvOperation.Set(Key($"{i}"), new byte[kibibytes * 1024 / 8]))];
        await Commit(Values(380));
        await TooLarge(() => Run(Values(400)));
        Assert.Equal(380 * 1024, (await Consul.ListAsync(Prefix, default, None)).Pairs.Sum(pair => pair.Value.Length));
    }

    [Fact]
    public async Task A_transaction_body_holds_512_KiB_to_the_byte()
    {
        // [{"KV":{"Verb":"set","Key":"...","Value":"..."}}], the value in base64: four bytes for three.
        var frame = 43 + Prefix.Length;
        var key = Key(new string('k', 1 + ((ConsulLimits.TransactionBytes - frame - 1) % 4)));
        var value = new byte[(ConsulLimits.TransactionBytes - frame - (key.Length - Prefix.Length)) / 4 * 3];
        await Commit(KvOperation.Set(key, value));
        await TooLarge(() => Run(KvOperation.Set(key + "k", value)));
    }

    [Fact]
    public async Task A_key_is_required()
    {
        Assert.Equal(ConsulFault.Rejected, (await Assert.ThrowsAsync<ConsulException>(() => Consul.GetAsync("", default, None))).Fault);
        Assert.Equal(ConsulFault.Rejected, (await Assert.ThrowsAsync<ConsulException>(() => Consul.PutAsync("", Bytes("1"), None))).Fault);
        Assert.Equal(ConsulFault.Rejected, (await Assert.ThrowsAsync<ConsulException>(() => Consul.DeleteAsync("", None))).Fault);
    }

    private static async Task TooLarge(Func<Task> request)
    {
        var error = await Assert.ThrowsAsync<ConsulException>(request);
        Assert.Equal(ConsulFault.TooLarge, error.Fault);
        // Known beforehand, so nobody has to find out what became of it.
        Assert.False(error.MayHaveCommitted);
    }
}
