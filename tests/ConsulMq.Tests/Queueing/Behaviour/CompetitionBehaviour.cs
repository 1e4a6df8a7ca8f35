using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class CompetitionOnModel() : CompetitionBehaviour(new ModelBackend());

public sealed class CompetitionOnConsul(ConsulFixture consul) : CompetitionBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>What holds when many push or pop at once.</summary>
public abstract class CompetitionBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    [Fact]
    public async Task SeveralClientsTakeEachMessageOnce()
    {
        using var producer = Connect();
        await PushAll(producer.Queue("jobs"), Numbers(300));
        for (var i = 0; i < 100; i++)
            await producer.Queue("jobs").PushAsync(Text($"s{i}"), None);
        var expected = Numbers(300).Concat(Enumerable.Range(0, 100).Select(i => $"s{i}")).Order(StringComparer.Ordinal);
        var taken = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            using var connection = Connect();
            return await PopAll(connection.Queue("jobs"), 1);
        })));
        Assert.Equal(expected, taken.SelectMany(t => t).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task SeveralProducersLoseNothingAndKeepTheirOrder()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(p => Task.Run(async () =>
        {
            using var connection = Connect();
            for (var i = 0; i < 100; i++)
                await connection.Queue("jobs").PushAsync(Text($"{p}:{i}"), None);
        })));
        using var consumer = Connect();
        var all = await PopAll(consumer.Queue("jobs"));
        for (var p = 0; p < 6; p++)
            Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{p}:{i}"), all.Where(t => t.StartsWith($"{p}:", StringComparison.Ordinal)));
    }
}
