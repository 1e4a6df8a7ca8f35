using ConsulMq.Tests.Simulation.Mistakes;
using ConsulMq.Tests.Simulation.Shrinking;

namespace ConsulMq.Tests.Simulation;

/// <summary>
/// A deterministic simulation: the queueing code as it is, on the model of Consul, through a network that loses, delays and repeats; one thread, one
/// source of chance. The same seed is the same schedule, step by step.
/// </summary>
internal static class Simulation
{
    /// <inheritdoc cref="Run(Plan, Mistake, bool, int)" />
    /// <param name="seed">The seed.</param>
    /// <param name="mistake">A mistake to make on purpose.</param>
    /// <param name="tell">Whether to tell the story. It changes nothing else.</param>
    public static SimulationReport Run(int seed, Mistake mistake = Mistake.None, bool tell = false) => Run(new Plan(seed), mistake, tell);

    /// <summary>Plays the schedule of a seed, or what a plan leaves of it.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="mistake">A mistake to make on purpose.</param>
    /// <param name="tell">Whether to tell the story. It changes nothing else.</param>
    /// <param name="mostSteps">After so many steps it is over.</param>
    public static SimulationReport Run(Plan plan, Mistake mistake = Mistake.None, bool tell = false, int mostSteps = World.MostSteps) => Alone(() =>
    {
        var play = new Play(new World(plan, mistake, tell) { LastStep = mostSteps });
        play.StartAll();
        return play.ToTheEnd();
    });

    /// <summary>Does something on this thread alone.</summary>
    public static T Alone<T>(Func<T> run)
    {
        // A test framework's context would send whatever goes on after an await to another thread.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return run();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
