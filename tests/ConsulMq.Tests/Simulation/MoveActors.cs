namespace ConsulMq.Tests.Simulation;

/// <summary>Clients that move messages from queue to queue.</summary>
internal sealed class MoveActors(World world, Actors actors)
{
    private Random Random => world.Random;

    /// <summary>Replays dead letters, or sends messages elsewhere: the next ones in order, or some by their IDs.</summary>
    public async Task Move(Client client)
    {
        for (var left = Random.Next(1, 5); left > 0; left--)
        {
            await world.Timeline.Delay(client, TimeSpan.FromMilliseconds(Random.Next(1, 20_000)), CancellationToken.None).ConfigureAwait(false);
            var (from, to) = Random.Next(4) switch
            {
                0 => (World.QueueName, World.OtherQueueName),
                1 => (World.OtherQueueName, World.QueueName),
                _ => (World.DeadQueueName, World.QueueName),
            };
            world.Moves.Ask(client, from, to);
            using var mover = client.Connection.Queue(from).OpenMove(client.Connection.Queue(to));
            if (Random.Next(3) == 0)
                await MoveByName(client, from, mover).ConfigureAwait(false);
            else
                await MoveNext(client, from, mover).ConfigureAwait(false);
        }
    }

    private async Task MoveNext(Client client, string from, QueueMover mover)
    {
        var begun = world.Step;
        var isOver = false;
        for (var calls = Random.Next(1, 6); calls > 0 && !isOver; calls--)
        {
            var max = Random.Next(1, 8);
            using var cancel = actors.Cancellation(client);
            await actors.Do(client, $"move {max} from {from}", async () =>
            {
                var since = world.Step;
                var batch = await mover.NextAsync(max, cancel.Token).ConfigureAwait(false);
                foreach (var item in batch.Items)
                    world.Moves.Told(client, since, from, item);
                isOver = batch.Items.Count == 0;
                if (isOver)
                    world.Moves.Over(client, begun, from);
            }).ConfigureAwait(false);
            await actors.Pause(client).ConfigureAwait(false);
        }
    }

    private async Task MoveByName(Client client, string from, QueueMover mover)
    {
        // What somebody saw in a list before; it may be gone by now.
        var seen = world.Whereabouts.Journeys
            .Where(j => j.Stays.Count > 0 && j.Passages.Exists(p => p.To?.Queue == from)).OrderBy(_ => Random.Next()).Take(Random.Next(1, 5)).ToList();
        if (seen.Count == 0)
            return;
        await actors.Pause(client).ConfigureAwait(false);
        await actors.Do(client, $"move {string.Join(' ', seen)} from {from}", async () =>
        {
            var since = world.Step;
            foreach (var journey in seen)
                world.Moves.AskByName(client, journey.Text);
            var outcomes = await mover.MoveAsync([.. seen.Select(static j => j.Passages[0].To!.Message.Id)], CancellationToken.None).ConfigureAwait(false);
            for (var i = 0; i < outcomes.Count; i++)
            {
                if (outcomes[i].Item is { } item)
                    world.Moves.Told(client, since, from, item);
                else
                    world.Moves.NotFound(client, since, from, seen[i].Text);
            }
        }).ConfigureAwait(false);
    }
}
