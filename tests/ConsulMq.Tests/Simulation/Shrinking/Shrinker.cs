using System.Text.RegularExpressions;
using ConsulMq.Tests.Simulation.Mistakes;

namespace ConsulMq.Tests.Simulation.Shrinking;

/// <summary>
/// Finds a short schedule for the same violation: leaves out actors, kinds of faults, whatever else there is, single faults, and operations, one after the
/// other, and keeps what still fails. Without a part the rest comes in another order, so each is tried in several. The same every time, and bounded: by the
/// steps that it plays, and not by a clock.
/// </summary>
internal sealed partial class Shrinker
{
    /// <summary>The orders that are tried for what is left of a schedule.</summary>
    private const int Orders = 6;

    /// <summary>In the end, to find the shortest story.</summary>
    private const int LastOrders = 40;

    /// <summary>Ten to thirty seconds' worth.</summary>
    private const int MostSteps = 600_000;

    private readonly Mistake _mistake;
    private readonly string _kind;
    private int _steps;

    private Shrinker(SimulationReport failed, Mistake mistake)
    {
        _mistake = mistake;
        _kind = KindOf(failed.Violation!);
        Best = failed;
    }

    private SimulationReport Best { get; set; }

    /// <summary>Shrinks what has failed.</summary>
    /// <param name="failed">It has a violation.</param>
    /// <param name="mistake">The mistake with which it was played.</param>
    /// <returns>What is left, told.</returns>
    public static SimulationReport Shrink(SimulationReport failed, Mistake mistake = Mistake.None)
    {
        var shrinker = new Shrinker(failed, mistake);
        while (shrinker.TryAll())
        {
            // Without one part another one may not be needed any more either.
        }

        shrinker.FindShortest();
        shrinker.DropWords();
        return Simulation.Run(shrinker.Best.Plan, mistake, tell: true);
    }

    /// <summary>What kind of violation it is: its words without names and numbers.</summary>
    public static string KindOf(string violation) => Name().Replace(violation.Split('\n')[0], "#");

    private bool TryAll()
    {
        var before = Best.Plan;
        foreach (var (actor, _) in Best.Actors)
            Try(plan => plan.Leave(actor));
        TryWithout([.. Scenario.Parts, .. Enum.GetNames<Fate>()]);
        TryWithout([.. Troubles.Kinds.SelectMany(static _ => Enumerable.Range(0, Scenario.MostClients), static (kind, client) => FormattableString.Invariant($"{kind}:c{client}"))]);
        TryWithout(Best.Faults);
        TryOperations();
        return Best.Plan != before;
    }

    /// <summary>Leaves things out: all at once, then half of them, then a quarter, and so on.</summary>
    private void TryWithout(IReadOnlyList<string> all)
    {
        for (var size = all.Count; size > 0; size /= 2)
        {
            for (var first = 0; first < all.Count; first += size)
            {
                var some = all.Skip(first).Take(size).Where(Best.Plan.Has).ToList();
                Try(plan => plan.Leave(some));
            }
        }
    }

    /// <summary>Lets each actor do less.</summary>
    private void TryOperations()
    {
        foreach (var (actor, _) in Best.Actors)
        {
            while (Best.Actors.FirstOrDefault(a => a.Key == actor).Value is > 1 and var begun)
            {
                if (!Try(plan => plan.Cut(actor, begun / 2)) && !Try(plan => plan.Cut(actor, begun - 1)))
                    break;
            }
        }
    }

    private void FindShortest()
    {
        for (var order = 0; order < LastOrders && _steps < MostSteps; order++)
        {
            var report = Play(Best.Plan with { Order = order });
            if (Fails(report) && report.Steps < Best.Steps)
                Best = report;
        }
    }

    /// <summary>Makes the plan short: leaving out what is not there changes nothing.</summary>
    private void DropWords()
    {
        foreach (var word in Best.Plan.Without)
        {
            var report = Play(Best.Plan with { Without = [.. Best.Plan.Without.Where(w => w != word)] });
            if (report.Violation == Best.Violation && report.Steps == Best.Steps)
                Best = report;
        }
    }

    /// <summary>Whether less fails still, in one order or another.</summary>
    private bool Try(Func<Plan, Plan> leave)
    {
        var less = leave(Best.Plan);
        if (less.ToString() == Best.Plan.ToString())
            return false;
        for (var order = 0; order < Orders && _steps < MostSteps; order++)
        {
            var report = Play(less with { Order = order == 0 ? less.Order : order });
            if (!Fails(report))
                continue;
            Best = report;
            return true;
        }

        return false;
    }

    private bool Fails(SimulationReport report) => report.Violation is { } violation && KindOf(violation) == _kind;

    private SimulationReport Play(Plan plan)
    {
        var report = Simulation.Run(plan, _mistake, mostSteps: (3 * Best.Steps) + 100);
        _steps += report.Steps;
        return report;
    }

    [GeneratedRegex(@"\S*\d\S*")]
    private static partial Regex Name();
}
