using System.Globalization;
using ConsulMq.Tests.Simulation.Checks;

namespace ConsulMq.Tests.Simulation.Acting;

/// <summary>Actors that push: one by one, in streams, to the end, the front, or a position.</summary>
internal sealed class Producers(World world, Auditor auditor, Stage stage)
{
    public Task Produce(Actor actor) =>
        actor.Random.Next(2) == 0 || world.Scenario.Packed ? ProduceInStreams(actor) : ProduceSingly(actor);

    /// <summary>Pushes messages one by one.</summary>
    public async Task ProduceSingly(Actor actor)
    {
        for (var left = actor.Times(2, 12); left > 0; left--)
        {
            if (actor.Chance(world.Scenario.Inserts))
                await InsertStream(actor, 1).ConfigureAwait(false);
            else
                await Push(actor).ConfigureAwait(false);
            await stage.Pause(actor).ConfigureAwait(false);
        }
    }

    /// <summary>Pushes messages through streams: several share an entry.</summary>
    public async Task ProduceInStreams(Actor actor)
    {
        for (var left = actor.Times(1, 4); left > 0; left--)
        {
            if (actor.Chance(world.Scenario.Inserts))
                await InsertStream(actor, actor.Random.Next(1, 8)).ConfigureAwait(false);
            else
                await PushStream(actor, actor.Random.Next(1, 12)).ConfigureAwait(false);
            await stage.Pause(actor).ConfigureAwait(false);
        }
    }

    public async Task Push(Actor actor, TimeSpan? delay = null)
    {
        var draft = NextDraft(actor);
        if (delay is not null)
            draft = draft with { NotBefore = actor.Client.Clock.UtcNow + delay };
        var text = draft.Body.Text!;
        using var cancel = stage.Cancellation(actor);
        await stage.Do(actor, OperationKind.Push, $"push {LedgerMessage.Short(text)}", async () =>
        {
            var result = PushResult.Unknown;
            try
            {
                var item = await actor.Client.Queue.PushAsync(draft, cancel.Token).ConfigureAwait(false);
                result = item.IsDuplicate ? PushResult.Duplicate : PushResult.Done;
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
    }

    public Task PushStream(Actor actor, int items) => stage.Do(actor, OperationKind.PushStream, $"push a stream of {items}", async () =>
    {
        using var stream = actor.Client.Queue.OpenPush();
        await Fill(actor, stream, items, null).ConfigureAwait(false);
    }, items);

    /// <summary>Pushes to a position that there was a moment ago, or to the front.</summary>
    private Task InsertStream(Actor actor, int items) =>
        InsertStream(actor, items, actor.Random.Next(2) == 0 ? 0 : actor.Random.Next(world.Ledger.Present.Count + 1));

    public Task InsertStream(Actor actor, int items, long position)
    {
        return stage.Do(actor, OperationKind.Insert, $"push {items} to position {position}", async () =>
        {
            using var stream = actor.Client.Queue.OpenInsert(position);
            await Fill(actor, stream, items, new Insert(world.Inserts.NewBlock(), 0, position, world.Step)).ConfigureAwait(false);
        }, items);
    }

    private async Task Fill(Actor actor, PushStream stream, int items, Insert? insert)
    {
        for (var number = 0; number < items; number++)
        {
            var draft = NextDraft(actor);
            if (insert is not null)
            {
                draft = draft with { NotBefore = null };
                world.Inserts.Begin(draft.Body.Text!, insert with { Number = number });
            }

            await stream.AddAsync(draft, draft.Body.Text, CancellationToken.None).ConfigureAwait(false);
            if (actor.Random.Next(8) == 0)
                await stage.Pause(actor).ConfigureAwait(false);
        }

        await stream.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        while (stream.TryTake(out var outcome))
        {
            auditor.Pushed((string)outcome.Tag!, outcome.Error switch
            {
                null => outcome.Item!.IsDuplicate ? PushResult.Duplicate : PushResult.Done,
                { Error: ConsulMqError.OutcomeUnknown } => PushResult.Unknown,
                // The first failure ends a stream, and what came later was not sent; only the first may be unknown.
                _ => PushResult.Refused,
            });
        }
    }

    private MessageDraft NextDraft(Actor actor)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{actor.Name}:{++actor.Pushed}");
        var (random, scenario) = (actor.Random, world.Scenario);
        var once = actor.Chance(scenario.PushedOnce) ? string.Create(CultureInfo.InvariantCulture, $"id{random.Next(6)}") : null;
        text = actor.Chance(scenario.Big) ? text + new string('.', 17_000) : text;
        if (once is not null)
            world.PushedOnce.Note(text, once);
        return new MessageDraft
        {
            Body = MessageBody.FromText(text),
            DeduplicationId = once,
            TimeToLive = actor.Chance(scenario.Expiring) ? TimeSpan.FromMilliseconds(random.Next(1, 5000)) : null,
            NotBefore = actor.Chance(scenario.Delayed) ? actor.Client.Clock.UtcNow + NextDelay(random) : null,
        };
    }

    /// <summary>Mostly moments, so that it is due while others work; now and then the times for which nobody stays awake.</summary>
    private static TimeSpan NextDelay(Random random) => random.Next(16) switch
    {
        0 => TimeSpan.FromHours(random.Next(1, 80)),
        < 4 => TimeSpan.FromSeconds(random.Next(1, 900)),
        _ => TimeSpan.FromMilliseconds(random.Next(3000)),
    };
}
