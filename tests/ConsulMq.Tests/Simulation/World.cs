using ConsulMq.Consul;
using ConsulMq.InMemory;
using ConsulMq.Storage;
using ConsulMq.Tests.Simulation.Checks;
using ConsulMq.Tests.Simulation.Mistakes;
using ConsulMq.Tests.Simulation.Shrinking;

namespace ConsulMq.Tests.Simulation;

/// <summary>
/// One schedule: a Consul, its clients, the network between them, and the one loop that decides what happens next. Everything runs on the thread that
/// calls <see cref="Run"/>: whatever the queueing code awaits is completed by a step of the loop and goes on within it.
/// </summary>
internal sealed class World
{
    public const string QueueName = "jobs";
    public const string OtherQueueName = "other";
    public const string DeadQueueName = "jobs.dead";
    public const int MostSteps = 30_000;

    /// <summary>By then everything has come to its end, once nobody begins anything any more and the faults are over.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(40);

    private readonly Random _order;
    private readonly Random _sessionIds;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<Action> _ready = [];
    private readonly List<(Client Client, Task Work)> _actors = [];
    private readonly Dictionary<string, QueueKeys> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Ledger> _ledgers = new(StringComparer.Ordinal);

    /// <param name="plan">What is played.</param>
    /// <param name="mistake">A mistake to make on purpose.</param>
    /// <param name="isTold">Whether the story is told.</param>
    /// <param name="scenario">Null: that of the plan's seed.</param>
    /// <param name="leases">The leases of such a scenario.</param>
    public World(Plan plan, Mistake mistake, bool isTold, Scenario? scenario = null, LeaseScenario? leases = null)
    {
        Plan = plan;
        _order = Dice.Of(plan.Seed, FormattableString.Invariant($"order {plan.Order}"));
        _sessionIds = Dice.Of(plan.Seed, "session IDs");
        Mistake = mistake;
        Story = new Story(isTold);
        Scenario = (scenario ?? Scenario.Draw(Dice.Of(plan.Seed, "scenario"))).Within(plan);
        if (Mistake == Mistake.AnyOlderFence && plan.Has("faults"))
            Scenario = Scenario with { Faults = 0.5, Lingering = true };
        Leases = scenario is null ? LeaseScenario.Draw(plan.Seed) : leases;
        Network = new Network(this);
        Keys = KeysOfQueue(QueueName);
        Ledger = LedgerOf(QueueName);
        Whereabouts = new Whereabouts(this);
        Settlements = new SettleAuditor(this);
        Moves = new MoveAuditor(this);
        Sessions = new ServerSessions(this);
        Server = new InMemoryConsul(new InMemoryConsulOptions
        {
            Clock = new ServerClock(Timeline),
            RunContinuationsAsynchronously = false,
            NewSessionId = NewGuid,
        });
        Errands = new Errands(this);
        Inserts = new Inserts(this);
        PushedOnce = new PushedOnce(this);
        if (SettingsOf(QueueName) != new QueueSettings())
            Server.PutAsync(Keys.Info, new QueueInfo { CreatedAt = Timeline.UtcNow, Settings = SettingsOf(QueueName) }.ToJson(), CancellationToken.None).GetAwaiter().GetResult();
    }

    public Plan Plan { get; }

    public Mistake Mistake { get; }

    public Scenario Scenario { get; }

    public Story Story { get; }

    public Timeline Timeline { get; } = new();

    public Network Network { get; }

    public InMemoryConsul Server { get; }

    public QueueKeys Keys { get; }

    /// <summary>What the server knows of the queue that all is about.</summary>
    public Ledger Ledger { get; }

    public IEnumerable<Ledger> Ledgers => _ledgers.Values;

    /// <summary>Leases and moves; null: there are none.</summary>
    public LeaseScenario? Leases { get; }

    public Whereabouts Whereabouts { get; }

    public SettleAuditor Settlements { get; }

    public MoveAuditor Moves { get; }

    public ServerSessions Sessions { get; }

    /// <summary>What clients were asked for that does not keep to the order.</summary>
    public Errands Errands { get; }

    public Inserts Inserts { get; }

    public PushedOnce PushedOnce { get; }

    /// <summary>Now, for a client.</summary>
    public Moment MomentOf(Client client) => new(Step, Timeline.Elapsed, client.Clock.UtcNow, client.Clock.Sets);

    public List<Client> Clients { get; } = [];

    /// <summary>How many writes were carried out, refused ones too.</summary>
    public int Writes { get; private set; }

    public int Step { get; private set; }

    /// <summary>After this one it is over: somebody tries for ever.</summary>
    public int LastStep { get; init; } = MostSteps;

    /// <summary>Whether a long wait has ended though much else could have happened: as if everybody had slept.</summary>
    public bool HasJumped { get; private set; }

    /// <summary>What went wrong first; null: nothing.</summary>
    public string? Violation { get; private set; }

    /// <summary>The keys of the queue that a key belongs to.</summary>
    public QueueKeys KeysOf(string key) => KeysOfQueue(key.Split('/') is [_, var name, ..] ? name : "");

    public QueueKeys KeysOfQueue(string queue)
    {
        if (!_keys.TryGetValue(queue, out var keys))
            _keys[queue] = keys = new QueueKeys("consulmq", queue);
        return keys;
    }

    public Ledger LedgerOf(string queue)
    {
        if (!_ledgers.TryGetValue(queue, out var ledger))
            _ledgers[queue] = ledger = new Ledger(this, KeysOfQueue(queue));
        return ledger;
    }

    /// <summary>What is set for a queue, from the first moment on.</summary>
    public QueueSettings SettingsOf(string queue) => queue != QueueName ? new QueueSettings() : new QueueSettings
    {
        MaxDeliveries = Leases?.MaxDeliveries ?? QueueSettings.DefaultMaxDeliveries,
        DeadLetterExpired = Leases?.DeadLetterExpired == true,
        StrictOrder = Scenario.Strict,
        MaxDepth = Scenario.MaxDepth == 0 ? null : Scenario.MaxDepth,
    };

    /// <summary>A write was carried out.</summary>
    public void Applied(Client client, KvOperation[] operations, TransactionResult result)
    {
        Writes++;
        client.Writes++;
        if (result.Committed)
            Whereabouts.Applied(client, operations, result.Index);
        foreach (var queue in operations.Select(o => KeysOf(o.Key).Queue).Distinct().ToList())
            LedgerOf(queue).Applied(client, operations, result);
        if (!result.Committed)
            return;
        foreach (var journey in Whereabouts.Pushed)
            CheckPushed(journey);
    }

    /// <summary>Adds something that can happen from now on.</summary>
    public void Ready(Action step)
    {
        // .NET moves what awaits a task together with others to the thread pool; from there no schedule can be played again.
        if (Environment.CurrentManagedThreadId != _thread)
            Fail($"Something goes on on another thread: {Environment.StackTrace}");
        else
            _ready.Add(step);
    }

    public void Tell(string who, string what) => Story.Tell(Step, Timeline.Elapsed, who, what);

    public void Fail(string what)
    {
        if (Violation is not null)
            return;
        Violation = what;
        Tell("CHECK", what);
    }

    /// <summary>Lets somebody act. An exception that is no error for users ends the run.</summary>
    public void Start(Client client, Func<Task> act) => Ready(() => _actors.Add((client, Watch(act))));

    /// <summary>Runs until everybody is done and nothing is on its way any more, or until a check fails.</summary>
    public void Run()
    {
        TimeSpan? calmSince = null;
        while (Violation is null)
        {
            if (++Step > LastStep)
            {
                Fail($"After {LastStep} steps it still goes on: somebody tries for ever.");
                return;
            }

            var isOver = _ready.Count == 0 && _actors.TrueForAll(static a => a.Client.IsDead || a.Work.IsCompleted);
            if (isOver)
            {
                Network.IsCalm = true;
                calmSince ??= Timeline.Elapsed;
                // Sessions are renewed as long as their clients live and hold something.
                if (!Timeline.HasWork || (Leases is not null && !Timeline.HasLate && Timeline.Elapsed - calmSince > LongestRest))
                    return;
            }

            Sessions.Disturb();
            if (_ready.Count > 0 && !LetsTimePass())
            {
                // Any of them can be the next: that is the whole of the schedule.
                var at = _order.Next(_ready.Count);
                var step = _ready[at];
                _ready[at] = _ready[^1];
                _ready.RemoveAt(_ready.Count - 1);
                step();
            }
            else if (!Timeline.TryAdvance())
            {
                Fail("Nothing can happen any more, and somebody still waits.");
            }
        }
    }

    /// <summary>Whether a timer fires though something else could happen. Mostly the near ones: a long wait should not end in the middle of everything.</summary>
    private bool LetsTimePass()
    {
        if (Timeline.Next is not { } next)
            return false;
        var isFar = next - Timeline.Elapsed > TimeSpan.FromSeconds(3);
        if (_order.NextDouble() >= (isFar ? 0.0005 : 0.06) || !Plan.Has("leaps"))
            return false;
        HasJumped |= isFar;
        return true;
    }

    /// <summary>A message was pushed by this transaction: there was room for it, and it was not pushed before.</summary>
    private void CheckPushed(Journey journey)
    {
        PushedOnce.Committed(journey);
        if (journey.Stays is [{ IsReady: true } stay] && SettingsOf(stay.Queue).MaxDepth < LedgerOf(stay.Queue).Present.Count)
            Fail($"{journey} was pushed into {stay.Queue}, which is full: it holds {LedgerOf(stay.Queue).Present.Count} messages now.");
    }

    private Guid NewGuid()
    {
        var bytes = new byte[16];
        _sessionIds.NextBytes(bytes);
        return new Guid(bytes);
    }

    private async Task Watch(Func<Task> act)
    {
        try
        {
            await act().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Fail($"Somebody fell over: {e}");
        }
    }
}
