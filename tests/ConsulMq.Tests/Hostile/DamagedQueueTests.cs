using System.Text;
using ConsulMq.Consul;
using ConsulMq.Storage;
using ConsulMq.TestSupport.Soaking;

namespace ConsulMq.Tests.Hostile;

/// <summary>Whatever somebody writes under a queue's keys: every operation ends, with the errors that it documents, and no good message is lost.</summary>
[Trait("Category", Soak.Category)]
public sealed class DamagedQueueTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly Figures Figures = new("Hostile input");

    private static int _tried;

    public static TheoryData<string> Operations => [.. QueueOperations.All.Keys];

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task DamagedValuesStopNobody(string operation)
    {
        // The same sample in each run of the short form; all of them in the long one.
        var random = new Random(operation.Length);
        var tried = 0;
        foreach (var kind in await KindsAsync())
        {
            foreach (var damage in Damages.OfValues)
            {
                // Who finds the front set empty may say so in the head, and then nobody looks there any more, whatever is put back.
                if ((!Soak.IsOn && random.Next(24) > 0) || (kind == "f/" && damage.Key == "missing"))
                    continue;
                tried++;
                await TryAsync(operation, $"{kind} is {damage.Key}", async made =>
                {
                    var pair = (await made.Consul.ListAsync(DamagedQueue.Root + kind, default, default)).Pairs[0];
                    var value = damage.Value(pair.Value.ToArray());
                    if (value?.Length > ConsulLimits.ValueBytes)
                        value = value[..ConsulLimits.ValueBytes];
                    await WriteAsync(made.Consul, pair.Key, value);
                    return (pair.Key, value, pair.Value.ToArray());
                });
            }
        }

        Interlocked.Add(ref _tried, tried);
        Figures.Write("operations on a queue with a damaged value", $"{Volatile.Read(ref _tried):N0}");
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task StrangersStopNobody(string operation)
    {
        var random = new Random(operation.Length);
        foreach (var (key, value) in Damages.Strangers)
        {
            if (!Soak.IsOn && random.Next(10) > 0)
                continue;
            await TryAsync(operation, $"{key[..Math.Min(key.Length, 60)]} is {value}", async made =>
            {
                await WriteAsync(made.Consul, DamagedQueue.Root + key, Encoding.UTF8.GetBytes(value));
                return (DamagedQueue.Root + key, Encoding.UTF8.GetBytes(value), null);
            });
        }
    }

    /// <summary>One of each kind of key that the queue has.</summary>
    private static async Task<IReadOnlyList<string>> KindsAsync()
    {
        using var made = await DamagedQueue.MakeAsync();
        var keys = (await made.Consul.KeysAsync(DamagedQueue.Root, null, default, default)).Keys;
        return [.. keys.Select(static key => key[DamagedQueue.Root.Length..]).Select(static key => key.StartsWith('_') ? key : key[..(key.IndexOf('/') + 1)]).Distinct()];
    }

    private static async Task TryAsync(string operation, string what, Func<DamagedQueue, Task<(string Key, byte[]? Value, byte[]? Before)>> damage)
    {
        using var made = await DamagedQueue.MakeAsync();
        using var patience = new CancellationTokenSource(Patience);
        var (key, value, before) = await damage(made);
        var problems = new List<ConsulMqException>();
        IEnumerable<string> taken = [];
        try
        {
            taken = await QueueOperations.All[operation](made, made.Connect(), problems, patience.Token);
        }
        catch (ConsulMqException e)
        {
            problems.Add(e);
        }
        catch (Exception e)
        {
            throw new Xunit.Sdk.XunitException($"{operation}, where {what}: {e}");
        }

        foreach (var problem in problems)
        {
            Assert.True(IsDocumented(problem), $"{operation}, where {what}: {problem}");
            if (problem.Error == ConsulMqError.CorruptEntry)
                Assert.StartsWith(DamagedQueue.Root, (string)problem.Subject!, StringComparison.Ordinal);
        }

        // What somebody broke is mended by hand, unless it was cleared away; then everything is where it was, but for what was taken.
        // A tail that can be read is one: the queue goes on there.
        var now = (await made.Consul.GetAsync(key, default, default)).Pair;
        var isGood = key.EndsWith("_index/tail", StringComparison.Ordinal) && value is not null && IndexCodec.ParseTail(value) is not null;
        if (!isGood && (value is null ? now is null : now?.Value.Span.SequenceEqual(value) == true))
            await WriteAsync(made.Consul, key, before);
        var seen = await made.SeenAsync(patience.Token);
        seen.UnionWith(taken);
        Assert.True(seen.IsSupersetOf(made.Texts), $"{operation}, where {what}: lost {string.Join(", ", made.Texts.Except(seen).Select(static text => text[..Math.Min(text.Length, 20)]))}; {string.Join("; ", problems.Select(static p => p.Message))}");
    }

    private static bool IsDocumented(ConsulMqException problem) => problem.Error is ConsulMqError.CorruptEntry or ConsulMqError.UnsupportedLayout or ConsulMqError.QueueNotFound
        or ConsulMqError.ItemNotFound or ConsulMqError.PositionOutOfRange or ConsulMqError.LeaseLost or ConsulMqError.NotLeased or ConsulMqError.QueueFull or ConsulMqError.MessageTooLarge or ConsulMqError.OutcomeUnknown;

    private static Task WriteAsync(IConsul consul, string key, byte[]? value) =>
        value is null ? consul.DeleteAsync(key, default) : consul.PutAsync(key, value, default);
}
