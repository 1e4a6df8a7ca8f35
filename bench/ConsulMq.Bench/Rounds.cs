using System.Diagnostics;

namespace ConsulMq.Bench;

/// <summary>Interleaved rounds: ours and the baseline in turn, so that both meet the same weather.</summary>
internal static class Rounds
{
    /// <summary>Runs both sides in turn and gives the medians.</summary>
    /// <param name="rounds">How many counted rounds; one more warms up.</param>
    /// <param name="ours">One round of ours; gives operations a second.</param>
    /// <param name="baseline">One round of the other side.</param>
    public static async Task<(double Value, double Baseline, double Ratio)> RunAsync(int rounds, Func<Task<double>> ours, Func<Task<double>> baseline)
    {
        await baseline();
        await ours();
        var values = new List<double>();
        var baselines = new List<double>();
        var ratios = new List<double>();
        for (var i = 0; i < rounds; i++)
        {
            // Which goes first changes from round to round.
            var first = i % 2 == 0 ? await baseline() : await ours();
            var second = i % 2 == 0 ? await ours() : await baseline();
            var (value, held) = i % 2 == 0 ? (second, first) : (first, second);
            values.Add(value);
            baselines.Add(held);
            ratios.Add(value / held);
        }

        return (Median(values), Median(baselines), Median(ratios));
    }

    /// <summary>Operations a second of an action that does so many.</summary>
    public static async Task<double> RateAsync(int operations, Func<Task> action)
    {
        var watch = Stopwatch.StartNew();
        await action();
        return operations / watch.Elapsed.TotalSeconds;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
