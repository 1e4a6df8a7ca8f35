using ConsulMq.Tests.Simulation.Checks;

namespace ConsulMq.Tests.Simulation.Acting;

/// <summary>Actors that pop: the next ones, those at a position, the last ones, or some by their IDs; wait; give up in the middle; put things back.</summary>
internal sealed class Consumers(World world, Auditor auditor, Stage stage)
{
    public async Task Consume(Actor actor)
    {
        var consumer = actor.Client.Queue.OpenConsumer();
        for (var left = actor.Times(world.Scenario.Stamina + 3, world.Scenario.Stamina + 15); left > 0; left--)
        {
            if (actor.Random.Next(6) == 0)
            {
                consumer.Dispose();
                consumer = actor.Client.Queue.OpenConsumer();
            }

            using var cancel = stage.Cancellation(actor);
            if (actor.Chance(world.Scenario.Picks))
                await Pick(actor, consumer, cancel.Token).ConfigureAwait(false);
            else if (actor.Random.Next(4) == 0)
                await Wait(actor, consumer, cancel.Token).ConfigureAwait(false);
            else
                await MaybePutBack(actor, consumer, await Pop(actor, consumer, actor.Random.Next(3) == 0 ? actor.Random.Next(2, 9) : 1, cancel.Token).ConfigureAwait(false)).ConfigureAwait(false);
            await stage.Pause(actor).ConfigureAwait(false);
        }

        consumer.Dispose();
    }

    public async Task<IReadOnlyList<QueueObject>> Pop(Actor actor, QueueConsumer consumer, int max, CancellationToken cancellation)
    {
        IReadOnlyList<QueueObject> items = [];
        await stage.Do(actor, OperationKind.Pop, $"pop {max}", async () =>
        {
            try
            {
                items = (await PopOnce(actor.Client, consumer, max, cancellation).ConfigureAwait(false)).Items;
            }
            catch (Exception e) when (e is OperationCanceledException or ConsulMqException)
            {
                NoteLost(actor.Client, e);
            }
        }, max).ConfigureAwait(false);
        return items;
    }

    public async Task<PopBatch> PopOnce(Client client, QueueConsumer consumer, int max, CancellationToken cancellation, Ledger? queue = null)
    {
        var since = world.MomentOf(client);
        var batch = await consumer.PopAsync(max, cancellation).ConfigureAwait(false);
        world.Tell(client.Name, $"POPPED {string.Join(' ', batch.Items.Select(static i => LedgerMessage.Short(i.ReadContent().Text!)))}");
        auditor.Returned(client, since, batch, queue);
        return batch;
    }

    /// <summary>Takes messages that are not the next ones.</summary>
    private Task Pick(Actor actor, QueueConsumer consumer, CancellationToken cancellation)
    {
        var (errand, selection) = Choices.Draw(world, actor);
        return Pick(actor, consumer, errand, selection, errand.Kind == ErrandKind.ByName ? int.MaxValue : actor.Random.Next(1, 5), cancellation);
    }

    public async Task Pick(Actor actor, QueueConsumer consumer, Errand errand, MessageSelection selection, int max, CancellationToken cancellation)
    {
        var most = Math.Min(max, Math.Max(errand.Texts.Count, 5));
        var items = new List<QueueObject>();
        await stage.Do(actor, OperationKind.Pick, $"pick {Choices.InWords(errand)}", async () =>
        {
            var since = world.MomentOf(actor.Client);
            world.Errands.Begin(errand);
            try
            {
                var picking = consumer.Pick(selection, max);
                while (await picking.PopAsync(cancellation).ConfigureAwait(false) is { } batch)
                {
                    world.Tell(actor.Client.Name, $"PICKED {string.Join(' ', batch.Items.Select(static i => LedgerMessage.Short(i.ReadContent().Text!)))}");
                    auditor.Given(actor.Client, since, batch.Items, world.Ledger, isInOrder: false);
                    foreach (var problem in batch.Damage)
                        auditor.NotFound(errand, problem);
                    items.AddRange(batch.Items);
                }

                if (items.Count > most)
                    world.Fail($"{actor.Client.Name} asked for {most}, and was given {items.Count}.");
                if (items.Count == 0 && errand.Kind == ErrandKind.Last && !world.Ledger.WasEmptySince(since.Step))
                    world.Fail($"{actor.Client.Name} was told that there is no last message, and all the while {world.Ledger.Present.First()} was there.");
            }
            catch (ConsulMqException e) when (e.Error == ConsulMqError.PositionOutOfRange)
            {
                if (!world.Errands.MayHaveEnded(errand))
                    world.Fail($"{actor.Client.Name} was told that the queue ends before position {errand.Position}, and it does not: {e.Message}");
            }
            catch (Exception e) when (e is OperationCanceledException or ConsulMqException)
            {
                NoteLost(actor.Client, e);
            }
        }, most).ConfigureAwait(false);
        await MaybePutBack(actor, consumer, items).ConfigureAwait(false);
    }

    private void NoteLost(Client client, Exception e)
    {
        client.HasCancelledPops |= e is OperationCanceledException;
        if (e is ConsulMqException { Error: ConsulMqError.OutcomeUnknown } unknown)
        {
            stage.CheckUnknown(client, unknown);
            client.HasUnknownPops = true;
        }
        else if (e is ConsulMqException { Error: ConsulMqError.CorruptEntry or ConsulMqError.UnsupportedLayout or ConsulMqError.ConsulError })
        {
            world.Fail(e.Message);
        }
    }

    private async Task MaybePutBack(Actor actor, QueueConsumer consumer, IReadOnlyList<QueueObject> items)
    {
        if (items.Count == 0 || !actor.Chance(world.Scenario.PutBacks))
            return;
        await stage.Pause(actor).ConfigureAwait(false);
        await PutBack(actor, consumer, items).ConfigureAwait(false);
    }

    public Task PutBack(Actor actor, QueueConsumer consumer, IReadOnlyList<QueueObject> items) => stage.Do(actor, OperationKind.PutBack, $"put {items.Count} back", async () =>
    {
        var since = world.Step;
        await consumer.PutBackAsync(items, CancellationToken.None).ConfigureAwait(false);
        auditor.PutBack(actor.Client, since, items);
    }, items.Count);

    private Task Wait(Actor actor, QueueConsumer consumer, CancellationToken cancellation) => stage.Do(actor, OperationKind.Wait, "wait", async () =>
    {
        var client = actor.Client;
        var since = world.MomentOf(client);
        var found = await consumer.WaitAsync(TimeSpan.FromSeconds(actor.Random.Next(world.Leases is null ? 900 : 120)), cancellation).ConfigureAwait(false);
        world.Tell(client.Name, $"WAITED: {found}");
        auditor.Waited(client, since.Step, found);
        // Clocks that are wrong bring what is due early or late.
        if (client.WasCutOff || world.HasJumped || world.Scenario.Clocks > 0)
            return;
        // Messages wake whoever waits; only a network that is cut keeps them from it.
        if (found && world.Ledger.FilledFor > TimeSpan.FromSeconds(60))
            world.Fail($"{client.Name} was woken after {world.Ledger.FilledFor.TotalSeconds:0} s.");
        if (world.Ledger.OverdueSince(since.Elapsed) is var overdue && overdue > TimeSpan.FromSeconds(60))
            world.Fail($"{client.Name} waited, and for {overdue.TotalSeconds:0} s did not move what was due.");
    });
}
