using System.Diagnostics;
using ConsulMq.TestSupport;
using Xunit.Abstractions;

namespace ConsulMq.Module.Tests.Processes;

/// <summary>Consul crashes and comes back, with its data on disk, while scripts are at work.</summary>
[Collection(ProcessCollection.Name)]
public sealed class OutageTests(ITestOutputHelper log) : IAsyncLifetime
{
    private const string Patience = "60s";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private ConsulServer _consul = null!;

    public async Task InitializeAsync() => _consul = await ConsulServer.StartAsync(new ConsulServerOptions { OnDisk = true });

    public async Task DisposeAsync() => await _consul.DisposeAsync();

    [Fact]
    public async Task A_pop_that_waits_goes_on_waiting()
    {
        await using var crew = new Crew(_consul.Address);
        var consumer = await crew.StartAsync("consumer", Scripts.WaitForOne, patience: Patience);
        await consumer.GoAsync();
        await consumer.HasWrittenAsync(1);

        await CrashAsync();
        crew.Fill(2);

        await consumer.EndsAsync(0, Limit);
        Assert.Equal(["waiting", "1"], consumer.Lines);
        Assert.Equal(["2"], crew.TakeAll());
    }

    [Fact]
    public async Task Pipelines_at_both_ends_of_a_queue_go_on_and_nothing_is_lost_or_comes_twice()
    {
        await using var crew = new Crew(_consul.Address);
        var producer = await crew.StartAsync("producer", Scripts.ProduceUntilStopped, patience: Patience);
        var consumer = await crew.StartAsync("consumer", Scripts.Consume, count: 10, patience: Patience);
        await Task.WhenAll(producer.GoAsync(), consumer.GoAsync());

        for (var crash = 1; crash <= 2; crash++)
        {
            await consumer.HasWrittenAsync(consumer.Lines.Count + 500);
            await producer.HasWrittenAsync(producer.Lines.Count + 500);
            await CrashAsync();
        }

        await producer.HasWrittenAsync(producer.Lines.Count + 500);
        producer.AskToStop();
        await producer.EndsAsync(0, Limit);
        consumer.AskToStop();
        await consumer.EndsAsync(0, Limit);

        var pushed = Deliveries.Run(1, producer.Lines);
        log.WriteLine($"{pushed} messages");
        Assert.Equal(pushed, Deliveries.Run(1, consumer.Lines));
        Assert.Empty(crew.TakeAll());
    }

    [Fact]
    public async Task A_worker_works_on_when_Consul_is_back()
    {
        const int jobs = 3000;
        await using var crew = new Crew(_consul.Address);
        crew.Fill(jobs);
        // Less patience than Consul takes to come back: the worker itself has to try again.
        var worker = await crew.StartAsync("worker", Scripts.WorkUntilEmpty, count: 4, patience: "1s");
        await worker.GoAsync();

        foreach (var moment in new[] { 500, 1500 })
        {
            await worker.HasWrittenAsync(moment);
            await CrashAsync();
        }

        await worker.EndsAsync(0, Limit);
        Assert.Equal(Enumerable.Range(1, jobs), worker.Lines.Select(int.Parse).Distinct().Order());
        Assert.Empty(crew.TakeAll());
        Assert.Empty(crew.InFlightKeys());
    }

    private async Task CrashAsync()
    {
        var watch = Stopwatch.StartNew();
        await _consul.KillAsync();
        await _consul.RestartAsync();
        log.WriteLine($"Consul was away for {watch.Elapsed.TotalSeconds:0.0} s");
    }
}
