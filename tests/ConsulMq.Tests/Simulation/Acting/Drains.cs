using ConsulMq.Queueing;
using ConsulMq.Tests.Simulation.Checks;

namespace ConsulMq.Tests.Simulation.Acting;

/// <summary>What comes behind everything else, when the network is well again: all that is left is taken, days go by, and old keys are removed.</summary>
internal sealed class Drains(World world, Consumers consumers)
{
    /// <summary>By then every session has ended that nobody renews.</summary>
    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(100);

    /// <summary>By then nobody asks any more for what is left of what was done: clocks that are wrong by a day included.</summary>
    private static readonly TimeSpan LongTime = TimeSpan.FromDays(4);

    private static readonly string[] Queues = [World.QueueName, World.OtherQueueName, World.DeadQueueName, DeadLetters.QueueOf(World.OtherQueueName)];

    /// <summary>Takes all that is left in all queues, once every session has ended.</summary>
    public async Task Drain(Actor actor)
    {
        if (world.Leases is null)
        {
            await Drain(actor, World.QueueName).ConfigureAwait(false);
            return;
        }

        await world.Timeline.Delay(actor.Client, LongestLife, CancellationToken.None).ConfigureAwait(false);
        // What comes back for the last time goes among the dead letters.
        foreach (var queue in Queues)
            await Drain(actor, queue).ConfigureAwait(false);
    }

    /// <summary>
    /// Uses the queues now and then, as the last of two clients: so that what is in nobody's way is removed by one of them, by the clocks of both.
    /// </summary>
    public async Task TakeCare(Actor one, Actor another)
    {
        await world.Timeline.Delay(one.Client, LongTime, CancellationToken.None).ConfigureAwait(false);
        foreach (var queue in Queues.Where(q => world.Server.KeysAsync(world.KeysOfQueue(q).Root, null, default, CancellationToken.None).GetAwaiter().GetResult().Keys.Count > 0))
        {
            await Use(one, queue).ConfigureAwait(false);
            await Use(another, queue).ConfigureAwait(false);
            await world.Timeline.Delay(one.Client, TimeSpan.FromMinutes(11), CancellationToken.None).ConfigureAwait(false);
            await Use(one, queue).ConfigureAwait(false);
        }
    }

    private async Task Use(Actor actor, string name)
    {
        var queue = actor.Client.Connection.Queue(name);
        await queue.PushAsync(new MessageDraft { Body = MessageBody.FromText($"{actor.Name}:{++actor.Pushed}") }, CancellationToken.None).ConfigureAwait(false);
        using var consumer = queue.OpenConsumer();
        while ((await consumers.PopOnce(actor.Client, consumer, 7, CancellationToken.None, world.LedgerOf(name)).ConfigureAwait(false)).Items.Count > 0)
        {
            // To the end: only then it says that the queue is empty, and does what there is to do before that.
        }
    }

    private async Task Drain(Actor actor, string name)
    {
        var client = actor.Client;
        var queue = world.LedgerOf(name);
        using var consumer = client.Connection.Queue(name).OpenConsumer();
        while (true)
        {
            var since = world.Timeline.Elapsed;
            if ((await consumers.PopOnce(client, consumer, 7, CancellationToken.None, queue).ConfigureAwait(false)).Items.Count > 0)
                continue;
            // Nothing disturbs it: what was due before must be there.
            if (queue.NextDue <= world.Timeline.UtcNow - (world.Timeline.Elapsed - since))
                world.Fail($"{client.Name} was told that the queue is empty, and something is due since {queue.NextDue:O}.");
            if (queue.NextDue is null)
                return;
            // Whoever waits looks every few minutes: for days that is all that a schedule would be.
            if (queue.NextDue > world.Timeline.UtcNow.AddHours(3) || actor.Random.Next(2) == 0)
                await world.Timeline.Delay(client, TimeSpan.FromMinutes(actor.Random.Next(90)), CancellationToken.None).ConfigureAwait(false);
            else
                await WaitForNext(client, consumer, queue).ConfigureAwait(false);
        }
    }

    private async Task WaitForNext(Client client, QueueConsumer consumer, Ledger queue)
    {
        var due = queue.NextDue;
        world.Tell(client.Name, $"WAITS until {due:O}");
        if (!await consumer.WaitAsync(TimeSpan.FromDays(10), CancellationToken.None).ConfigureAwait(false))
            world.Fail($"{client.Name} waited in vain for what is due at {due:O}.");
        // A timer may fire though the drain could go on: that is how time passes here.
        var late = world.Timeline.UtcNow - due;
        if (late > TimeSpan.FromSeconds(10) && !world.HasJumped)
            world.Fail($"{client.Name} was woken {late} late.");
    }
}
