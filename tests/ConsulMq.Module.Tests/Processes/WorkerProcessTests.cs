using System.Diagnostics;
using ConsulMq.TestSupport;
using Xunit.Abstractions;

namespace ConsulMq.Module.Tests.Processes;

/// <summary>Workers and holders of leases in processes of their own, which are killed.</summary>
[Collection(ProcessCollection.Name)]
public sealed class WorkerProcessTests(ConsulFixture consul, ITestOutputHelper log)
{
    private const int Jobs = 5000, Workers = 3, AtOnce = 4, Kills = 6;
    private const int Interrupted = 130;

    /// <summary>How often a message is delivered unless the queue says otherwise.</summary>
    private const int MaxDeliveries = 5;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>That of the consumer is 12 seconds.</summary>
    private static readonly TimeSpan TwoTtls = TimeSpan.FromSeconds(24);

    [Fact]
    public async Task Workers_that_are_killed_at_random_lose_no_job_and_repeat_no_completed_one()
    {
        var random = new Random(4711);
        var clock = Stopwatch.StartNew();
        await using var crew = new Crew(consul.Address);
        crew.Run($"$null = 1..{Jobs / 2} | ForEach-Object {{ \"$_\" }} | Push-ConsulMqItem jobs; $null = 'poison' | Push-ConsulMqItem jobs; $null = {(Jobs / 2) + 1}..{Jobs} | ForEach-Object {{ \"$_\" }} | Push-ConsulMqItem jobs");
        List<Worker> all = [.. await crew.StartAsync(Enumerable.Range(1, Workers).Select(static n => $"worker{n}"), Scripts.WorkOn, AtOnce)];
        List<Worker> alive = [.. all];
        await Task.WhenAll(alive.Select(static worker => worker.GoAsync()));

        for (var kill = 1; kill <= Kills; kill++)
        {
            var target = kill * Jobs / (Kills + 1);
            await Eventually.TrueAsync(() => LogOf(all).Bodies.Count >= target, Limit);
            var victim = alive[random.Next(alive.Count)];
            await victim.KillAsync();
            alive.Remove(victim);
            var next = await crew.StartAsync($"worker{Workers + kill}", Scripts.WorkOn, AtOnce);
            await next.GoAsync();
            all.Add(next);
            alive.Add(next);
        }

        await Eventually.TrueAsync(() => LogOf(all).Bodies.Count == Jobs + 1, Limit);
        await Eventually.TrueAsync(() => crew.InFlightKeys().Count == 0 && crew.Look().Count == 0 && crew.Run("Get-ConsulMqItem jobs.dead").Count == 1, Limit);
        log.WriteLine($"it took {clock.Elapsed.TotalSeconds:0} s, with {Kills} kills");
        foreach (var worker in alive)
        {
            worker.Interrupt();
            await worker.EndsAsync(OperatingSystem.IsWindows() ? null : Interrupted, TimeSpan.FromSeconds(10));
        }

        var jobs = LogOf(all);
        log.WriteLine($"{jobs.Begun} times a job was begun with, {jobs.Completed} are known to be completed; the poison came with {string.Join(", ", jobs.DeliveriesOf("poison"))} deliveries");
        Assert.Equal([.. Enumerable.Range(1, Jobs).Select(static n => $"{n}"), "poison"], jobs.Bodies.OrderBy(static body => body == "poison" ? int.MaxValue : int.Parse(body)));
        Assert.Empty(jobs.CameBack);
        Assert.InRange(jobs.DeliveriesOf("poison").Count, 1, MaxDeliveries);
        Assert.Equal(jobs.DeliveriesOf("poison").Distinct(), jobs.DeliveriesOf("poison"));
        Assert.Equal(["poison", $"{MaxDeliveries}"], crew.Run("Pop-ConsulMqItem jobs.dead -All | ForEach-Object { $_.Body; $_.Headers['consulmq-dead-deliveries'] }"));
        Assert.Empty(crew.TakeAll());
    }

    [Fact]
    public async Task What_a_killed_consumer_held_comes_back_within_two_TTLs_of_its_session()
    {
        await using var crew = new Crew(consul.Address);
        var consumer = await crew.StartAsync("consumer", Scripts.LeaseAndHang);
        await consumer.GoAsync();
        crew.Fill(1);
        await consumer.HasWrittenAsync(1);
        Assert.Empty(crew.Look());

        var clock = Stopwatch.StartNew();
        await consumer.KillAsync();

        Assert.Equal(["1 1"], crew.Run("Pop-ConsulMqItem jobs -Timeout 1m | ForEach-Object { \"$($_.Body) $($_.DeliveryCount)\" }"));
        log.WriteLine($"it came back after {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TwoTtls);
    }

    [Fact]
    public async Task An_interrupted_worker_finishes_what_runs_and_gives_back_the_rest()
    {
        if (OperatingSystem.IsWindows())
            return; // a signal to a single process does not exist there
        await using var crew = new Crew(consul.Address);
        crew.Fill(20);
        var worker = await crew.StartAsync("worker", Scripts.WorkUntilStopped, count: 2);
        await worker.GoAsync();
        await worker.HasWrittenAsync(2);

        worker.Interrupt();
        await Eventually.TrueAsync(() => crew.Look().Count == 18);
        worker.AskToStop();

        log.WriteLine($"it took {(await worker.EndsAsync(Interrupted, TimeSpan.FromSeconds(5))).TotalMilliseconds:0} ms");
        Assert.Equal(["began 1", "began 2", "ended 1", "ended 2"], worker.Lines.Order());
        Assert.Empty(crew.InFlightKeys());
        Assert.Equal(Enumerable.Range(3, 18).Select(static n => $"{n} 0"), crew.Run("Pop-ConsulMqItem jobs -All | ForEach-Object { \"$($_.Body) $($_.DeliveryCount)\" }"));
    }

    private static JobLog LogOf(IEnumerable<Worker> workers) => new(workers.SelectMany(static worker => worker.Lines));
}
