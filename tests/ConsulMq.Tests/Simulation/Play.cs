using ConsulMq.Tests.Simulation.Acting;
using ConsulMq.Tests.Simulation.Checks;
using ConsulMq.Tests.Simulation.Mistakes;

namespace ConsulMq.Tests.Simulation;

/// <summary>Who acts in a world, and how it ends: the faults are over, everybody comes to his end, all that is left is taken, and days go by.</summary>
internal sealed class Play
{
    private static readonly string[] Keepers = ["keeper1", "keeper2"];

    private readonly World _world;
    private readonly Orphans _orphans;
    private readonly Drains _drains;
    private readonly List<Actor> _actors = [];

    public Play(World world)
    {
        _world = world;
        _orphans = new Orphans(world);
        Auditor = new Auditor(world);
        Stage = new Stage(world);
        Producers = new Producers(world, Auditor, Stage);
        Consumers = new Consumers(world, Auditor, Stage);
        Others = new Keepers(world, Auditor, Stage);
        Leases = new LeaseActors(world, Auditor, Stage);
        Movers = new MoveActors(world, Stage);
        _drains = new Drains(world, Consumers);
    }

    public Auditor Auditor { get; }

    public Stage Stage { get; }

    public Producers Producers { get; }

    public Consumers Consumers { get; }

    public Keepers Others { get; }

    public LeaseActors Leases { get; }

    public MoveActors Movers { get; }

    /// <summary>Starts everybody whom the seed has drawn.</summary>
    public void StartAll()
    {
        var scenario = _world.Scenario;
        _world.Tell("plan", $"{_world.Plan}: {scenario}");
        for (var i = 0; i < scenario.Clients; i++)
            _world.Clients.Add(new Client(_world, $"c{i}"));
        Start("produce", scenario.Producers, Producers.Produce);
        Start("consume", scenario.Consumers, Consumers.Consume);
        Start("clear", scenario.Clears, Others.Clear);
        Start("look", scenario.Looks, Others.Look);
        Start("discard", scenario.Discards, Others.Discard);
        if (_world.Leases is not { } roles)
            return;
        Start("lease", roles.Consumers, Leases.Consume);
        Start("settle", roles.Settlers, Leases.SettleForOthers);
        Start("destroy", roles.Destroyers, Leases.DestroySessions);
        Start("move", roles.Moves, Movers.Move);
    }

    /// <summary>Starts an actor.</summary>
    public Actor Start(string name, Client client, Func<Actor, Task> act)
    {
        var actor = new Actor(_world, name, client);
        _actors.Add(actor);
        _world.Start(client, () => act(actor));
        return actor;
    }

    /// <summary>Lets everybody act, and the world come to rest.</summary>
    public void Run() => _world.Run();

    /// <summary>Plays to the end, and checks what can be checked only there.</summary>
    public SimulationReport ToTheEnd()
    {
        var actors = _actors.ToList();
        _world.Run();
        if (_world.Violation is null)
            _world.Settlements.Rest();

        // By now all faults are over, and all that was late has arrived.
        _world.Network.IsCalm = true;
        foreach (var client in _world.Clients)
            client.End();
        var last = new Client(_world, "drain", isReliable: true);
        Then(() => Start("drain", last, _drains.Drain));
        Then(Auditor.Close, _orphans.CheckDrained);
        last.End();
        Then(() =>
        {
            var (one, another) = (new Client(_world, Keepers[0], isReliable: true), new Client(_world, Keepers[1], isReliable: true));
            var helper = new Actor(_world, Keepers[1], another);
            Start(Keepers[0], one, actor => _drains.TakeCare(actor, helper));
        });
        // That mistake takes receipts for older than they are, and so others for younger.
        Then(Auditor.Close, () => _orphans.CheckOld(_world.Mistake == Mistake.CollectReceiptsInUse ? [""] : Keepers));
        return Report(actors);
    }

    private void Then(params Action[] actions)
    {
        foreach (var action in actions)
        {
            if (_world.Violation is null)
                action();
        }

        if (_world.Violation is null)
            _world.Run();
    }

    private void Start(string role, int count, Func<Actor, Task> act)
    {
        for (var i = 1; i <= count; i++)
        {
            var name = FormattableString.Invariant($"{role}{i}");
            var client = _world.Clients[new Dice(_world.Plan.Seed, "client of " + name).Next(_world.Clients.Count)];
            if (_world.Plan.Has(name))
                Start(name, client, act);
        }
    }

    private SimulationReport Report(List<Actor> actors) => new(_world.Plan, _world.Violation, _world.Step, _world.Story.Lines)
    {
        Actors = [.. actors.Select(static a => new KeyValuePair<string, int>(a.Name, a.Begun))],
        Faults = _world.Network.Faults,
        Messages = _world.Ledger.Messages.Count(),
        Popped = Auditor.Popped,
        Writes = _world.Server.RaftWrites,
        Requests = _world.Clients.Sum(static c => c.Requests),
        Settled = _world.Settlements.Done,
        Lost = _world.Settlements.Lost,
        Moved = _world.Moves.Moved,
        Reaped = _world.Whereabouts.Ends.Count(static e => e.Value.Why == Why.Reaped),
        InFront = _world.Inserts.InFront,
        Between = _world.Inserts.Between,
        Discarded = Auditor.Discards,
        Duplicates = _world.PushedOnce.Duplicates,
        ClockJumps = _world.Clients.Sum(static c => c.Clock.Sets),
        Deaths = _world.Clients.Count(static c => c is { IsDead: true, HasEnded: false }),
    };
}
