using ConsulMq.Tests.Simulation.Checks;

namespace ConsulMq.Tests.Simulation.Acting;

/// <summary>
/// What clients do with leases: take some, work, sleep for longer than their sessions live, settle once, twice, late, or leave it to others; and somebody
/// who destroys sessions.
/// </summary>
internal sealed class LeaseActors(World world, Auditor auditor, Stage stage)
{
    /// <summary>What other processes were told: queue, ID, receipt handle.</summary>
    private readonly List<QueueObject> _handles = [];

    private LeaseScenario Scenario => world.Leases!;

    /// <summary>Takes some on a lease, works on them, settles them.</summary>
    public async Task Consume(Actor actor)
    {
        for (var left = actor.Times(3, 10); left > 0; left--)
        {
            var queue = actor.Random.Next(8) switch { 0 => World.DeadQueueName, 1 => World.OtherQueueName, _ => World.QueueName };
            using var consumer = actor.Client.Connection.Queue(queue).OpenConsumer();
            using var cancel = stage.Cancellation(actor);
            var max = actor.Random.Next(1, 7);
            TimeSpan? duration = actor.Chance(Scenario.Durations) ? TimeSpan.FromSeconds(actor.Random.Next(10, 41)) : null;
            var items = await Lease(actor, queue, consumer, max, duration, cancel.Token).ConfigureAwait(false);
            if (items.Count > 0)
            {
                await Work(actor).ConfigureAwait(false);
                await Finish(actor, queue, consumer, items).ConfigureAwait(false);
            }

            await stage.Pause(actor).ConfigureAwait(false);
        }
    }

    /// <summary>Settles, and prolongs, what others have leased.</summary>
    public async Task SettleForOthers(Actor actor)
    {
        for (var left = actor.Times(4, 12); left > 0; left--)
        {
            await world.Timeline.Delay(actor.Client, TimeSpan.FromMilliseconds(actor.Random.Next(1, 6000)), CancellationToken.None).ConfigureAwait(false);
            if (_handles.Count == 0)
                continue;
            var item = _handles[actor.Random.Next(_handles.Count)];
            if (actor.Random.Next(3) == 0)
                await Prolong(actor, item).ConfigureAwait(false);
            await Settle(actor, item.Queue, [Draw(actor, item)]).ConfigureAwait(false);
        }
    }

    /// <summary>Destroys sessions by hand.</summary>
    public async Task DestroySessions(Actor actor)
    {
        for (var left = actor.Times(1, 3); left > 0; left--)
        {
            for (var pauses = actor.Random.Next(1, 12); pauses > 0; pauses--)
                await stage.Pause(actor).ConfigureAwait(false);
            world.Sessions.DestroyAny(actor.Random);
        }
    }

    public async Task<IReadOnlyList<QueueObject>> Lease(Actor actor, string queue, QueueConsumer consumer, int max, TimeSpan? duration, CancellationToken cancellation)
    {
        IReadOnlyList<QueueObject> items = [];
        await stage.Do(actor, OperationKind.Lease, $"lease {max} of {queue} for {duration?.ToString() ?? "as long as it lives"}", async () =>
        {
            var since = world.MomentOf(actor.Client);
            try
            {
                var batch = await consumer.LeaseAsync(max, duration, cancellation).ConfigureAwait(false);
                items = batch.Items;
                world.Tell(actor.Client.Name, $"LEASED {string.Join(' ', items.Select(static i => LedgerMessage.Short(i.ReadContent().Text!)))}");
                auditor.Returned(actor.Client, since, batch, world.LedgerOf(queue));
            }
            catch (OperationCanceledException)
            {
                actor.Client.HasCancelledPops = true;
            }
            catch (ConsulMqException e) when (e.Error == ConsulMqError.OutcomeUnknown)
            {
                // Whatever it took comes back when its session ends.
                stage.CheckUnknown(actor.Client, e);
            }
        }).ConfigureAwait(false);
        return items;
    }

    /// <summary>Works; or sleeps while Consul cannot be reached, so that its session may end though it lives.</summary>
    private async Task Work(Actor actor)
    {
        if (world.Plan.Has("sleeps") && actor.Chance(Scenario.Sleeps))
        {
            var nap = TimeSpan.FromSeconds(actor.Random.Next(10, 60));
            actor.Client.CutOff(world.Timeline.Elapsed + nap);
            world.Tell(actor.Client.Name, $"SLEEPS {nap.TotalSeconds} s");
            await world.Timeline.Delay(actor.Client, nap, CancellationToken.None).ConfigureAwait(false);
        }
        else if (actor.Random.Next(6) == 0)
        {
            await world.Timeline.Delay(actor.Client, TimeSpan.FromMilliseconds(actor.Random.Next(90_000)), CancellationToken.None).ConfigureAwait(false);
        }
        else
        {
            await stage.Pause(actor).ConfigureAwait(false);
        }
    }

    private async Task Finish(Actor actor, string queue, QueueConsumer consumer, IReadOnlyList<QueueObject> items)
    {
        if (actor.Chance(world.Scenario.PutBacks / 2))
        {
            await PutBack(actor, queue, consumer, items).ConfigureAwait(false);
            return;
        }

        if (Scenario.Moves > 0 && actor.Random.Next(6) == 0)
        {
            await Move(actor, queue, items).ConfigureAwait(false);
            return;
        }

        var settlements = new List<Settlement>();
        foreach (var item in items)
        {
            if (actor.Random.Next(5) == 0)
                _handles.Add(item);
            // Left to others, or to the end of the lease.
            if (actor.Random.Next(6) == 0)
                continue;
            settlements.Add(Draw(actor, item));
            if (actor.Random.Next(6) == 0)
                settlements.Add(Draw(actor, item));
        }

        if (actor.Random.Next(2) == 0)
            settlements.Reverse();
        await Settle(actor, queue, settlements).ConfigureAwait(false);
    }

    private Settlement Draw(Actor actor, QueueObject item)
    {
        var kind = actor.Random.Next(6) switch { 0 or 1 => SettlementKind.Return, 2 => SettlementKind.Deny, _ => SettlementKind.Complete };
        var isLater = kind == SettlementKind.Return && actor.Chance(world.Scenario.Delayed);
        return Settlement.Of(kind, item) with { Delay = isLater ? TimeSpan.FromMilliseconds(actor.Random.Next(1, 30_000)) : TimeSpan.Zero };
    }

    public Task Settle(Actor actor, string queue, List<Settlement> settlements) => settlements.Count == 0 ? Task.CompletedTask : stage.Do(
        actor, OperationKind.Settle, $"settle {string.Join(' ', settlements.Select(static s => s.Kind))}", async () =>
        {
            using var stream = actor.Client.Connection.Queue(queue).OpenSettle();
            foreach (var settlement in settlements)
            {
                var call = world.Settlements.Begin(actor.Client, queue, settlement);
                await stream.AddAsync(settlement, call, CancellationToken.None).ConfigureAwait(false);
                if (actor.Random.Next(6) == 0)
                    await Work(actor).ConfigureAwait(false);
            }

            await stream.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            while (stream.TryTake(out var outcome))
            {
                var call = (SettleCall)outcome.Tag!;
                world.Tell(actor.Client.Name, $"{call.Kind}: {outcome.Error?.Error.ToString() ?? "done"}");
                // Of several, the one that nobody can tell of need not be the last one.
                stage.CheckUnknown(actor.Client, settlements.Count == 1 ? outcome.Error : null);
                world.Settlements.End(call, outcome.IsDeadLetter, outcome.Error);
            }
        },
        settlements.Count);

    private Task PutBack(Actor actor, string queue, QueueConsumer consumer, IReadOnlyList<QueueObject> items) => stage.Do(actor, OperationKind.Settle, $"put {items.Count} leased ones back", async () =>
    {
        foreach (var item in items)
            world.Settlements.Begin(actor.Client, queue, Settlement.Of(SettlementKind.Return, item) with { Counts = false });
        await consumer.PutBackAsync(items, CancellationToken.None).ConfigureAwait(false);
        var held = items.FirstOrDefault(i => world.Whereabouts.IsHeld(world.Settlements.SlotOf(queue, i.ReceiptHandle!)));
        if (held is not null && !actor.Client.WasCutOff)
            world.Fail($"{actor.Client.Name} put {LedgerMessage.Short(held.ReadContent().Text!)} back, and still holds it.");
    });

    public Task Move(Actor actor, string queue, IReadOnlyList<QueueObject> items) => stage.Do(actor, OperationKind.Settle, $"move {items.Count} leased ones", async () =>
    {
        var to = actor.Client.Connection.Queue(queue == World.QueueName ? World.OtherQueueName : World.QueueName);
        var calls = items.Select(i => world.Settlements.Begin(actor.Client, queue, Settlement.Of(SettlementKind.Complete, i), to.Name)).ToList();
        using var mover = actor.Client.Connection.Queue(queue).OpenMove(to);
        var outcomes = await mover.MoveAsync(items, CancellationToken.None).ConfigureAwait(false);
        for (var i = 0; i < outcomes.Count; i++)
        {
            world.Settlements.End(calls[i], null, outcomes[i].Error);
            if (outcomes[i].Item is { DeliveryCount: > 0 } item)
                world.Fail($"{LedgerMessage.Short(item.ReadContent().Text!)} begins its new life with {item.DeliveryCount} deliveries.");
        }
    });

    private Task Prolong(Actor actor, QueueObject item) => stage.Do(actor, OperationKind.Prolong, $"prolong {LedgerMessage.Short(item.ReadContent().Text!)}", async () =>
    {
        var since = world.Step;
        var slot = world.Settlements.SlotOf(item.Queue, item.ReceiptHandle!);
        try
        {
            await actor.Client.Connection.Queue(item.Queue).ProlongAsync(item.Id, item.ReceiptHandle!, CancellationToken.None).ConfigureAwait(false);
            world.Settlements.Prolonged(actor.Client, slot, since);
        }
        catch (ConsulMqException e) when (e.Error == ConsulMqError.LeaseLost)
        {
            world.Settlements.NotProlonged(actor.Client, slot);
        }
    });
}
