using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using ConsulMq.Tests.Simulation.Mistakes;

namespace ConsulMq.Tests.Simulation;

public sealed class Survey
{
    [Fact]
    public void Run()
    {
        var from = int.Parse(Environment.GetEnvironmentVariable("SURVEY_FROM") ?? "1", CultureInfo.InvariantCulture);
        var count = int.Parse(Environment.GetEnvironmentVariable("SURVEY") ?? "0", CultureInfo.InvariantCulture);
        var mistake = Enum.Parse<Mistake>(Environment.GetEnvironmentVariable("SURVEY_MISTAKE") ?? "None");
        var bag = new ConcurrentBag<SimulationReport>();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Parallel.For(from, from + count, new ParallelOptions { MaxDegreeOfParallelism = 2 }, seed => bag.Add(Simulation.Run(seed, mistake)));
        var lines = new List<string> { $"{count} in {watch.Elapsed.TotalSeconds:0.0} s, failed {bag.Count(r => r.Violation is not null)}, steps {bag.Average(r => r.Steps):0}" };
        foreach (var group in bag.Where(r => r.Violation is not null).GroupBy(r => Regex.Replace(r.Violation!.Split('\n')[0], @"\S*\d\S*", "#")).OrderByDescending(g => g.Count()))
            lines.Add($"{group.Count(),5} {string.Join(',', group.Select(r => r.Plan.Seed).Order().Take(4))}: {group.MinBy(r => r.Plan.Seed)!.Violation!.Split('\n')[0]}");
        File.WriteAllLines(Environment.GetEnvironmentVariable("SURVEY_OUT") ?? "/tmp/survey.txt", lines);
    }
}

public sealed class Teller
{
    [Fact]
    public void Tell()
    {
        if (Environment.GetEnvironmentVariable("TELL") is not { } plans)
            return;
        foreach (var plan in plans.Split(','))
        {
            var report = Simulation.Run(Shrinking.Plan.Parse(plan), Enum.Parse<Mistake>(Environment.GetEnvironmentVariable("SURVEY_MISTAKE") ?? "None"), true);
            var mistake = Enum.Parse<Mistake>(Environment.GetEnvironmentVariable("SURVEY_MISTAKE") ?? "None");
            if (Environment.GetEnvironmentVariable("SHRINK") is not null)
            {
                var shrunk = Shrinking.Shrinker.Shrink(report, mistake);
                File.WriteAllLines("/tmp/shrunk-" + mistake + ".txt", [shrunk.Plan.ToString(), $"{report.Story.Count} lines became {shrunk.Story.Count}", report.ToString(), .. shrunk.Story, shrunk.ToString()]);
            }

            File.WriteAllLines("/tmp/tell-" + plan.Replace(' ', '_') + ".txt", [.. report.Story, report.ToString()]);
        }
    }
}
