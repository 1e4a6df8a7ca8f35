using ConsulMq.Tests.Simulation.Checks;

namespace ConsulMq.Tests.Simulation.Acting;

/// <summary>Actors that look after the queue: they clear it, look at it, and remove messages that nobody is to get.</summary>
internal sealed class Keepers(World world, Auditor auditor, Stage stage)
{
    /// <summary>Empties the queue.</summary>
    public async Task Clear(Actor actor)
    {
        if (actor.Times(1, 2) == 0)
            return;
        await stage.Pause(actor).ConfigureAwait(false);
        await stage.Do(actor, OperationKind.Clear, "clear", () => actor.Client.Queue.ClearAsync(actor.Random.Next(2) == 0, CancellationToken.None)).ConfigureAwait(false);
    }

    /// <summary>Looks at the whole queue, or at some of it.</summary>
    public async Task Look(Actor actor)
    {
        for (var left = actor.Times(1, 3); left > 0; left--)
        {
            await stage.Pause(actor).ConfigureAwait(false);
            if (actor.Random.Next(3) == 0)
                await LookAtSome(actor).ConfigureAwait(false);
            else
                await LookAtAll(actor).ConfigureAwait(false);
        }
    }

    /// <summary>Removes what was chosen, what is scheduled, or what has expired.</summary>
    public async Task Discard(Actor actor)
    {
        for (var left = actor.Times(1, 4); left > 0; left--)
        {
            await world.Timeline.Delay(actor.Client, TimeSpan.FromMilliseconds(actor.Random.Next(1, 4000)), CancellationToken.None).ConfigureAwait(false);
            await (actor.Random.Next(4) switch
            {
                0 => ClearExpired(actor),
                1 => DiscardSeen(actor),
                _ => DiscardChosen(actor),
            }).ConfigureAwait(false);
        }
    }

    private Task LookAtAll(Actor actor) => stage.Do(actor, OperationKind.Look, "look", async () =>
    {
        var since = world.Step;
        var before = world.Ledger.Present.Select(static m => m.Text).ToHashSet();
        var seen = new List<string>();
        var browser = actor.Client.Queue.Browse();
        while (await browser.NextAsync(CancellationToken.None).ConfigureAwait(false) is { } batch)
            seen.AddRange(batch.Items.Select(static i => i.ReadContent().Text!));
        auditor.Looked(actor.Client, since, before, seen);
    });

    private Task LookAtSome(Actor actor)
    {
        var (errand, selection) = Choices.Draw(world, actor);
        return stage.Do(actor, OperationKind.Look, $"look at {Choices.InWords(errand)}", async () =>
        {
            try
            {
                var batch = await actor.Client.Queue.LookAsync(selection, 4, CancellationToken.None).ConfigureAwait(false);
                foreach (var item in batch.Items)
                    auditor.Seen(errand, item);
                foreach (var problem in batch.Damage)
                    auditor.NotFound(errand, problem);
                if (batch.Items.Count == 0 && errand.Kind == ErrandKind.Last && !world.Ledger.WasEmptySince(errand.Since))
                    world.Fail($"{actor.Client.Name} saw no last message, and all the while {world.Ledger.Present.First()} was there.");
            }
            catch (ConsulMqException e) when (e.Error == ConsulMqError.PositionOutOfRange)
            {
                if (!world.Errands.MayHaveEnded(errand))
                    world.Fail($"{actor.Client.Name} was told that the queue ends before position {errand.Position}, and it does not: {e.Message}");
            }
        });
    }

    private Task DiscardChosen(Actor actor)
    {
        var (errand, selection) = Choices.Draw(world, actor, removes: true);
        // At a position it would be all that comes behind it.
        if (errand.Kind != ErrandKind.ByName)
            return Task.CompletedTask;
        return stage.Do(actor, OperationKind.Discard, $"discard {Choices.InWords(errand)}", async () =>
        {
            world.Errands.Begin(errand);
            auditor.Discarded(errand, await actor.Client.Queue.DiscardAsync(selection, CancellationToken.None).ConfigureAwait(false));
        }, errand.Texts.Count);
    }

    /// <summary>Looks at what is ready, or scheduled, and removes some of it.</summary>
    public Task DiscardSeen(Actor actor) => stage.Do(actor, OperationKind.Discard, "discard what it sees", async () =>
    {
        var state = actor.Random.Next(2) == 0 ? MessageState.Ready : MessageState.Scheduled;
        var browser = actor.Client.Queue.Browse(state);
        var items = new List<QueueObject>();
        while (await browser.NextAsync(CancellationToken.None).ConfigureAwait(false) is { } batch)
            items.AddRange(batch.Items.Where(_ => actor.Random.Next(3) == 0));
        if (items.Count == 0)
            return;
        var errand = world.Errands.Begin(new Errand(actor.Client, world.Ledger.Queue, ErrandKind.ByName, world.Step)
        {
            Removes = true,
            Texts = [.. items.Select(static i => i.ReadContent().Text!)],
        });
        world.Tell(actor.Client.Name, $"discards {Choices.InWords(errand)}, {state}");
        auditor.Discarded(errand, await actor.Client.Queue.DiscardAsync(items, CancellationToken.None).ConfigureAwait(false));
    });

    private Task ClearExpired(Actor actor) => stage.Do(actor, OperationKind.Discard, "clear what has expired", async () =>
    {
        world.Errands.Begin(new Errand(actor.Client, world.Ledger.Queue, ErrandKind.Expired, world.Step));
        await actor.Client.Queue.ClearExpiredAsync(CancellationToken.None).ConfigureAwait(false);
    });
}
