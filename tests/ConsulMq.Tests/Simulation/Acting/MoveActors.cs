using ConsulMq.Tests.Simulation.Checks;

namespace ConsulMq.Tests.Simulation.Acting;

/// <summary>Clients that move messages from queue to queue.</summary>
internal sealed class MoveActors(World world, Stage stage)
{
    /// <summary>Replays dead letters, or sends messages elsewhere: the next ones in order, or some by their IDs.</summary>
    public async Task Move(Actor actor)
    {
        for (var left = actor.Times(1, 5); left > 0; left--)
        {
            await world.Timeline.Delay(actor.Client, TimeSpan.FromMilliseconds(actor.Random.Next(1, 20_000)), CancellationToken.None).ConfigureAwait(false);
            var (from, to) = actor.Random.Next(4) switch
            {
                0 => (World.QueueName, World.OtherQueueName),
                1 => (World.OtherQueueName, World.QueueName),
                _ => (World.DeadQueueName, World.QueueName),
            };
            world.Moves.Ask(actor.Client, from, to);
            using var mover = actor.Client.Connection.Queue(from).OpenMove(actor.Client.Connection.Queue(to));
            if (actor.Random.Next(3) == 0)
                await MoveByName(actor, from, mover).ConfigureAwait(false);
            else
                await MoveNext(actor, from, mover).ConfigureAwait(false);
        }
    }

    public async Task MoveNext(Actor actor, string from, QueueMover mover)
    {
        var begun = world.Step;
        var isOver = false;
        for (var calls = actor.Random.Next(1, 6); calls > 0 && !isOver; calls--)
        {
            var max = actor.Random.Next(1, 8);
            using var cancel = stage.Cancellation(actor);
            await stage.Do(actor, OperationKind.Move, $"move {max} from {from}", async () =>
            {
                var since = world.Step;
                var batch = await mover.NextAsync(max, cancel.Token).ConfigureAwait(false);
                foreach (var item in batch.Items)
                    world.Moves.Told(actor.Client, since, from, item);
                isOver = batch.Items.Count == 0;
                if (isOver)
                    world.Moves.Over(actor.Client, begun, from);
            }).ConfigureAwait(false);
            await stage.Pause(actor).ConfigureAwait(false);
        }
    }

    private async Task MoveByName(Actor actor, string from, QueueMover mover)
    {
        // What somebody saw in a list before; it may be gone by now.
        var seen = world.Whereabouts.Journeys
            .Where(j => j.Stays.Count > 0 && j.Passages.Exists(p => p.To?.Queue == from)).OrderBy(_ => actor.Random.Next()).Take(actor.Random.Next(1, 5)).ToList();
        if (seen.Count == 0)
            return;
        await stage.Pause(actor).ConfigureAwait(false);
        await stage.Do(actor, OperationKind.Move, $"move {string.Join(' ', seen)} from {from}", async () =>
        {
            var since = world.Step;
            foreach (var journey in seen)
                world.Moves.AskByName(actor.Client, journey.Text);
            var outcomes = await mover.MoveAsync([.. seen.Select(static j => j.Passages[0].To!.Message.Id)], CancellationToken.None).ConfigureAwait(false);
            for (var i = 0; i < outcomes.Count; i++)
            {
                if (outcomes[i].Item is { } item)
                    world.Moves.Told(actor.Client, since, from, item);
                else
                    world.Moves.NotFound(actor.Client, since, from, seen[i].Text);
            }
        }).ConfigureAwait(false);
    }
}
