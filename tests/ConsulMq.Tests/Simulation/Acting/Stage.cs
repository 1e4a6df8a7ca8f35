using ConsulMq.Tests.Simulation.Checks;

namespace ConsulMq.Tests.Simulation.Acting;

/// <summary>What all actors do alike: operations with their checks, pauses, and giving up in the middle.</summary>
internal sealed class Stage(World world)
{
    private readonly RequestBounds _bounds = new(world);

    /// <summary>An operation with its number of requests; errors for users and cancellations are part of life.</summary>
    public async Task Do(Actor actor, OperationKind kind, string what, Func<Task> act, int messages = 1)
    {
        var client = actor.Client;
        world.Tell(client.Name, $"{what.ToUpperInvariant()} ({actor.Name})");
        actor.Begun++;
        var cost = _bounds.Begin(client);
        try
        {
            await act().ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ConsulMqException)
        {
            world.Tell(client.Name, $"{what} FAILED: {e.Message}");
            if (e is ConsulMqException { Error: ConsulMqError.CorruptEntry or ConsulMqError.UnsupportedLayout or ConsulMqError.ConsulError })
                world.Fail(e.Message);
            CheckUnknown(client, e as ConsulMqException);
        }

        _bounds.End(client, cost, kind, what, messages);
    }

    /// <summary>Nobody who has just read a receipt may say that it does not tell: only an hour, or Consul away, makes that so.</summary>
    public void CheckUnknown(Client client, ConsulMqException? error)
    {
        if (error?.Error == ConsulMqError.OutcomeUnknown && client.HasReadReceiptAt == world.Step)
            world.Fail($"{client.Name} was told that an outcome is unknown by a receipt that tells.");
    }

    public Task Pause(Actor actor) => actor.Random.Next(3) switch
    {
        0 => Task.CompletedTask,
        _ => world.Timeline.Delay(actor.Client, TimeSpan.FromMilliseconds(actor.Random.Next(1, 800)), CancellationToken.None),
    };

    public CancellationTokenSource Cancellation(Actor actor)
    {
        var cancel = new CancellationTokenSource();
        if (actor.Chance(world.Scenario.Cancellations))
            Linger(actor.Random.Next(12));
        return cancel;

        void Linger(int steps) => world.Ready(() =>
        {
            if (actor.Client.IsDead || cancel.IsCancellationRequested)
                return;
            if (steps > 0)
            {
                Linger(steps - 1);
                return;
            }

            try
            {
                world.Tell(actor.Client.Name, "GIVES UP");
                cancel.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The operation was over before.
            }
        });
    }
}
