using ConsulMq.Tests.Simulation.Acting;
using ConsulMq.Tests.Simulation.Checks;

namespace ConsulMq.Tests.Simulation;

/// <summary>The operations at each step of which a client dies: in a queue of a few messages, on several pages, in front, and scheduled.</summary>
internal static class Operations
{
    /// <summary>Fills the queue.</summary>
    public static async Task PrepareAsync(Play play, Actor actor)
    {
        await play.Producers.Push(actor).ConfigureAwait(false);
        await play.Producers.PushStream(actor, 5).ConfigureAwait(false);
        await play.Producers.InsertStream(actor, 2, 0).ConfigureAwait(false);
        await play.Producers.Push(actor, TimeSpan.FromSeconds(30)).ConfigureAwait(false);
        await play.Producers.PushStream(actor, 3).ConfigureAwait(false);
    }

    /// <summary>What the others do meanwhile.</summary>
    public static async Task GoOnAsync(World world, Play play, Actor actor)
    {
        using var consumer = actor.Client.Queue.OpenConsumer();
        await play.Producers.Push(actor).ConfigureAwait(false);
        await play.Consumers.Pop(actor, consumer, 2, CancellationToken.None).ConfigureAwait(false);
        await world.Timeline.Delay(actor.Client, TimeSpan.FromSeconds(40), CancellationToken.None).ConfigureAwait(false);
        await play.Consumers.Pop(actor, consumer, 1, CancellationToken.None).ConfigureAwait(false);
    }

    public static async Task DoAsync(string operation, World world, Play play, Actor actor)
    {
        using var consumer = actor.Client.Queue.OpenConsumer();
        await (operation switch
        {
            "push one" => play.Producers.Push(actor),
            "push a stream" => play.Producers.PushStream(actor, 7),
            "push to the front" => play.Producers.InsertStream(actor, 2, 0),
            "push to a position" => play.Producers.InsertStream(actor, 2, 4),
            "pop one" => play.Consumers.Pop(actor, consumer, 1, CancellationToken.None),
            "pop several" => play.Consumers.Pop(actor, consumer, 6, CancellationToken.None),
            "pop the last" => play.Consumers.Pick(actor, consumer, new Errand(actor.Client, World.QueueName, ErrandKind.Last, world.Step), MessageSelection.Last, 2, CancellationToken.None),
            "put back" => PopAndPutBackAsync(play, actor, consumer),
            "lease and complete" => LeaseAndAsync(play, actor, consumer, SettlementKind.Complete),
            "return" => LeaseAndAsync(play, actor, consumer, SettlementKind.Return),
            "return later" => LeaseAndAsync(play, actor, consumer, SettlementKind.Return, TimeSpan.FromSeconds(20)),
            "deny" => LeaseAndAsync(play, actor, consumer, SettlementKind.Deny),
            "move" => MoveAsync(world, play, actor),
            "move a leased one" => LeaseAndMoveAsync(play, actor, consumer),
            "clear" => play.Others.Clear(actor),
            "discard" => play.Others.DiscardSeen(actor),
            "wait for what is due" => WaitAsync(world, play, actor, consumer),
            _ => throw new ArgumentException(operation, nameof(operation)),
        }).ConfigureAwait(false);
    }

    private static async Task PopAndPutBackAsync(Play play, Actor actor, QueueConsumer consumer)
    {
        var items = await play.Consumers.Pop(actor, consumer, 4, CancellationToken.None).ConfigureAwait(false);
        await play.Consumers.PutBack(actor, consumer, items).ConfigureAwait(false);
    }

    private static async Task LeaseAndAsync(Play play, Actor actor, QueueConsumer consumer, SettlementKind kind, TimeSpan delay = default)
    {
        var items = await play.Leases.Lease(actor, World.QueueName, consumer, 4, null, CancellationToken.None).ConfigureAwait(false);
        await play.Leases.Settle(actor, World.QueueName, [.. items.Select(item => Settlement.Of(kind, item) with { Delay = delay })]).ConfigureAwait(false);
    }

    private static async Task LeaseAndMoveAsync(Play play, Actor actor, QueueConsumer consumer)
    {
        var items = await play.Leases.Lease(actor, World.QueueName, consumer, 3, TimeSpan.FromSeconds(20), CancellationToken.None).ConfigureAwait(false);
        await play.Leases.Move(actor, World.QueueName, items).ConfigureAwait(false);
    }

    private static async Task MoveAsync(World world, Play play, Actor actor)
    {
        world.Moves.Ask(actor.Client, World.QueueName, World.OtherQueueName);
        using var mover = actor.Client.Queue.OpenMove(actor.Client.Connection.Queue(World.OtherQueueName));
        await play.Movers.MoveNext(actor, World.QueueName, mover).ConfigureAwait(false);
    }

    private static async Task WaitAsync(World world, Play play, Actor actor, QueueConsumer consumer)
    {
        await world.Timeline.Delay(actor.Client, TimeSpan.FromSeconds(30), CancellationToken.None).ConfigureAwait(false);
        await play.Consumers.Pop(actor, consumer, 20, CancellationToken.None).ConfigureAwait(false);
        await play.Consumers.Pop(actor, consumer, 20, CancellationToken.None).ConfigureAwait(false);
    }
}
