using ConsulMq.TestSupport;
using Xunit.Abstractions;

namespace ConsulMq.Module.Tests.Processes;

/// <summary><c>kill -9</c> in the middle of a pipeline.</summary>
[Collection(ProcessCollection.Name)]
public sealed class KilledProcessTests(ConsulFixture consul, ITestOutputHelper log)
{
    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(3000)]
    [InlineData(10000)]
    public async Task What_a_killed_producer_was_told_is_pushed_is_in_the_queue_and_nothing_twice(int moment)
    {
        await using var crew = new Crew(consul.Address);
        var producer = await crew.StartAsync("producer", """1..1000000 | ForEach-Object { "$_" } | Push-ConsulMqItem jobs | ForEach-Object { $lines.WriteLine($_.Body) }""");
        await producer.GoAsync();
        await producer.HasWrittenAsync(moment);

        await producer.KillAsync();

        var told = Deliveries.Run(1, producer.Lines);
        var pushed = Deliveries.Run(1, crew.TakeAll());
        log.WriteLine($"{told} were returned, {pushed} are in the queue");
        Assert.True(pushed >= told, $"{told} messages had been returned, and {pushed} were in the queue.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1500)]
    [InlineData(4000)]
    public async Task A_killed_consumer_takes_no_more_with_it_than_the_batch_it_had_in_hand(int moment)
    {
        const int count = 6000;
        await using var crew = new Crew(consul.Address);
        crew.Fill(count, bytes: 1000);
        var batch = LargestBatch(crew.LogKeys());
        var consumer = await crew.StartAsync("consumer", Scripts.Drain);
        await consumer.GoAsync();
        await consumer.HasWrittenAsync(moment);

        await consumer.KillAsync();

        var rest = crew.TakeAll();
        var written = Deliveries.Run(1, consumer.Lines);
        var first = rest.Count > 0 ? int.Parse(rest[0]) : count + 1;
        log.WriteLine($"{written} were written, {first - written - 1} went with the process, {rest.Count} are left; a batch is {batch} at most");
        Assert.True(first > written, $"{first} came twice: {written} messages had been written.");
        Assert.Equal(count, Deliveries.Run(first, rest));
        Assert.InRange(first - written - 1, 0, batch);
    }

    /// <summary>A claim is one transaction of 64 operations, and an entry of several messages takes at least three of them.</summary>
    private static int LargestBatch(IEnumerable<string> keys) => keys.Select(static key => int.Parse(key.Split('.')[1])).OrderDescending().Take(64 / 3).Sum();
}
