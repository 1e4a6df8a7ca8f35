using ConsulMq.Tests.Simulation.Mistakes;
using ConsulMq.Tests.Simulation.Shrinking;

namespace ConsulMq.Tests.Simulation;

/// <summary>
/// A client dies at every step of an operation: at each arrival of a request of it, which may still be carried out or not, and at each arrival of an answer.
/// Whatever it left, the others go on, take all that is there, and find every promise kept.
/// </summary>
public sealed class DeathTests
{
    /// <summary>So often at each step: in other orders, with other fates of what was under way.</summary>
    private const int Schedules = 3;

    /// <summary>No operation here has more steps.</summary>
    private const int MostMoments = 200;

    [Theory]
    [InlineData("push one")]
    [InlineData("push a stream")]
    [InlineData("push to the front")]
    [InlineData("push to a position")]
    [InlineData("pop one")]
    [InlineData("pop several")]
    [InlineData("pop the last")]
    [InlineData("put back")]
    [InlineData("lease and complete")]
    [InlineData("return")]
    [InlineData("return later")]
    [InlineData("deny")]
    [InlineData("move")]
    [InlineData("move a leased one")]
    [InlineData("clear")]
    [InlineData("discard")]
    [InlineData("wait for what is due")]
    public void WhoDiesAtAnyStepLeavesNothingBehind(string operation)
    {
        for (var schedule = 1; schedule <= Schedules; schedule++)
        {
            var moments = Play(operation, schedule, MostMoments, out var report);
            Assert.True(report.Violation is null, $"{operation}: {report}");
            Assert.InRange(moments, 2, MostMoments - 1);
            for (var moment = 1; moment <= moments; moment++)
            {
                Play(operation, schedule, moment, out report);
                Assert.True(report.Violation is null, $"{operation}, schedule {schedule}, dies at {moment}: {report}{Environment.NewLine}{string.Join(Environment.NewLine, report.Story)}");
            }
        }
    }

    /// <returns>How many moments the client had that shall die.</returns>
    private static int Play(string operation, int schedule, int moment, out SimulationReport report)
    {
        var moments = 0;
        report = Simulation.Alone(() =>
        {
            var world = new World(new Plan(schedule), Mistake.None, isTold: true, Scenario.Calm with { Rolls = 0.2 }, LeaseScenario.Calm);
            var play = new Play(world);
            var first = new Client(world, "first");
            world.Clients.Add(first);
            play.Start("first", first, actor => Operations.PrepareAsync(play, actor));
            play.Run();
            world.Network.IsCalm = false;
            var victim = new Client(world, "victim");
            victim.Troubles.DieAt(moment);
            world.Clients.Add(victim);
            play.Start("victim", victim, actor => Operations.DoAsync(operation, world, play, actor));
            // Somebody else is at work, and sees whatever the victim leaves half done.
            var other = new Client(world, "other");
            world.Clients.Add(other);
            play.Start("other", other, actor => Operations.GoOnAsync(world, play, actor));
            var result = play.ToTheEnd();
            moments = Math.Min(victim.Troubles.Moments, MostMoments);
            return result;
        });
        return moments;
    }
}
