using ConsulMq.TestSupport;
using Xunit.Abstractions;

namespace ConsulMq.Module.Tests.Processes;

/// <summary>Producers and consumers in processes of their own, at one queue.</summary>
[Collection(ProcessCollection.Name)]
public sealed class CompetingProcessTests(ConsulFixture consul, ITestOutputHelper log)
{
    private const int EachPushes = 5000;

    /// <summary>How many pages ahead of the head a consumer among several may take from.</summary>
    private const int PagesAhead = 2;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly string[] Producers = ["p1", "p2", "p3", "p4"];
    private static readonly string[] Consumers = ["c1", "c2", "c3", "c4"];

    private static IEnumerable<string> AllPushed => Producers.SelectMany(static p => Enumerable.Range(1, EachPushes).Select(n => $"{p}:{n}"));

    [Fact]
    public async Task Four_producers_and_four_consumers_at_once_lose_nothing_and_double_nothing()
    {
        await using var crew = new Crew(consul.Address);
        var producers = await crew.StartAsync(Producers, Scripts.Produce, EachPushes);
        // Two take one by one, two take some at a time.
        List<Worker> consumers = [];
        foreach (var (name, count) in Consumers.Zip([1, 1, 10, 100]))
            consumers.Add(await crew.StartAsync(name, Scripts.Consume, count));

        await Task.WhenAll([.. consumers.Select(static c => c.GoAsync()), .. producers.Select(static p => p.GoAsync())]);
        foreach (var producer in producers)
            log.WriteLine($"a producer took {(await producer.EndsAsync(0, Limit)).TotalSeconds:0.0} s more");
        consumers.ForEach(static c => c.AskToStop());
        foreach (var consumer in consumers)
            log.WriteLine($"a consumer took {(await consumer.EndsAsync(0, Limit)).TotalSeconds:0.0} s more, and {consumer.Lines.Count} messages, up to {Deliveries.MostBehind(consumer.Lines)} of a producer's numbers out of order");

        Assert.Empty(crew.TakeAll());
        Deliveries.EachOnce(AllPushed, consumers.SelectMany(static c => c.Lines));
        foreach (var (producer, name) in producers.Zip(Producers))
            Assert.Equal(Enumerable.Range(1, EachPushes).Select(n => $"{name}:{n}"), producer.Lines);
    }

    [Fact]
    public async Task Each_producers_order_is_kept_for_a_consumer_that_is_alone()
    {
        await using var crew = new Crew(consul.Address);
        var producers = await crew.StartAsync(Producers, Scripts.Produce, EachPushes);
        var consumer = await crew.StartAsync("c", Scripts.Consume, count: 50);

        await Task.WhenAll([consumer.GoAsync(), .. producers.Select(static p => p.GoAsync())]);
        foreach (var producer in producers)
            await producer.EndsAsync(0, Limit);
        consumer.AskToStop();
        await consumer.EndsAsync(0, Limit);

        Deliveries.EachOnce(AllPushed, consumer.Lines);
        Deliveries.InOrderOfEachProducer(consumer.Lines);
    }

    [Fact]
    public async Task Each_producers_order_is_kept_in_the_queue_and_competing_consumers_stray_from_it_by_pages_only()
    {
        await using var crew = new Crew(consul.Address);
        var producers = await crew.StartAsync(Producers, Scripts.Produce, EachPushes);
        await Task.WhenAll(producers.Select(static p => p.GoAsync()));
        foreach (var producer in producers)
            await producer.EndsAsync(0, Limit);
        var order = crew.Look();
        Deliveries.EachOnce(AllPushed, order);
        Deliveries.InOrderOfEachProducer(order);
        var pages = Pages.Of(order, crew.LogKeys());

        var consumers = await crew.StartAsync(Consumers, Scripts.Consume, count: 20);
        foreach (var consumer in consumers)
            consumer.AskToStop();
        await Task.WhenAll(consumers.Select(static c => c.GoAsync()));
        foreach (var consumer in consumers)
            await consumer.EndsAsync(0, Limit);

        log.WriteLine($"{pages.Count} pages");
        Assert.True(pages.Count > 2 * PagesAhead, $"{pages.Count} pages are too few to stray on.");
        Deliveries.EachOnce(AllPushed, consumers.SelectMany(static c => c.Lines));
        foreach (var consumer in consumers)
        {
            var (behind, body) = pages.MostBehind(consumer.Lines);
            log.WriteLine($"{consumer.Lines.Count} messages, up to {pages.MostPlacesBehind(consumer.Lines)} places and {behind} pages out of order");
            Assert.True(behind <= PagesAhead, $"{body} came {behind} pages late.");
        }
    }
}
