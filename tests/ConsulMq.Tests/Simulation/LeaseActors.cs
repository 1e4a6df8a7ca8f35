using ConsulMq.Queueing;

namespace ConsulMq.Tests.Simulation;

/// <summary>
/// What clients do with leases: take some, work, sleep for longer than their sessions live, settle once, twice, late, or leave it to others; and somebody
/// who destroys sessions.
/// </summary>
internal sealed class LeaseActors(World world, Auditor auditor, Actors actors)
{
    /// <summary>By then every session has ended that nobody renews.</summary>
    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(100);

    /// <summary>What other processes were told: queue, ID, receipt handle.</summary>
    private readonly List<QueueObject> _handles = [];

    private Random Random => world.Random;

    private LeaseScenario Scenario => world.Leases!;

    /// <summary>Takes some on a lease, works on them, settles them.</summary>
    public async Task Consume(Client client)
    {
        for (var left = Random.Next(3, 10); left > 0; left--)
        {
            var queue = Random.Next(8) switch { 0 => World.DeadQueueName, 1 => World.OtherQueueName, _ => World.QueueName };
            using var consumer = client.Connection.Queue(queue).OpenConsumer();
            using var cancel = actors.Cancellation(client);
            var items = await Lease(client, queue, consumer, cancel.Token).ConfigureAwait(false);
            if (items.Count > 0)
            {
                await Work(client).ConfigureAwait(false);
                await Finish(client, queue, consumer, items).ConfigureAwait(false);
            }

            await actors.Pause(client).ConfigureAwait(false);
        }
    }

    /// <summary>Settles, and prolongs, what others have leased.</summary>
    public async Task SettleForOthers(Client client)
    {
        for (var left = Random.Next(4, 12); left > 0; left--)
        {
            await world.Timeline.Delay(client, TimeSpan.FromMilliseconds(Random.Next(1, 6000)), CancellationToken.None).ConfigureAwait(false);
            if (_handles.Count == 0)
                continue;
            var item = _handles[Random.Next(_handles.Count)];
            if (Random.Next(3) == 0)
                await Prolong(client, item).ConfigureAwait(false);
            await Settle(client, item.Queue, [Draw(item)]).ConfigureAwait(false);
        }
    }

    /// <summary>Destroys sessions by hand.</summary>
    public async Task DestroySessions(Client client)
    {
        for (var left = Random.Next(1, 3); left > 0; left--)
        {
            for (var pauses = Random.Next(1, 12); pauses > 0; pauses--)
                await actors.Pause(client).ConfigureAwait(false);
            world.Sessions.DestroyAny();
        }
    }

    /// <summary>Takes all that is left in all queues, once every session has ended.</summary>
    public async Task Drain(Client client)
    {
        await world.Timeline.Delay(client, LongestLife, CancellationToken.None).ConfigureAwait(false);
        // What comes back for the last time goes among the dead letters.
        foreach (var queue in new[] { World.QueueName, World.OtherQueueName, World.DeadQueueName, DeadLetters.QueueOf(World.OtherQueueName) })
            await actors.Drain(client, queue).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<QueueObject>> Lease(Client client, string queue, QueueConsumer consumer, CancellationToken cancellation)
    {
        var max = Random.Next(1, 7);
        TimeSpan? duration = world.Chance(Scenario.Durations) ? TimeSpan.FromSeconds(Random.Next(10, 41)) : null;
        IReadOnlyList<QueueObject> items = [];
        await actors.Do(client, $"lease {max} of {queue} for {duration?.ToString() ?? "as long as it lives"}", async () =>
        {
            var (since, sinceTime) = (world.Step, world.Timeline.UtcNow);
            try
            {
                var batch = await consumer.LeaseAsync(max, duration, cancellation).ConfigureAwait(false);
                items = batch.Items;
                world.Tell(client.Name, $"LEASED {string.Join(' ', items.Select(static i => LedgerMessage.Short(i.Content.Text!)))}");
                auditor.Returned(client, since, sinceTime, batch, world.LedgerOf(queue));
            }
            catch (OperationCanceledException)
            {
                client.HasCancelledPops = true;
            }
            catch (ConsulMqException e) when (e.Error == ConsulMqError.OutcomeUnknown)
            {
                // Whatever it took comes back when its session ends.
                actors.CheckUnknown(client, e);
            }
        }).ConfigureAwait(false);
        return items;
    }

    /// <summary>Works; or sleeps while Consul cannot be reached, so that its session may end though it lives.</summary>
    private async Task Work(Client client)
    {
        if (world.Chance(Scenario.Sleeps))
        {
            var nap = TimeSpan.FromSeconds(Random.Next(10, 60));
            client.CutOff(world.Timeline.Elapsed + nap);
            world.Tell(client.Name, $"SLEEPS {nap.TotalSeconds} s");
            await world.Timeline.Delay(client, nap, CancellationToken.None).ConfigureAwait(false);
        }
        else if (Random.Next(6) == 0)
        {
            await world.Timeline.Delay(client, TimeSpan.FromMilliseconds(Random.Next(90_000)), CancellationToken.None).ConfigureAwait(false);
        }
        else
        {
            await actors.Pause(client).ConfigureAwait(false);
        }
    }

    private async Task Finish(Client client, string queue, QueueConsumer consumer, IReadOnlyList<QueueObject> items)
    {
        if (world.Chance(world.Scenario.PutBacks / 2))
        {
            await PutBack(client, queue, consumer, items).ConfigureAwait(false);
            return;
        }

        if (Scenario.Moves > 0 && Random.Next(6) == 0)
        {
            await Move(client, queue, items).ConfigureAwait(false);
            return;
        }

        var settlements = new List<Settlement>();
        foreach (var item in items)
        {
            if (Random.Next(5) == 0)
                _handles.Add(item);
            // Left to others, or to the end of the lease.
            if (Random.Next(6) == 0)
                continue;
            settlements.Add(Draw(item));
            if (Random.Next(6) == 0)
                settlements.Add(Draw(item));
        }

        if (Random.Next(2) == 0)
            settlements.Reverse();
        await Settle(client, queue, settlements).ConfigureAwait(false);
    }

    private Settlement Draw(QueueObject item)
    {
        var kind = Random.Next(6) switch { 0 or 1 => SettlementKind.Return, 2 => SettlementKind.Deny, _ => SettlementKind.Complete };
        var isLater = kind == SettlementKind.Return && world.Chance(world.Scenario.Delayed);
        return Settlement.Of(kind, item) with { Delay = isLater ? TimeSpan.FromMilliseconds(Random.Next(1, 30_000)) : TimeSpan.Zero };
    }

    private Task Settle(Client client, string queue, List<Settlement> settlements) => settlements.Count == 0 ? Task.CompletedTask : actors.Do(
        client, $"settle {string.Join(' ', settlements.Select(static s => s.Kind))}", async () =>
        {
            using var stream = client.Connection.Queue(queue).OpenSettle();
            foreach (var settlement in settlements)
            {
                var call = world.Settlements.Begin(client, queue, settlement);
                await stream.AddAsync(settlement, call, CancellationToken.None).ConfigureAwait(false);
                if (Random.Next(6) == 0)
                    await Work(client).ConfigureAwait(false);
            }

            await stream.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            while (stream.TryTake(out var outcome))
            {
                var call = (SettleCall)outcome.Tag!;
                world.Tell(client.Name, $"{call.Kind}: {outcome.Error?.Error.ToString() ?? "done"}");
                // Of several, the one that nobody can tell of need not be the last one.
                actors.CheckUnknown(client, settlements.Count == 1 ? outcome.Error : null);
                world.Settlements.End(call, outcome.IsDeadLetter, outcome.Error);
            }
        },
        // The client does other things in its pauses.
        Actors.MostRequests * settlements.Count);

    private Task PutBack(Client client, string queue, QueueConsumer consumer, IReadOnlyList<QueueObject> items) => actors.Do(client, $"put {items.Count} leased ones back", async () =>
    {
        foreach (var item in items)
            world.Settlements.Begin(client, queue, Settlement.Of(SettlementKind.Return, item) with { Counts = false });
        await consumer.PutBackAsync(items, CancellationToken.None).ConfigureAwait(false);
        var held = items.FirstOrDefault(i => world.Whereabouts.IsHeld(world.Settlements.SlotOf(queue, i.ReceiptHandle!)));
        if (held is not null && !client.WasCutOff)
            world.Fail($"{client.Name} put {LedgerMessage.Short(held.Content.Text!)} back, and still holds it.");
    });

    private Task Move(Client client, string queue, IReadOnlyList<QueueObject> items) => actors.Do(client, $"move {items.Count} leased ones", async () =>
    {
        var to = client.Connection.Queue(queue == World.QueueName ? World.OtherQueueName : World.QueueName);
        var calls = items.Select(i => world.Settlements.Begin(client, queue, Settlement.Of(SettlementKind.Complete, i), to.Name)).ToList();
        using var mover = client.Connection.Queue(queue).OpenMove(to);
        var outcomes = await mover.MoveAsync(items, CancellationToken.None).ConfigureAwait(false);
        for (var i = 0; i < outcomes.Count; i++)
        {
            world.Settlements.End(calls[i], null, outcomes[i].Error);
            if (outcomes[i].Item is { DeliveryCount: > 0 } item)
                world.Fail($"{LedgerMessage.Short(item.Content.Text!)} begins its new life with {item.DeliveryCount} deliveries.");
        }
    });

    private Task Prolong(Client client, QueueObject item) => actors.Do(client, $"prolong {LedgerMessage.Short(item.Content.Text!)}", async () =>
    {
        var since = world.Step;
        var slot = world.Settlements.SlotOf(item.Queue, item.ReceiptHandle!);
        try
        {
            await client.Connection.Queue(item.Queue).ProlongAsync(item.Id, item.ReceiptHandle!, CancellationToken.None).ConfigureAwait(false);
            world.Settlements.Prolonged(client, slot, since);
        }
        catch (ConsulMqException e) when (e.Error == ConsulMqError.LeaseLost)
        {
            world.Settlements.NotProlonged(client, slot);
        }
    });
}
