using System.Globalization;

namespace ConsulMq.Tests.Simulation;

/// <summary>What the clients do: ordinary use of the public surface. Each operation that joins the queue gets an actor here.</summary>
internal sealed class Actors(World world, Auditor auditor)
{
    /// <summary>No operation of these schedules needs more, whatever the network does; one that does turns in a circle.</summary>
    public const int MostRequests = 600;

    private int _pushed;

    private Random Random => world.Random;

    /// <summary>Pushes messages one by one.</summary>
    public async Task ProduceSingly(Client client)
    {
        for (var left = Random.Next(2, 12); left > 0; left--)
        {
            var draft = NextDraft(client);
            var text = draft.Body.Text!;
            using var cancel = Cancellation(client);
            await Do(client, $"push {LedgerMessage.Short(text)}", async () =>
            {
                var result = PushResult.Unknown;
                try
                {
                    await client.Queue.PushAsync(draft, cancel.Token).ConfigureAwait(false);
                    result = PushResult.Done;
                }
                catch (ConsulMqException e) when (e.Error != ConsulMqError.OutcomeUnknown)
                {
                    result = PushResult.Refused;
                }
                finally
                {
                    auditor.Pushed(text, result);
                }
            }).ConfigureAwait(false);
            await Pause(client).ConfigureAwait(false);
        }
    }

    /// <summary>Pushes messages through streams: several share an entry.</summary>
    public async Task ProduceInStreams(Client client)
    {
        for (var left = Random.Next(1, 4); left > 0; left--)
        {
            await Do(client, "push a stream", async () =>
            {
                using var stream = client.Queue.OpenPush();
                for (var items = Random.Next(1, 12); items > 0; items--)
                {
                    var draft = NextDraft(client);
                    await stream.AddAsync(draft, draft.Body.Text, CancellationToken.None).ConfigureAwait(false);
                    if (Random.Next(8) == 0)
                        await Pause(client).ConfigureAwait(false);
                }

                await stream.FlushAsync(CancellationToken.None).ConfigureAwait(false);
                while (stream.TryTake(out var outcome))
                {
                    auditor.Pushed((string)outcome.Tag!, outcome.Error switch
                    {
                        null => PushResult.Done,
                        { Error: ConsulMqError.OutcomeUnknown } => PushResult.Unknown,
                        // The first failure ends a stream, and what came later was not sent; only the first may be unknown.
                        _ => PushResult.Refused,
                    });
                }
            }).ConfigureAwait(false);
            await Pause(client).ConfigureAwait(false);
        }
    }

    /// <summary>Pops one or several at a time, waits, gives up in the middle, and puts things back.</summary>
    public async Task Consume(Client client)
    {
        var consumer = client.Queue.OpenConsumer();
        for (var left = world.Scenario.Stamina + Random.Next(3, 15); left > 0; left--)
        {
            if (Random.Next(6) == 0)
            {
                consumer.Dispose();
                consumer = client.Queue.OpenConsumer();
            }

            using var cancel = Cancellation(client);
            if (Random.Next(4) == 0)
                await Wait(client, consumer, cancel.Token).ConfigureAwait(false);
            else
                await Pop(client, consumer, cancel.Token).ConfigureAwait(false);
            await Pause(client).ConfigureAwait(false);
        }

        consumer.Dispose();
    }

    /// <summary>Empties the queue.</summary>
    public async Task Clear(Client client)
    {
        await Pause(client).ConfigureAwait(false);
        await Do(client, "clear", () => client.Queue.ClearAsync(Random.Next(2) == 0, CancellationToken.None)).ConfigureAwait(false);
    }

    /// <summary>Looks at the whole queue.</summary>
    public async Task Look(Client client)
    {
        await Pause(client).ConfigureAwait(false);
        await Do(client, "look", async () =>
        {
            var since = world.Step;
            var before = world.Ledger.Present.Select(static m => m.Text).ToHashSet();
            var seen = new List<string>();
            var browser = client.Queue.Browse();
            while (await browser.NextAsync(CancellationToken.None).ConfigureAwait(false) is { } batch)
                seen.AddRange(batch.Items.Select(static i => i.Content.Text!));
            auditor.Looked(client, since, before, seen);
        }).ConfigureAwait(false);
    }

    /// <summary>Takes all that is left, when the network is well again.</summary>
    public async Task Drain(Client client, string name = World.QueueName)
    {
        var queue = world.LedgerOf(name);
        using var consumer = client.Connection.Queue(name).OpenConsumer();
        while (true)
        {
            var since = world.Timeline.Elapsed;
            if ((await PopOnce(client, consumer, 7, CancellationToken.None, queue).ConfigureAwait(false)).Items.Count > 0)
                continue;
            // Nothing disturbs it: what was due before must be there.
            if (queue.NextDue <= world.Timeline.UtcNow - (world.Timeline.Elapsed - since))
                world.Fail($"{client.Name} was told that the queue is empty, and something is due since {queue.NextDue:O}.");
            if (queue.NextDue is null)
                return;
            // Whoever waits looks every few minutes: for days that is all that a schedule would be.
            if (queue.NextDue > world.Timeline.UtcNow.AddHours(3) || Random.Next(2) == 0)
                await world.Timeline.Delay(client, TimeSpan.FromMinutes(Random.Next(90)), CancellationToken.None).ConfigureAwait(false);
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

    private async Task Pop(Client client, QueueConsumer consumer, CancellationToken cancellation)
    {
        var max = Random.Next(3) == 0 ? Random.Next(2, 9) : 1;
        IReadOnlyList<QueueObject> items = [];
        await Do(client, $"pop {max}", async () =>
        {
            try
            {
                items = (await PopOnce(client, consumer, max, cancellation).ConfigureAwait(false)).Items;
            }
            catch (OperationCanceledException)
            {
                client.HasCancelledPops = true;
            }
            catch (ConsulMqException e) when (e.Error == ConsulMqError.OutcomeUnknown)
            {
                CheckUnknown(client, e);
                client.HasUnknownPops = true;
            }
        }).ConfigureAwait(false);
        if (items.Count > 0 && world.Chance(world.Scenario.PutBacks))
        {
            await Pause(client).ConfigureAwait(false);
            await Do(client, $"put {items.Count} back", async () =>
            {
                var since = world.Step;
                await consumer.PutBackAsync(items, CancellationToken.None).ConfigureAwait(false);
                auditor.PutBack(client, since, items);
            }).ConfigureAwait(false);
        }
    }

    private async Task<PopBatch> PopOnce(Client client, QueueConsumer consumer, int max, CancellationToken cancellation, Ledger? queue = null)
    {
        var since = world.Step;
        var sinceTime = world.Timeline.UtcNow;
        var batch = await consumer.PopAsync(max, cancellation).ConfigureAwait(false);
        world.Tell(client.Name, $"POPPED {string.Join(' ', batch.Items.Select(static i => LedgerMessage.Short(i.Content.Text!)))}");
        auditor.Returned(client, since, sinceTime, batch, queue);
        return batch;
    }

    private Task Wait(Client client, QueueConsumer consumer, CancellationToken cancellation) => Do(client, "wait", async () =>
    {
        var since = world.Step;
        var sinceTime = world.Timeline.Elapsed;
        var found = await consumer.WaitAsync(TimeSpan.FromSeconds(Random.Next(world.Leases is null ? 900 : 120)), cancellation).ConfigureAwait(false);
        world.Tell(client.Name, $"WAITED: {found}");
        auditor.Waited(client, since, found);
        // Messages wake whoever waits; only a network that is cut keeps them from it.
        if (found && !client.WasCutOff && !world.HasJumped && world.Ledger.FilledFor > TimeSpan.FromSeconds(60))
            world.Fail($"{client.Name} was woken after {world.Ledger.FilledFor.TotalSeconds:0} s.");
        if (!client.WasCutOff && !world.HasJumped && world.Ledger.OverdueSince(sinceTime) is var overdue && overdue > TimeSpan.FromSeconds(60))
            world.Fail($"{client.Name} waited, and for {overdue.TotalSeconds:0} s did not move what was due.");
    });

    /// <summary>An operation with its number of requests; errors for users and cancellations are part of life.</summary>
    public async Task Do(Client client, string what, Func<Task> act, int most = MostRequests)
    {
        world.Tell(client.Name, what.ToUpperInvariant());
        var before = client.Requests;
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

        if (client.Requests - before > most)
            world.Fail($"{client.Name}: {what} took {client.Requests - before} requests.");
    }

    /// <summary>Nobody who has just read a receipt may say that it does not tell: only an hour, or Consul away, makes that so.</summary>
    public void CheckUnknown(Client client, ConsulMqException? error)
    {
        if (error?.Error == ConsulMqError.OutcomeUnknown && client.HasReadReceiptAt == world.Step)
            world.Fail($"{client.Name} was told that an outcome is unknown by a receipt that tells.");
    }

    private MessageDraft NextDraft(Client client)
    {
        var number = (++_pushed).ToString(CultureInfo.InvariantCulture);
        var text = $"{client.Name}:{number}";
        return new MessageDraft
        {
            Body = MessageBody.FromText(world.Chance(world.Scenario.Big) ? text + new string('.', 17_000) : text),
            TimeToLive = world.Chance(world.Scenario.Expiring) ? TimeSpan.FromMilliseconds(Random.Next(1, 5000)) : null,
            NotBefore = world.Chance(world.Scenario.Delayed) ? world.Timeline.UtcNow + NextDelay() : null,
        };
    }

    /// <summary>Mostly moments, so that it is due while others work; now and then the times for which nobody stays awake.</summary>
    private TimeSpan NextDelay() => Random.Next(16) switch
    {
        0 => TimeSpan.FromHours(Random.Next(1, 80)),
        < 4 => TimeSpan.FromSeconds(Random.Next(1, 900)),
        _ => TimeSpan.FromMilliseconds(Random.Next(3000)),
    };

    public CancellationTokenSource Cancellation(Client client)
    {
        var cancel = new CancellationTokenSource();
        if (world.Chance(world.Scenario.Cancellations))
            Linger(Random.Next(12));
        return cancel;

        void Linger(int steps) => world.Ready(() =>
        {
            if (client.IsDead || cancel.IsCancellationRequested)
                return;
            if (steps > 0)
            {
                Linger(steps - 1);
                return;
            }

            try
            {
                world.Tell(client.Name, "GIVES UP");
                cancel.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The operation was over before.
            }
        });
    }

    public Task Pause(Client client) => Random.Next(3) switch
    {
        0 => Task.CompletedTask,
        _ => world.Timeline.Delay(client, TimeSpan.FromMilliseconds(Random.Next(1, 800)), CancellationToken.None),
    };
}
