using System.Collections.Concurrent;
using System.Globalization;
using ConsulMq.Tests.Simulation.Shrinking;
using ConsulMq.TestSupport.Soaking;

namespace ConsulMq.Tests.Simulation;

/// <summary>
/// Nothing lost, nothing twice, first in first out, whatever the network does. <c>CONSULMQ_SIM_RUNS</c> is the number of schedules;
/// <c>CONSULMQ_SIM_SEED</c> plays a single one, or what is left of it, as a failure prints it.
/// </summary>
public sealed class SimulationTests
{
    private const int Runs = 3000;
    private const int SoakRuns = 60_000;
    private const int LinesOfStory = 150;

    [Fact]
    [Trait("Category", Soak.Category)]
    public void EveryScheduleKeepsThePromises()
    {
        if (Environment.GetEnvironmentVariable("CONSULMQ_SIM_SEED") is { Length: > 0 } text)
        {
            AssertWell(Simulation.Run(Plan.Parse(text), tell: true));
            return;
        }

        var totals = new Totals();
        var failed = new ConcurrentBag<SimulationReport>();
        Parallel.For(1, 1 + (Setting("CONSULMQ_SIM_RUNS") ?? Soak.Amount(Runs, SoakRuns)), (number, loop) =>
        {
            var report = Simulation.Run(number);
            totals.Add(report);
            if (report.Violation is null)
                return;
            failed.Add(report);
            loop.Break();
        });
        totals.Write();
        if (failed.MinBy(static r => r.Plan.Seed) is { } first)
            AssertWell(Simulation.Run(first.Plan, tell: true));
    }

    [Fact]
    public void ASeedIsASchedule()
    {
        foreach (var seed in Enumerable.Range(1, 60))
        {
            var first = Simulation.Run(seed, tell: true);
            Assert.Equal(first.Story, Simulation.Run(seed, tell: true).Story);
            // Listening must not change what happens.
            Assert.Equal((first.Steps, first.Messages, first.Popped, first.Writes), Figures(Simulation.Run(seed)));
        }

        static (int Steps, int Messages, int Popped, long Writes) Figures(SimulationReport report) =>
            (report.Steps, report.Messages, report.Popped, report.Writes);
    }

    /// <summary>The schedules are worth something: there is traffic in them, and time in which the faults are.</summary>
    [Fact]
    public void SchedulesAreNotEmpty()
    {
        var reports = Enumerable.Range(1, 200).Select(static seed => Simulation.Run(seed)).ToList();
        Assert.True(reports.Average(static r => r.Messages) > 10);
        Assert.True(reports.Average(static r => r.Popped) > 10);
        Assert.True(reports.Average(static r => r.Steps) > 100);
        Assert.True(reports.Average(static r => r.Settled) > 2);
        Assert.True(reports.Average(static r => r.Lost) > 0.2);
        Assert.True(reports.Average(static r => r.Reaped) > 0.5);
        Assert.True(reports.Average(static r => r.Moved) > 0.2);
        Assert.True(reports.Average(static r => r.InFront) > 1);
        Assert.True(reports.Average(static r => r.Between) > 0.2);
        Assert.True(reports.Average(static r => r.Discarded) > 0.1);
        Assert.True(reports.Average(static r => r.ClockJumps) > 0.3);
        Assert.True(reports.Average(static r => r.Deaths) > 0.2);
        Assert.Contains(reports, static r => r.Duplicates > 0);
    }

    private static void AssertWell(SimulationReport report)
    {
        if (report.Violation is null)
            return;
        var shrunk = Shrinker.Shrink(report);
        var story = shrunk.Story.Count <= LinesOfStory ? shrunk.Story : [shrunk.Story[0], "...", .. shrunk.Story.Skip(shrunk.Story.Count - LinesOfStory)];
        Assert.Fail(string.Join(Environment.NewLine, [
            $"{report}", $"Play it again with CONSULMQ_SIM_SEED=\"{report.Plan}\".",
            $"What is left of it without what it does not need, {shrunk.Story.Count} lines of {report.Story.Count}: CONSULMQ_SIM_SEED=\"{shrunk.Plan}\".", .. story]));
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;
}
